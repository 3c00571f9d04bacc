/* SPDX-License-Identifier: MIT */
/* space_apply.c: applies a trial's values to its recipe: first the recipe's parameters, then the braces in
 * its texts (including chosen texts), then the parameters inside those texts. */
#include "base/error.h"
#include "tune/space.h"

#include <stdlib.h>
#include <string.h>

static char **text_of(dsc_recipe *recipe, const dsc_param *param) {
    return (char **)(void *)((char *)recipe + param->offset);
}

/* --- braces --- */

const char *dsc_tune_placeholder(const char *text, size_t *length) {
    const char *open = strchr(text, '{'), *close = open ? strchr(open, '}') : NULL;
    if (!close) return NULL;
    *length = (size_t)(close - open) - 1;
    return open;
}

static const dsc_tune_dimension *find(const dsc_tune_space *space, const char *name, size_t length,
                                      size_t *index) {
    for (size_t i = 0; i < space->count; i++) {
        const dsc_tune_dimension *d = &space->dimensions[i];
        if (d->target != DSC_TUNE_PLACEHOLDER || strlen(d->name) != length) continue;
        if (memcmp(d->name, name, length) != 0) continue;
        *index = i;
        return d;
    }
    return NULL;
}

static dsc_status fail_unknown(const dsc_tune_space *space, const char *text, const char *open, size_t length,
                               dsc_error *error) {
    const char *names[DSC_TUNE_DIMENSIONS_MOST];
    char name[DSC_TUNE_NAME_MOST + 1] = "";
    size_t count = 0;
    for (size_t i = 0; i < space->count; i++)
        if (space->dimensions[i].target == DSC_TUNE_PLACEHOLDER) names[count++] = space->dimensions[i].name;
    if (length > DSC_TUNE_NAME_MOST) length = DSC_TUNE_NAME_MOST;
    memcpy(name, open + 1, length);
    name[length] = '\0';
    const char *nearest = dsc_nearest_name(name, names, count);
    if (nearest)
        return dsc_spec_fail(error, text, (size_t)(open - text) + 1, "{%s} has no values; did you mean {%s}?",
                             name, nearest);
    return dsc_spec_fail(error, text, (size_t)(open - text) + 1,
                         "{%s} has no values; give them, as in \"%s=32|64|128\"", name, name);
}

static dsc_status fill_in(char **text, const dsc_tune_space *space, const dsc_tune_value *values,
                          dsc_error *error) {
    const char *at = *text, *open;
    char number[40];
    size_t length, index = 0;
    dsc_text filled = {0};
    while ((open = dsc_tune_placeholder(at, &length))) {
        const dsc_tune_dimension *d = find(space, open + 1, length, &index);
        if (!d) {
            dsc_text_free(&filled);
            return fail_unknown(space, *text, open, length, error);
        }
        dsc_text_append_bytes(&filled, at, (size_t)(open - at));
        dsc_text_append(&filled, "%s", dsc_tune_value_text(number, d, &values[index]));
        at = open + length + 2;
    }
    if (at == *text) return DSC_OK; /* no braces */
    dsc_text_append(&filled, "%s", at);
    if (filled.failed) {
        dsc_text_free(&filled);
        return dsc_fail_memory(error, strlen(*text), "a trial's recipe");
    }
    free(*text);
    *text = filled.data;
    return DSC_OK;
}

bool dsc_tune_takes_placeholders(const dsc_param *param) {
    return !strcmp(param->name, "model") || dsc_tune_field(param->name) != NULL;
}

/* --- entry point --- */

static dsc_status apply_target(dsc_recipe *recipe, const dsc_tune_space *space, const dsc_tune_value *values,
                               dsc_tune_target target, dsc_error *error) {
    char number[40];
    dsc_status status = DSC_OK;
    for (size_t i = 0; !status && i < space->count; i++) {
        const dsc_tune_dimension *d = &space->dimensions[i];
        if (d->target != target) continue;
        const char *value = dsc_tune_value_text(number, d, &values[i]);
        status = target == DSC_TUNE_PARAMETER ? dsc_param_parse(d->param, recipe, value, error)
                                              : dsc_tune_part_set(text_of(recipe, d->param), d, value, error);
    }
    return status;
}

dsc_status dsc_tune_apply(dsc_recipe *recipe, const dsc_tune_space *space, const dsc_tune_value *values,
                          dsc_error *error) {
    dsc_status status = apply_target(recipe, space, values, DSC_TUNE_PARAMETER, error);
    for (const dsc_param *p = dsc_recipe_params; !status && p->name; p++)
        if (dsc_tune_takes_placeholders(p) && *text_of(recipe, p))
            status = fill_in(text_of(recipe, p), space, values, error);
    return status ? status : apply_target(recipe, space, values, DSC_TUNE_PART, error);
}
