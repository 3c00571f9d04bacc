/* SPDX-License-Identifier: MIT */
/* param.c: parsing, checking, writing and help for parameters, all driven by a parameter's table entry. */
#include "base/param.h"

#include "base/error.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/seed.h"
#include "base/visible.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

size_t dsc_param_count(const dsc_param *table) {
    size_t n = 0;
    while (table && table[n].name) n++;
    return n;
}

const dsc_param *dsc_param_find(const dsc_param *table, const char *name) {
    for (; table && table->name; table++)
        if (!strcmp(table->name, name)) return table;
    return NULL;
}

static void *value_of(const dsc_param *param, void *values) { return (char *)values + param->offset; }
static const void *value_in(const dsc_param *param, const void *values) {
    return (const char *)values + param->offset;
}

/* Name i of "a|b|c" and its length; NULL after the last. */
static const char *choice_at(size_t *length, const char *choices, size_t i) {
    for (;; choices++) {
        *length = strcspn(choices, "|");
        if (!i--) return choices;
        choices += *length;
        if (!*choices) return NULL;
    }
}

/* A number as people write it: "1", not "1.0". */
static char *format_plain(char out[40], double value) {
    dsc_format_shortest(out, value);
    size_t length = strlen(out);
    if (length > 2 && !strcmp(out + length - 2, ".0")) out[length - 2] = '\0';
    return out;
}

static dsc_status fail_value(const dsc_param *param, const char *text, const char *wanted, dsc_error *error) {
    dsc_text range = {0};
    dsc_param_format_range(&range, param);
    dsc_status status =
        dsc_fail(error, DSC_ERROR_ARGUMENT, "%s: expected %s%s%s, found '%s'", param->name, wanted,
                 range.data && range.length ? " " : "", range.data && range.length ? range.data : "", text);
    dsc_text_free(&range);
    return status;
}

static bool in_range(const dsc_param *param, double value) {
    if (!isfinite(value)) return false;
    bool bounded = param->minimum != 0 || param->maximum != 0;
    return !bounded || (value >= param->minimum && value <= param->maximum);
}

static dsc_status parse_choice(const dsc_param *param, int *value, const char *text, dsc_error *error) {
    enum { LONGEST = 63 }; /* longer names are not suggested */
    char names[2][LONGEST + 1];
    dsc_nearest nearest = dsc_nearest_to(text);
    const char *choice;
    size_t length, free_one = 0;
    for (size_t i = 0; (choice = choice_at(&length, param->choices, i)); i++) {
        if (strlen(text) == length && !memcmp(text, choice, length)) {
            *value = (int)i;
            return DSC_OK;
        }
        if (length > LONGEST) continue;
        memcpy(names[free_one], choice, length);
        names[free_one][length] = '\0';
        dsc_nearest_try(&nearest, names[free_one]);
        free_one = nearest.name == names[0];
    }
    return dsc_fail(error, DSC_ERROR_ARGUMENT, "%s: expected one of %s, found '%s'%s%s%s", param->name,
                    param->choices, text, nearest.name ? "; did you mean '" : "",
                    nearest.name ? nearest.name : "", nearest.name ? "'?" : "");
}

static dsc_status parse_switch(const dsc_param *param, bool *value, const char *text, dsc_error *error) {
    static const char *const on[] = {"on", "true", "yes", "1"}, *const off[] = {"off", "false", "no", "0"};
    for (size_t i = 0; i < 4; i++) {
        if (!strcmp(text, on[i])) return *value = true, DSC_OK;
        if (!strcmp(text, off[i])) return *value = false, DSC_OK;
    }
    return fail_value(param, text, "on or off", error);
}

static dsc_status parse_pair(const dsc_param *param, int64_t pair[2], const char *text, dsc_error *error) {
    const char *cross = strchr(text, 'x');
    char first[24];
    int64_t a, b;
    size_t length = cross ? (size_t)(cross - text) : strlen(text);
    if (length >= sizeof first) return fail_value(param, text, "N or NxM", error);
    memcpy(first, text, length);
    first[length] = '\0';
    if (!dsc_parse_integer(&a, first)) return fail_value(param, text, "N or NxM", error);
    b = a;
    if (cross && !dsc_parse_integer(&b, cross + 1)) return fail_value(param, text, "N or NxM", error);
    if (!in_range(param, (double)a) || !in_range(param, (double)b))
        return fail_value(param, text, "whole numbers", error);
    pair[0] = a;
    pair[1] = b;
    return DSC_OK;
}

