/* SPDX-License-Identifier: MIT */
/* commands.c: the registry. A new command is one file and two lines here: its name, and its place in help. */
#include "command.h"

#include <string.h>

extern const command command_tutorial, command_data, command_train, command_evaluate, command_recipe,
    command_model, command_tune, command_predict, command_serve, command_report, command_card,
    command_datasheet, command_help;

const command *const commands[] = {
    &command_tutorial, &command_data,
    &command_train,    &command_evaluate,
    &command_tune,     &command_predict,
    &command_serve,    &command_report,
    &command_card,     &command_datasheet,
    &command_recipe,   &command_model,
    &command_help,     NULL,
};

const command *command_find(const command *const *list, const char *name) {
    for (; *list; list++)
        if (!strcmp((*list)->name, name)) return *list;
    return NULL;
}

dsc_status command_unknown(const command *const *list, const char *thing, const char *name,
                           dsc_error *error) {
    const char *names[64];
    size_t count = 0;
    for (; *list && count < 64; list++) names[count++] = (*list)->name;
    const char *nearest = dsc_nearest_name(name, names, count);
    if (nearest)
        return dsc_fail(error, DSC_ERROR_ARGUMENT, "unknown %s '%s'; did you mean '%s'?", thing, name,
                        nearest);
    return dsc_fail(error, DSC_ERROR_ARGUMENT, "unknown %s '%s'", thing, name);
}
