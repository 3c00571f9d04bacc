/* SPDX-License-Identifier: MIT */
/* space.c: parses the dimensions of a search. */
#include "tune/space.h"

#include "base/error.h"
#include "base/memory.h"
#include "base/visible.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const double WHOLE_MOST = 9007199254740992.0; /* 2^53: every integer up to it is a double */

#define FAIL(column, ...) dsc_spec_fail(error, d->text, column, __VA_ARGS__)

/* --- names --- */

/* Names that cannot be searched, with the reason. */
static const char *reason_against(const char *name) {
    static const struct {
        const char *name, *reason;
    } fixed[] = {
        {"data", "all trials are compared on the same data"},
        {"training-samples", "all trials are compared on the same data"},
        {"others", "all trials learn the same images"},
        {"validation", "all trials are compared on the same held-out samples"},
        {"epochs", "it is the budget of the search: give it as an option"},
        {"clean-epochs", "it belongs to the number of epochs, which is the same for all trials"},
        {"patience", "trials are stopped by comparing them"},
        {"kernels", "it changes only the last digits of results"},
        {"seed", "the best of several seeds is luck, and is not repeatable"},
    };
    for (size_t i = 0; i < sizeof fixed / sizeof *fixed; i++)
        if (!strcmp(fixed[i].name, name)) return fixed[i].reason;
    return NULL;
}

static bool is_name_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
}

static dsc_status read_name(dsc_tune_dimension *d, dsc_error *error) {
    size_t length = strcspn(d->text, "=");
    if (!d->text[length])
        return FAIL(length + 1, "expected '=' and values: a range, NAME=LOW..HIGH, or choices, NAME=A|B; "
                                "quote it if it contains a '|' or a blank");
    if (!length) return FAIL(1, "expected a name before '='");
    size_t whole = strlen(d->text), bad = dsc_utf8_check(d->text, whole);
    if (bad < whole) return FAIL(bad + 1, "0x%02x is not UTF-8", (unsigned char)d->text[bad]);
    if (length > DSC_TUNE_NAME_MOST) return FAIL(1, "a name of more than %d letters", DSC_TUNE_NAME_MOST);
    for (size_t i = 0; i < length; i++)
        if (!is_name_letter(d->text[i]) && !(d->text[i] == '.' && i && d->text[i - 1] != '.'))
            return FAIL(i + 1, "'%c' cannot be in a name", d->text[i]);
    if (d->text[length - 1] == '.') return FAIL(length, "expected a parameter's name after '.'");
    d->name = strndup(d->text, length);
    d->values_column = length + 2;
    return d->name ? DSC_OK : dsc_fail_memory(error, length, "a search");
}

/* Resolves FIELD.PART or FIELD.ITEM.PART; *part_param is the parameter's table entry. */
static dsc_status resolve_part(dsc_tune_dimension *d, const dsc_param **part_param, dsc_error *error) {
    char field[DSC_TUNE_NAME_MOST + 1], thing[2 * DSC_TUNE_NAME_MOST + 8];
    size_t length = strcspn(d->name, ".");
    memcpy(field, d->name, length);
    field[length] = '\0';
    d->target = DSC_TUNE_PART;
    d->param = dsc_tune_field(field);
    if (!d->param) {
        dsc_text list = {0};
        dsc_tune_fields_format(&list);
        dsc_status status =
            FAIL(1, "'%s' has no parameters inside it; the texts that have are %s; in other texts write {%s}",
                 field, list.data && !list.failed ? list.data : "", strrchr(d->name, '.') + 1);
        dsc_text_free(&list);
        return status;
    }
    d->part = strrchr(d->name, '.') + 1;
    const char *item = d->name + length + 1;
    if (item != d->part) {
        d->item = strndup(item, (size_t)(d->part - item) - 1);
        if (!d->item) return dsc_fail_memory(error, strlen(item), "a search");
    }
    const dsc_registry *registry = dsc_tune_field_registry(d->param);
    const dsc_row *row;
    size_t part_column = (size_t)(d->part - d->name) + 1;
    dsc_nearest near = dsc_nearest_to(d->part);
    for (size_t i = 0; (row = dsc_registry_at(registry, i)); i++) {
        if (d->item && strcmp(d->item, row->name) != 0) continue;
        *part_param = dsc_param_find(row->params, d->part);
        if (*part_param) return DSC_OK;
        for (const dsc_param *p = row->params; p && p->name; p++) dsc_nearest_try(&near, p->name);
    }
    (void)snprintf(thing, sizeof thing, "%s%s%s", field, d->item ? " " : "", d->item ? d->item : "");
    return near.name ? FAIL(part_column, "no %s has a parameter '%s'; did you mean '%s'?", thing, d->part,
                            near.name)
                     : FAIL(part_column, "no %s has a parameter '%s'", thing, d->part);
}