dsc_status dsc_param_parse(const dsc_param *param, void *values, const char *text, dsc_error *error) {
    void *value = value_of(param, values);
    switch (param->type) {
    case DSC_PARAM_INT: {
        int64_t parsed;
        if (!dsc_parse_integer(&parsed, text) || !in_range(param, (double)parsed))
            return fail_value(param, text, "a whole number", error);
        *(int64_t *)value = parsed;
        return DSC_OK;
    }
    case DSC_PARAM_REAL: {
        double parsed;
        if (!dsc_parse_real(&parsed, text) || !in_range(param, parsed))
            return fail_value(param, text, "a number", error);
        *(double *)value = parsed;
        return DSC_OK;
    }
    case DSC_PARAM_SWITCH:
        return parse_switch(param, value, text, error);
    case DSC_PARAM_CHOICE:
        return parse_choice(param, value, text, error);
    case DSC_PARAM_PAIR:
        return parse_pair(param, value, text, error);
    case DSC_PARAM_SEED: {
        dsc_seed parsed;
        if (!dsc_seed_parse(&parsed, text)) return dsc_seed_refuse(param->name, text, error);
        *(dsc_seed *)value = parsed;
        return DSC_OK;
    }
    case DSC_PARAM_TEXT:
        break;
    }
    char *copy = strdup(text);
    if (!copy) return dsc_fail_memory(error, strlen(text) + 1, param->name);
    free(*(char **)value);
    *(char **)value = copy;
    return DSC_OK;
}

dsc_status dsc_params_initialise(const dsc_param *table, void *values, dsc_error *error) {
    for (; table && table->name; table++) {
        if (!table->initial) continue;
        dsc_status status = dsc_param_parse(table, values, table->initial, error);
        if (status) return status;
    }
    return DSC_OK;
}

static bool value_is_allowed(const dsc_param *param, const void *value) {
    size_t length;
    switch (param->type) {
    case DSC_PARAM_INT:
        return in_range(param, (double)*(const int64_t *)value);
    case DSC_PARAM_REAL:
        return in_range(param, *(const double *)value);
    case DSC_PARAM_PAIR:
        return in_range(param, (double)((const int64_t *)value)[0]) &&
               in_range(param, (double)((const int64_t *)value)[1]);
    case DSC_PARAM_CHOICE:
        return *(const int *)value >= 0 && choice_at(&length, param->choices, (size_t) * (const int *)value);
    case DSC_PARAM_SEED:
        return dsc_seed_is_whole(value);
    case DSC_PARAM_SWITCH:
    case DSC_PARAM_TEXT:
        break;
    }
    return true;
}

dsc_status dsc_params_check(const dsc_param *table, const void *values, dsc_error *error) {
    for (; table && table->name; table++) {
        if (value_is_allowed(table, value_in(table, values))) continue;
        if (table->type == DSC_PARAM_SEED) return dsc_seed_refuse(table->name, "no seed", error);
        dsc_text found = {0};
        if (table->type == DSC_PARAM_CHOICE)
            dsc_text_append(&found, "choice %d", *(const int *)value_in(table, values));
        else
            dsc_param_format(&found, table, values);
        dsc_status status = found.failed ? dsc_fail_memory(error, 0, table->name)
                                         : fail_value(table, found.data,
                                                      table->type == DSC_PARAM_REAL     ? "a number"
                                                      : table->type == DSC_PARAM_CHOICE ? "one of"
                                                                                        : "whole numbers",
                                                      error);
        dsc_text_free(&found);
        return status;
    }
    return DSC_OK;
}

dsc_status dsc_param_from_json(const dsc_param *param, void *values, const json_t *json, dsc_error *error) {
    void *value = value_of(param, values);
    char text[40];
    if (json_is_string(json)) {
        dsc_status status = dsc_param_parse(param, values, json_string_value(json), error);
        /* A folder's path may not be UTF-8: this undoes the escapes of dsc_param_to_json. */
        if (!status && param->type == DSC_PARAM_TEXT) dsc_text_undo_bytes(*(char **)value);
        return status;
    }
    if (json_is_boolean(json) && param->type == DSC_PARAM_SWITCH)
        return *(bool *)value = json_is_true(json), DSC_OK;
    if (json_is_null(json) && param->type == DSC_PARAM_TEXT) {
        free(*(char **)value);
        *(char **)value = NULL;
        return DSC_OK;
    }
    if (json_is_integer(json)) {
        (void)snprintf(text, sizeof text, "%lld", (long long)json_integer_value(json));
        return dsc_param_parse(param, values, text, error);
    }
    if (json_is_real(json))
        return dsc_param_parse(param, values, dsc_format_shortest(text, json_real_value(json)), error);
    return fail_value(param, "a value of another type",
                      param->type == DSC_PARAM_SWITCH ? "true or false" : "a value", error);
}

