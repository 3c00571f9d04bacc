/* SPDX-License-Identifier: MIT */
/* spec.c: parses and formats `name argument* key=value*`. */
#include "base/spec.h"

#include "base/error.h"
#include "base/memory.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

dsc_status(dsc_spec_fail)(dsc_error *error, const char *whole, size_t column, const char *format, ...) {
    char message[DSC_MESSAGE_SIZE];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    return dsc_fail(error, DSC_ERROR_ARGUMENT, "\"%.200s\": column %zu: %s", whole, column, message);
}

static bool is_end(char c, const char *ends) { return !c || strchr(ends, c); }
static bool is_space(char c) { return isspace((unsigned char)c) != 0; }

static const char *skip_spaces(const char *p) {
    while (is_space(*p)) p++;
    return p;
}

/* The end of the word at p: the next space, item end or (for keys) '='. */
static const char *word_end(const char *p, const char *ends, bool at_equals) {
    while (!is_end(*p, ends) && !is_space(*p) && !(at_equals && *p == '=')) p++;
    return p;
}

static dsc_status read_word(dsc_spec *spec, const char **next, const char *whole, const char *ends,
                            dsc_error *error) {
    const char *p = *next, *end = word_end(p, ends, true);
    if (spec->word_count == DSC_SPEC_WORDS_MOST)
        return dsc_spec_fail(error, whole, (size_t)(p - whole) + 1, "more than %d words for one item",
                             DSC_SPEC_WORDS_MOST);
    dsc_spec_word *word = &spec->words[spec->word_count++];
    *word = (dsc_spec_word){.column = (size_t)(p - whole) + 1};
    if (*end == '=') {
        word->key = p;
        word->key_length = (size_t)(end - p);
        if (!word->key_length) return dsc_spec_fail(error, whole, word->column, "expected a name before '='");
        p = end + 1;
        end = word_end(p, ends, false);
        if (p == end)
            return dsc_spec_fail(error, whole, (size_t)(p - whole) + 1, "expected a value after '='");
    }
    word->value = p;
    word->value_length = (size_t)(end - p);
    *next = end;
    return DSC_OK;
}

dsc_status dsc_spec_read(dsc_spec *spec, const char **next, const char *whole, const char *ends,
                         dsc_error *error) {
    memset(spec, 0, sizeof *spec);
    const char *p = skip_spaces(*next);
    spec->column = (size_t)(p - whole) + 1;
    spec->name = p;
    p = word_end(p, ends, true);
    spec->name_length = (size_t)(p - spec->name);
    if (!spec->name_length || *p == '=')
        return dsc_spec_fail(error, whole, spec->column,
                             *p && !is_end(*p, ends) ? "expected a name, found '%c'"
                             : *p                    ? "expected a name before '%c'"
                                                     : "expected a name, found the end%c",
                             *p ? *p : ' ');
    for (p = skip_spaces(p); !is_end(*p, ends); p = skip_spaces(p)) {
        dsc_status status = read_word(spec, &p, whole, ends, error);
        if (status) return status;
    }
    *next = p;
    return DSC_OK;
}

static dsc_status apply_word(const dsc_spec_word *word, const char *whole, const char *thing,
                             const dsc_param *table, size_t *place, size_t positional, void *values,
                             dsc_error *error) {
    char name[64], value[256];
    dsc_error reason;
    const dsc_param *param = NULL;
    if (word->value_length >= sizeof value)
        return dsc_spec_fail(error, whole, word->column, "a value of more than 255 letters");
    (void)snprintf(value, sizeof value, "%.*s", (int)word->value_length, word->value);
    if (word->key) {
        (void)snprintf(name, sizeof name, "%.*s", word->key_length < 63 ? (int)word->key_length : 63,
                       word->key);
        param = dsc_param_find(table, name);
        if (!param) {
            (void)dsc_param_unknown(table, "parameter", name, &reason);
            return dsc_spec_fail(error, whole, word->column, "%s: %s", thing, reason.message);
        }
    } else if (*place < positional) {
        param = &table[(*place)++];
    } else {
        return dsc_spec_fail(error, whole, word->column,
                             "%s takes %zu argument%s without a name; '%s' is one more", thing, positional,
                             positional == 1 ? "" : "s", value);
    }
    dsc_status status = dsc_param_parse(param, values, value, &reason);
    if (status == DSC_ERROR_MEMORY) return dsc_fail(error, status, "%s", reason.message);
    return status ? dsc_spec_fail(error, whole, word->column, "%s: %s", thing, reason.message) : DSC_OK;
}

dsc_status dsc_spec_apply(const dsc_spec *spec, const char *whole, const char *thing, const dsc_param *table,
                          size_t positional, void *values, dsc_error *error) {
    dsc_status status = dsc_params_initialise(table, values, error);
    size_t place = 0;
    for (size_t i = 0; !status && i < spec->word_count; i++)
        status = apply_word(&spec->words[i], whole, thing, table, &place, positional, values, error);
    return status;
}

dsc_status dsc_spec_find(const dsc_row **row, const dsc_spec *spec, const char *whole,
                         const dsc_registry *registry, dsc_error *error) {
    *row = dsc_registry_find_slice(registry, spec->name, spec->name_length);
    if (*row) return DSC_OK;
    char name[64];
    dsc_error reason;
    (void)snprintf(name, sizeof name, "%.*s", spec->name_length < 63 ? (int)spec->name_length : 63,
                   spec->name);
    dsc_status status = dsc_registry_unknown(registry, name, &reason);
    if (status == DSC_ERROR_MEMORY) return dsc_fail(error, status, "%s", reason.message);
    return dsc_spec_fail(error, whole, spec->column, "%s", reason.message);
}

dsc_status dsc_spec_make(void **values, const dsc_spec *spec, const char *whole, const dsc_registry *registry,
                         const dsc_row *row, dsc_error *error) {
    size_t positional = registry->positional ? registry->positional(row) : 0;
    char thing[128];
    *values = NULL;
    (void)snprintf(thing, sizeof thing, "%s %s", registry->thing, row->name);
    void *made = dsc_allocate(1, row->values_size);
    if (!made) return dsc_fail_memory(error, row->values_size, thing);
    dsc_status status = dsc_spec_apply(spec, whole, thing, row->params, positional, made, error);
    if (status)
        dsc_row_release(row, made);
    else
        *values = made;
    return status;
}

dsc_status dsc_spec_choose(const dsc_row **row, void **values, const dsc_spec *spec, const char *whole,
                           const dsc_registry *registry, dsc_error *error) {
    *values = NULL;
    dsc_status status = dsc_spec_find(row, spec, whole, registry, error);
    if (!status) status = dsc_spec_make(values, spec, whole, registry, *row, error);
    if (status) *row = NULL;
    return status;
}

void dsc_row_release(const dsc_row *row, void *values) {
    if (values) dsc_params_free(row->params, values);
    free(values);
}

void dsc_spec_format(dsc_text *text, const char *name, const dsc_param *table, const void *values) {
    dsc_text_append(text, "%s", name);
    for (; table && table->name; table++) {
        dsc_text value = {0};
        dsc_param_format(&value, table, values);
        bool usual = table->initial && value.data && !strcmp(table->initial, value.data);
        if (value.failed) text->failed = true;
        if (!usual && value.data && value.length) dsc_text_append(text, " %s=%s", table->name, value.data);
        dsc_text_free(&value);
    }
}
