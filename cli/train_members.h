/* SPDX-License-Identifier: MIT */
/* train_members.h: `descender train --members N`: an ensemble. */
#ifndef CLI_TRAIN_MEMBERS_H
#define CLI_TRAIN_MEMBERS_H

#include "command.h"
#include "run/ensemble.h"
#include "source.h"

typedef struct train_members {
    command_call *call;
    const dsc_recipe *recipe; /* of two members or more */
    const command_data *data;
    const dsc_run_options *options; /* the folder: of the ensemble */
    bool resumes;
} train_members;

/* Trains what is not trained yet, one member after the other, joins them, and prints what they reached. */
dsc_status train_members_run(const train_members *members, dsc_error *error);

#endif
