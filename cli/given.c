/* SPDX-License-Identifier: MIT */
/* given.c: from the options that are given, and the data that is found, to a recipe that says all. */
#include "given.h"

#include "base/file.h"

#include <stdlib.h>
#include <string.h>

dsc_status command_text_replace(char **text, const char *with, dsc_error *error) {
    char *copy = strdup(with);
    if (!copy) return dsc_fail_memory(error, strlen(with), with);
    free(*text);
    *text = copy;
    return DSC_OK;
}

dsc_status command_recipe_override(dsc_recipe *recipe, command_call *call, const dsc_recipe *given,
                                   dsc_error *error) {
    for (const dsc_param *p = dsc_recipe_params; p->name; p++) {
        if (!command_given(call, p->name)) continue;
        json_t *value = dsc_param_to_json(p, given);
        if (!value) return dsc_fail_memory(error, 64, p->name);
        dsc_status status = dsc_param_from_json(p, recipe, value, error);
        json_decref(value);
        if (status) return status;
    }
    if (command_given(call, "learning-rate") && !(given->learning_rate > 0))
        return command_wrong_usage(call, error,
                                   "--learning-rate: at 0 nothing is learned; omit it to use the "
                                   "optimiser's default");
    return DSC_OK;
}

dsc_status command_recipe_settle(dsc_recipe *recipe, const char *asked, const char *found, dsc_error *error) {
    if (!strcmp(asked, "mnist") || !strcmp(asked, "digits")) return DSC_OK;
    if (!strcmp(asked, "auto")) {
        bool digits = !strncmp(found, "built-in digits", 15);
        return command_text_replace(&recipe->data, digits ? "digits" : "mnist", error);
    }
    char *whole = realpath(asked, NULL);
    if (!whole) { /* FOLDER/emnist-letters: the folder is there, and what its files begin with is kept */
        const char *slash = strrchr(asked, '/');
        char *folder = dsc_path_folder(asked);
        char *real = folder ? realpath(folder, NULL) : NULL;
        whole = real ? dsc_path_join(real, slash ? slash + 1 : asked) : NULL;
        free(real);
        free(folder);
    }
    if (!whole) return DSC_OK; /* it was opened by this name; it will do */
    free(recipe->data);
    recipe->data = whole;
    return DSC_OK;
}
