/* SPDX-License-Identifier: MIT */
/* model.c: `descender model`: actions that inspect and join models. */
#include "command.h"

#define ACTIONS(COMMAND) COMMAND(show) COMMAND(join)

#define DECLARE(name) extern const command command_model_##name;
ACTIONS(DECLARE)

#define ENTRY(name) &command_model_##name,
static const command *const rows[] = {ACTIONS(ENTRY) NULL};

static const dsc_registry actions = {.thing = "action", .things = "actions", .rows = rows};

const command command_model = {
    .name = "model",
    .help = "show models, and join them to ensembles",
    .about = "A model is given as a line of text, such as '784-100-10' or 'conv 32 3x3, relu, max-pool 2, "
             "flatten, dense', or as a file that training wrote.",
    .actions = &actions,
};
