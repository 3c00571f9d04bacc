/* SPDX-License-Identifier: MIT */
/* train_members.h: `descender train --members N`: an ensemble. */
#ifndef CLI_TRAIN_MEMBERS_H
#define CLI_TRAIN_MEMBERS_H

#include "command.h"
#include "run/ensemble.h"
#include "source.h"

typedef struct train_members {
    command_call *call;
    const dsc_recipe *recipe; /* with at least two members */
    const command_data *data;
    const dsc_run_options *options; /* its folder is the ensemble's */
    bool resumes;
} train_members;

/* Trains the unfinished members one after the other, joins all, and prints the results. */
dsc_status train_members_run(const train_members *members, dsc_error *error);

#endif
