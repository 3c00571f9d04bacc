/* SPDX-License-Identifier: MIT */
/* param.h: functions over parameter tables (dsc_param in descender.h). A table describes the members of a
 * struct of values; the struct owns its texts (release with dsc_params_free). Any thread, for distinct
 * values. */
#ifndef DSC_BASE_PARAM_H
#define DSC_BASE_PARAM_H

#include "base/text.h"

#include <jansson.h>

/* Table rows for values in a struct `type`; a parameter has the name of its member. Example:
 *
 *     static const dsc_param params[] = {
 *         DSC_REAL(sgd_values, momentum, "0", 0, 0.999999, "share of the last step that is kept"),
 *         DSC_SWITCH(sgd_values, nesterov, "off", "look ahead along the momentum"),
 *         {0},
 *     }; */
#define DSC_PARAM_ROW(kind, type_, member, initial_, low, high, choices_, help_)                             \
    {                                                                                                        \
        .name = #member, .type = kind, .offset = offsetof(type_, member), .initial = initial_,               \
        .minimum = low, .maximum = high, .choices = choices_, .help = help_                                  \
    }
#define DSC_INT(type, member, initial, low, high, help)                                                      \
    DSC_PARAM_ROW(DSC_PARAM_INT, type, member, initial, low, high, NULL, help)
#define DSC_REAL(type, member, initial, low, high, help)                                                     \
    DSC_PARAM_ROW(DSC_PARAM_REAL, type, member, initial, low, high, NULL, help)
#define DSC_PAIR(type, member, initial, low, high, help)                                                     \
    DSC_PARAM_ROW(DSC_PARAM_PAIR, type, member, initial, low, high, NULL, help)
#define DSC_SWITCH(type, member, initial, help)                                                              \
    DSC_PARAM_ROW(DSC_PARAM_SWITCH, type, member, initial, 0, 0, NULL, help)
#define DSC_CHOICE(type, member, initial, choices, help)                                                     \
    DSC_PARAM_ROW(DSC_PARAM_CHOICE, type, member, initial, 0, 0, choices, help)
#define DSC_TEXT(type, member, initial, help)                                                                \
    DSC_PARAM_ROW(DSC_PARAM_TEXT, type, member, initial, 0, 0, NULL, help)

size_t dsc_param_count(const dsc_param *table);

/* The entry called `name`, or NULL. */
const dsc_param *dsc_param_find(const dsc_param *table, const char *name);

/* Sets every value in `values` (zeroed by the caller) to its default. Fails only without memory. */
dsc_status dsc_params_initialise(const dsc_param *table, void *values, dsc_error *error);

/* Parses `text` into the value of `param` and checks type and range. DSC_ERROR_ARGUMENT: the message names
 * the parameter, its range or choices and the text found, and suggests the nearest choice. */
dsc_status dsc_param_parse(const dsc_param *param, void *values, const char *text, dsc_error *error);

/* The same for a JSON value: a number, a boolean or a text, as the type requires. */
dsc_status dsc_param_from_json(const dsc_param *param, void *values, const json_t *json, dsc_error *error);

/* The value as JSON, which the caller releases; NULL without memory. An unset text is null. A text that is
 * not UTF-8, such as a path, is escaped; dsc_param_from_json restores it (json.h: dsc_json_text). */
json_t *dsc_param_to_json(const dsc_param *param, const void *values);

/* Checks values that were not parsed: each within its range, each choice in the table. Messages are those of
 * dsc_param_parse. */
dsc_status dsc_params_check(const dsc_param *table, const void *values, dsc_error *error);

/* Fails with "unknown THING 'name'; did you mean ...?". */
dsc_status dsc_param_unknown(const dsc_param *table, const char *thing, const char *name, dsc_error *error);

/* Appends the value in the form that dsc_param_parse reads. */
void dsc_param_format(dsc_text *text, const dsc_param *param, const void *values);

/* Appends the allowed values: "1 to 100", "relu|tanh", "on|off"; nothing if any value is allowed. */
void dsc_param_format_range(dsc_text *text, const dsc_param *param);

/* Frees the texts in `values` and sets them to NULL. */
void dsc_params_free(const dsc_param *table, void *values);

#endif
