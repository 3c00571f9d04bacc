/* SPDX-License-Identifier: MIT */
/* commands.c: the registry. A new command is one file and one line here, in the order of help. */
#include "command.h"

#define COMMANDS(COMMAND)                                                                                    \
    COMMAND(tutorial)                                                                                        \
    COMMAND(data)                                                                                            \
    COMMAND(train)                                                                                           \
    COMMAND(evaluate)                                                                                        \
    COMMAND(cross_validate)                                                                                  \
    COMMAND(learn_curve)                                                                                     \
    COMMAND(tune)                                                                                            \
    COMMAND(predict)                                                                                         \
    COMMAND(serve)                                                                                           \
    COMMAND(claim)                                                                                           \
    COMMAND(reproduce)                                                                                       \
    COMMAND(report)                                                                                          \
    COMMAND(card)                                                                                            \
    COMMAND(datasheet)                                                                                       \
    COMMAND(quantise)                                                                                        \
    COMMAND(recipe)                                                                                          \
    COMMAND(export)                                                                                          \
    COMMAND(import)                                                                                          \
    COMMAND(model)                                                                                           \
    COMMAND(help)

#define DECLARE(name) extern const command command_##name;
COMMANDS(DECLARE)

#define ENTRY(name) &command_##name,
static const command *const rows[] = {COMMANDS(ENTRY) NULL};

const dsc_registry commands = {.thing = "command", .things = "commands", .rows = rows};
DSC_BEGINS_AS_ROW(command, options);
