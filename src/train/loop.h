/* SPDX-License-Identifier: MIT */
/* loop.h: the inside of the public optimiser (optimiser.c), which loop_state.c saves. */
#ifndef DSC_TRAIN_LOOP_H
#define DSC_TRAIN_LOOP_H

#include "graph/session.h"
#include "train/build.h"
#include "train/updater.h"

struct dsc_optimiser {
    dsc_session *session;
    dsc_recipe_parts parts; /* the optimiser and its schedule */
    dsc_schedule_state state;
    dsc_updater updater;
    uint64_t step, runs; /* steps done; runs of the session when the last was done */
};

/* dsc_optimiser_restore from the bytes of a file; `name` stands for it in messages. */
dsc_status dsc_optimiser_restore_bytes(dsc_optimiser *optimiser, const unsigned char *bytes, size_t size,
                                       const char *name, dsc_error *error);

#endif