/* Resolves the name. *typed gives the type and range of the values; NULL if any text is allowed. */
static dsc_status resolve(dsc_tune_dimension *d, const dsc_param **typed, dsc_error *error) {
    *typed = NULL;
    if (strchr(d->name, '.')) return resolve_part(d, typed, error);
    d->param = dsc_param_find(dsc_recipe_params, d->name);
    if (!d->param) {
        d->target = DSC_TUNE_PLACEHOLDER;
        return DSC_OK;
    }
    const char *reason = reason_against(d->name);
    if (reason) return FAIL(1, "'%s' cannot be searched: %s", d->name, reason);
    d->target = DSC_TUNE_PARAMETER;
    *typed = d->param;
    return DSC_OK;
}

/* --- values --- */

/* Checks that `text`, at byte `column - 1` of the dimension, is a valid value of the parameter. */
static dsc_status check_value(const dsc_tune_dimension *d, const dsc_param *typed, const char *text,
                              size_t column, dsc_error *error) {
    union {
        int64_t pair[2];
        double real;
        char *copy;
        bool on;
        int choice;
        dsc_seed seed;
    } value = {.pair = {0, 0}};
    dsc_error reason;
    dsc_param here = *typed;
    here.offset = 0;
    dsc_status status = dsc_param_parse(&here, &value, text, &reason);
    if (here.type == DSC_PARAM_TEXT && !status) free(value.copy);
    if (status == DSC_ERROR_MEMORY) return dsc_fail(error, status, "%s", reason.message);
    return status ? FAIL(column, "%s", reason.message) : DSC_OK;
}

/* Parses one end of a range; clears *whole unless it is an integer. */
static dsc_status read_end(double *value, bool *whole, dsc_tune_dimension *d, const dsc_param *typed,
                           const char *at, size_t length, dsc_error *error) {
    char text[64];
    size_t column = (size_t)(at - d->text) + 1;
    (void)snprintf(text, sizeof text, "%.*s", length < 63 ? (int)length : 63, at);
    int64_t integer;
    if (!length) return FAIL(column, "expected a number; a range is LOW..HIGH");
    if (!dsc_parse_real(value, text) || !isfinite(*value))
        return FAIL(column, "expected a number, found '%s'; a range is LOW..HIGH", text);
    if (!dsc_parse_integer(&integer, text) || fabs(*value) > WHOLE_MOST) *whole = false;
    return typed ? check_value(d, typed, text, column, error) : DSC_OK;
}

static dsc_status read_range(dsc_tune_dimension *d, const dsc_param *typed, const char *text,
                             const char *dots, dsc_error *error) {
    d->range = true;
    if (typed && typed->type != DSC_PARAM_INT && typed->type != DSC_PARAM_REAL) {
        dsc_text allowed = {0};
        dsc_param_format_range(&allowed, typed);
        bool some = allowed.length && !allowed.failed;
        dsc_status status = FAIL(d->values_column, "'%s' is no number: it takes choices, A|B%s%s", d->name,
                                 some ? ", of " : "", some ? allowed.data : "");
        dsc_text_free(&allowed);
        return status;
    }
    d->logarithmic = !strncmp(text, "log:", 4);
    if (d->logarithmic) text += 4;
    bool whole = true;
    dsc_status status = read_end(&d->low, &whole, d, typed, text, (size_t)(dots - text), error);
    if (!status) status = read_end(&d->high, &whole, d, typed, dots + 2, strlen(dots + 2), error);
    if (status) return status;
    d->whole = typed ? typed->type == DSC_PARAM_INT : whole;
    if (!(d->low < d->high))
        return FAIL(d->values_column, "a range goes from the smaller number to the larger one");
    if (d->logarithmic && !(d->low > 0)) return FAIL(d->values_column, "a logarithmic range begins above 0");
    return DSC_OK;
}

