/* SPDX-License-Identifier: MIT */
/* recipe.c: reads and writes the recipe of a run. */
#include "run/run.h"

#include "base/error.h"
#include "base/file.h"
#include "base/json.h"
#include "base/visible.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { RECIPE_MOST = 1 << 20 };

static dsc_status take_name(char **name, const char *json, size_t size, dsc_error *error) {
    json_t *root;
    dsc_status status = dsc_json_parse(&root, json, size, 0, DSC_RUN_RECIPE, error);
    if (status) return status;
    const char *text = json_string_value(json_object_get(root, "name"));
    *name = strdup(text ? text : "run");
    if (*name) dsc_text_undo_bytes(*name);
    json_decref(root);
    return *name ? DSC_OK : dsc_fail_memory(error, 64, "a run's name");
}

dsc_status dsc_run_recipe(dsc_recipe *recipe, char **name, const char *folder, dsc_error *error) {
    char *path = dsc_path_join(folder, DSC_RUN_RECIPE);
    memset(recipe, 0, sizeof *recipe);
    if (name) *name = NULL;
    if (!path) return dsc_fail_memory(error, strlen(folder), folder);
    unsigned char *bytes = NULL;
    size_t size;
    dsc_status status = dsc_file_read(&bytes, &size, path, RECIPE_MOST, error);
    if (status && access(path, F_OK)) status = dsc_run_fail_none(folder, error);
    if (!status) status = dsc_recipe_initialise(recipe, error);
    if (!status) status = dsc_recipe_from_json(recipe, (const char *)bytes, size, path, error);
    if (!status && name) status = take_name(name, (const char *)bytes, size, error);
    if (status) dsc_recipe_clear(recipe);
    free(bytes);
    free(path);
    return status;
}

/* Writes the recipe, with its name as the first member. */
dsc_status dsc_run_recipe_write(const char *path, const char *name, const dsc_recipe *recipe,
                                dsc_error *error) {
    dsc_text file = {0};
    json_t *json = json_object(), *own = dsc_recipe_json(recipe);
    dsc_status status = DSC_OK;
    if (!json || !own || json_object_set_new(json, "name", dsc_json_text(name)) ||
        json_object_update(json, own))
        status = dsc_fail_memory(error, 4096, path);
    if (!status) {
        dsc_json_format(&file, json);
        dsc_text_append(&file, "\n");
        if (file.failed) status = dsc_fail_memory(error, file.length, path);
    }
    if (!status) status = dsc_file_write(path, file.data, file.length, error);
    json_decref(json);
    json_decref(own);
    dsc_text_free(&file);
    return status;
}
