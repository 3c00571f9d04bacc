/* SPDX-License-Identifier: MIT */
/* loop.h: the struct behind the public optimiser (optimiser.c); loop_state.c saves and restores it. */
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
    uint64_t step, runs; /* steps done; the session's runs at the last step */
};

/* dsc_optimiser_restore from bytes in memory; `name` stands for the file in messages. */
dsc_status dsc_optimiser_restore_bytes(dsc_optimiser *optimiser, const unsigned char *bytes, size_t size,
                                       const char *name, dsc_error *error);

#endif