/* The end of the choice that begins at `p`: a '|' outside parentheses, or the end of the text. */
static const char *choice_end(const char *p) {
    int depth = 0;
    for (; *p; p++) {
        if (*p == '(') depth++;
        if (*p == ')') depth--;
        if (*p == '|' && depth <= 0) break;
    }
    return p;
}

static dsc_status add_choice(dsc_tune_dimension *d, const dsc_param *typed, const char *begin,
                             const char *end, dsc_error *error) {
    while (begin < end && *begin == ' ') begin++;
    while (end > begin && end[-1] == ' ') end--;
    size_t column = (size_t)(begin - d->text) + 1;
    if (begin == end) return FAIL(column, "expected a value; choices are A|B|C");
    if (d->choice_count == DSC_TUNE_CHOICES_MOST)
        return FAIL(column, "more than %d choices", DSC_TUNE_CHOICES_MOST);
    char *choice = strndup(begin, (size_t)(end - begin));
    if (!choice) return dsc_fail_memory(error, (size_t)(end - begin), "a search");
    for (size_t i = 0; i < d->choice_count; i++) {
        if (strcmp(d->choices[i], choice) != 0) continue;
        free(choice);
        return FAIL(column, "'%s' is already a choice", d->choices[i]);
    }
    d->choices[d->choice_count++] = choice;
    return typed ? check_value(d, typed, choice, column, error) : DSC_OK;
}

static dsc_status read_choices(dsc_tune_dimension *d, const dsc_param *typed, const char *text,
                               dsc_error *error) {
    d->choices = dsc_allocate(DSC_TUNE_CHOICES_MOST, sizeof *d->choices);
    if (!d->choices) return dsc_fail_memory(error, DSC_TUNE_CHOICES_MOST * sizeof *d->choices, "a search");
    for (const char *p = text;; p++) {
        const char *end = choice_end(p);
        dsc_status status = add_choice(d, typed, p, end, error);
        if (status) return status;
        if (!*end) break;
        p = end;
    }
    if (d->choice_count > 1) return DSC_OK;
    return FAIL(d->values_column, "'%s' is a single value; a range is LOW..HIGH, choices are A|B",
                d->choices[0]);
}

static dsc_status read_dimension(dsc_tune_dimension *d, const char *text, dsc_error *error) {
    const dsc_param *typed = NULL;
    d->text = strdup(text);
    if (!d->text) return dsc_fail_memory(error, strlen(text), "a search");
    for (const char *p = d->text; *p; p++)
        if ((unsigned char)*p < ' ') return FAIL((size_t)(p - d->text) + 1, "a control character");
    dsc_status status = read_name(d, error);
    if (!status) status = resolve(d, &typed, error);
    if (status) return status;
    const char *values = d->text + d->values_column - 1, *dots = strstr(values, "..");
    bool logarithmic = !strncmp(values, "log:", 4);
    if (logarithmic && !dots) return FAIL(d->values_column + 4, "expected LOW..HIGH after 'log:'");
    if (logarithmic || (dots && !strchr(values, '|'))) return read_range(d, typed, values, dots, error);
    return read_choices(d, typed, values, error);
}

/* --- entry points --- */

static bool text_has(const char *text, const char *name) {
    size_t length;
    for (const char *p = text; p && (p = dsc_tune_placeholder(p, &length)); p += length + 2)
        if (length == strlen(name) && !memcmp(p + 1, name, length)) return true;
    return false;
}

