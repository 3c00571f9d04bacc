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
    .help = "show, download, check and make data sets",
    .about =
        "Data are images with labels: data sets known by name, such as MNIST; the built-in digits, which the "
        "program draws itself; or your own data in any of the forms that `descender help forms` lists.",
    .actions = &actions,
};
