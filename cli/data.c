/* SPDX-License-Identifier: MIT */
/* data.c: `descender data`: the actions that look at data, fetch them, check them and make them. */
#include "command.h"

#define ACTIONS(COMMAND)                                                                                     \
    COMMAND(info)                                                                                            \
    COMMAND(show)                                                                                            \
    COMMAND(fetch)                                                                                           \
    COMMAND(check)                                                                                           \
    COMMAND(suspects)                                                                                        \
    COMMAND(pack)

#define DECLARE(name) extern const command command_data_##name;
ACTIONS(DECLARE)

#define ENTRY(name) &command_data_##name,
static const command *const rows[] = {ACTIONS(ENTRY) NULL};

static const dsc_registry actions = {.thing = "action", .things = "actions", .rows = rows};

const command command_data = {
    .name = "data",
    .help = "look at data, fetch them, check them, make them",
    .about =
        "Data are images with labels: MNIST, the built-in digits, which the program draws itself, or data of "
        "your own in the same four IDX files.",
    .actions = &actions,
};