/* Whether choices replace the base's text. */
static bool is_replaced(const dsc_tune_space *space, const dsc_param *param) {
    for (size_t i = 0; i < space->count; i++)
        if (space->dimensions[i].target == DSC_TUNE_PARAMETER && space->dimensions[i].param == param)
            return true;
    return false;
}

static bool is_used(const dsc_tune_space *space, const dsc_recipe *base, const char *name) {
    for (const dsc_param *p = dsc_recipe_params; p->name; p++)
        if (dsc_tune_takes_placeholders(p) && !is_replaced(space, p) &&
            text_has(*(char *const *)(const void *)((const char *)base + p->offset), name))
            return true;
    for (size_t i = 0; i < space->count; i++)
        for (size_t k = 0; k < space->dimensions[i].choice_count; k++)
            if (text_has(space->dimensions[i].choices[k], name)) return true;
    return false;
}

/* A name that is neither a recipe parameter nor used in braces is a typing error, or lacks its braces. */
static dsc_status check_placeholder(const dsc_tune_space *space, const dsc_recipe *base,
                                    const dsc_tune_dimension *d, dsc_error *error) {
    if (is_used(space, base, d->name)) return DSC_OK;
    dsc_nearest nearest = dsc_nearest_to(d->name);
    dsc_nearest_try(&nearest, "hidden");
    for (const dsc_param *p = dsc_recipe_params; p->name; p++) dsc_nearest_try(&nearest, p->name);
    if (nearest.name && strcmp(nearest.name, d->name) != 0)
        return FAIL(1, "unknown parameter '%s'; did you mean '%s'?", d->name, nearest.name);
    return FAIL(1,
                "unknown parameter '%s'; `descender train --help` lists those of a recipe; a parameter "
                "inside a text has the text's name before it, as in optimiser.momentum; to replace a part of "
                "a text, write {%s} there, as in --model \"flatten, dense {%s}, relu, dense\"",
                d->name, d->name, d->name);
}

static dsc_status check_whole(const dsc_tune_space *space, const dsc_recipe *base, dsc_error *error) {
    for (size_t i = 0; i < space->count; i++) {
        const dsc_tune_dimension *d = &space->dimensions[i];
        for (size_t k = 0; k < i; k++)
            if (!strcmp(space->dimensions[k].name, d->name)) return FAIL(1, "'%s' is given twice", d->name);
        dsc_status status =
            d->target == DSC_TUNE_PLACEHOLDER ? check_placeholder(space, base, d, error) : DSC_OK;
        if (status) return status;
    }
    return DSC_OK;
}

dsc_status dsc_tune_space_parse(dsc_tune_space *space, const dsc_recipe *base, const char *const *texts,
                                size_t count, dsc_error *error) {
    *space = (dsc_tune_space){0};
    if (!count)
        return dsc_fail(
            error, DSC_ERROR_ARGUMENT,
            "nothing to search; give a parameter and its values, as in learning-rate=log:1e-4..1e-1");
    if (count > DSC_TUNE_DIMENSIONS_MOST)
        return dsc_fail(error, DSC_ERROR_ARGUMENT, "more than %d parameters to search",
                        DSC_TUNE_DIMENSIONS_MOST);
    space->dimensions = dsc_allocate(count, sizeof *space->dimensions);
    if (!space->dimensions) return dsc_fail_memory(error, count * sizeof *space->dimensions, "a search");
    for (size_t i = 0; i < count; i++) {
        space->count = i + 1; /* a partly parsed dimension must be released too */
        dsc_status status = read_dimension(&space->dimensions[i], texts[i], error);
        if (status) return status;
    }
    return check_whole(space, base, error);
}

void dsc_tune_space_clear(dsc_tune_space *space) {
    for (size_t i = 0; i < space->count; i++) {
        dsc_tune_dimension *d = &space->dimensions[i];
        for (size_t k = 0; k < d->choice_count; k++) free(d->choices[k]);
        free(d->choices);
        free(d->item);
        free(d->name);
        free(d->text);
    }
    free(space->dimensions);
    *space = (dsc_tune_space){0};
}
