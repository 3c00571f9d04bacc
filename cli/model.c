/* SPDX-License-Identifier: MIT */
/* model.c: `descender model`: the actions that look at models. */
#include "command.h"

extern const command command_model_show;

static const command *const actions[] = {&command_model_show, NULL};

const command command_model = {
    .name = "model",
    .help = "look at models: their layers, sizes and diagrams",
    .about = "A model is a line of text, such as '784-100-10' or 'conv 32 3x3, relu, maxpool 2, flatten, "
             "dense', or a "
             "file that training wrote.",
    .actions = actions,
};
