/* SPDX-License-Identifier: MIT */
/* data.c: `descender data`: actions that inspect, fetch, check and make data. */
#include "command.h"

#define ACTIONS(COMMAND)                                                                                     \
    COMMAND(info)                                                                                            \
    COMMAND(show)                                                                                            \
    COMMAND(list)                                                                                            \
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
    .about = "Data are images with labels: data sets that are known by name, such as MNIST, the built-in "
             "digits, which the "
             "program draws itself, or data of your own in any of the forms of `descender help forms`.",
    .actions = &actions,
};
