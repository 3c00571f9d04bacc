/* SPDX-License-Identifier: MIT */
/* data.c: `descender data`: the actions that look at data, fetch them, check them and make them. */
#include "command.h"

extern const command command_data_info, command_data_show, command_data_fetch, command_data_check,
    command_data_pack;

static const command *const actions[] = {
    &command_data_info,  &command_data_show, &command_data_fetch,
    &command_data_check, &command_data_pack, NULL,
};

const command command_data = {
    .name = "data",
    .help = "look at data, fetch them, check them, make them",
    .about =
        "Data are images with labels: MNIST, the built-in digits, which the program draws itself, or data of "
        "your own in the same four IDX files.",
    .actions = actions,
};