json_t *dsc_param_to_json(const dsc_param *param, const void *values) {
    const void *value = value_in(param, values);
    uint64_t number;
    switch (param->type) {
    case DSC_PARAM_INT:
        return json_integer(*(const int64_t *)value);
    case DSC_PARAM_REAL:
        return json_real(*(const double *)value);
    case DSC_PARAM_SWITCH:
        return json_boolean(*(const bool *)value);
    case DSC_PARAM_TEXT:
        return *(char *const *)value ? dsc_json_text(*(char *const *)value) : json_null();
    case DSC_PARAM_SEED:
        if (dsc_seed_number(&number, value) && number <= INT64_MAX) return json_integer((json_int_t)number);
        break; /* as a text: JSON readers convert large numbers to doubles or refuse them */
    case DSC_PARAM_CHOICE:
    case DSC_PARAM_PAIR:
        break;
    }
    dsc_text text = {0};
    dsc_param_format(&text, param, values);
    json_t *json = text.failed ? NULL : json_string(text.data);
    dsc_text_free(&text);
    return json;
}

dsc_status dsc_param_unknown(const dsc_param *table, const char *thing, const char *name, dsc_error *error) {
    dsc_nearest nearest = dsc_nearest_to(name);
    for (; table && table->name; table++) dsc_nearest_try(&nearest, table->name);
    if (nearest.name)
        return dsc_fail(error, DSC_ERROR_ARGUMENT, "unknown %s '%s'; did you mean '%s'?", thing, name,
                        nearest.name);
    return dsc_fail(error, DSC_ERROR_ARGUMENT, "unknown %s '%s'", thing, name);
}

void dsc_param_format(dsc_text *text, const dsc_param *param, const void *values) {
    const void *value = value_in(param, values);
    char number[40];
    const char *choice;
    size_t length;
    const int64_t *pair = value;
    switch (param->type) {
    case DSC_PARAM_INT:
        dsc_text_append(text, "%lld", (long long)*(const int64_t *)value);
        break;
    case DSC_PARAM_REAL:
        dsc_text_append(text, "%s", format_plain(number, *(const double *)value));
        break;
    case DSC_PARAM_SWITCH:
        dsc_text_append(text, "%s", *(const bool *)value ? "on" : "off");
        break;
    case DSC_PARAM_CHOICE:
        choice = choice_at(&length, param->choices, (size_t) * (const int *)value);
        if (choice) dsc_text_append_bytes(text, choice, length);
        break;
    case DSC_PARAM_TEXT:
        if (*(char *const *)value) dsc_text_append(text, "%s", *(char *const *)value);
        break;
    case DSC_PARAM_PAIR:
        dsc_text_append(text, "%lld", (long long)pair[0]);
        if (pair[0] != pair[1]) dsc_text_append(text, "x%lld", (long long)pair[1]);
        break;
    case DSC_PARAM_SEED:
        dsc_seed_format(text, value);
        break;
    }
}

void dsc_param_format_range(dsc_text *text, const dsc_param *param) {
    if (param->type == DSC_PARAM_SWITCH) {
        dsc_text_append(text, "on|off");
    } else if (param->type == DSC_PARAM_CHOICE) {
        dsc_text_append(text, "%s", param->choices);
    } else if (param->type == DSC_PARAM_SEED) {
        dsc_text_append(text, "0 or more");
    } else if (param->type != DSC_PARAM_TEXT && (param->minimum != 0 || param->maximum != 0)) {
        char low[40], high[40];
        if (param->maximum >= 1e15)
            dsc_text_append(text, "%s or more", format_plain(low, param->minimum));
        else
            dsc_text_append(text, "%s to %s", format_plain(low, param->minimum),
                            format_plain(high, param->maximum));
    }
}

void dsc_params_free(const dsc_param *table, void *values) {
    for (; table && table->name; table++) {
        if (table->type != DSC_PARAM_TEXT) continue;
        char **text = value_of(table, values);
        free(*text);
        *text = NULL;
    }
}
