/* SPDX-License-Identifier: MIT */
/* json.c: formats JSON with the shortest numbers (jansson escapes the texts) and parses external JSON. */
#include "base/json.h"

#include "base/encoding.h"
#include "base/error.h"
#include "base/visible.h"

#include <stdlib.h>
#include <string.h>

static void append_json(dsc_text *text, const json_t *json, int depth);

/* Appends jansson's output safely for terminals: jansson does not escape DEL, C1 and bidirectional
 * controls. */
static void append_visible(dsc_text *text, const char *json) {
    const unsigned char *at = (const unsigned char *)json, *end = at + strlen(json);
    while (at < end) {
        const unsigned char *from = at;
        uint32_t c = dsc_utf8_next(&at, end);
        if (dsc_is_hidden(c))
            dsc_text_append(text, "\\u%04x", (unsigned)c);
        else
            dsc_text_append_bytes(text, from, (size_t)(at - from));
    }
}

static void append_leaf(dsc_text *text, const json_t *json) {
    char number[40];
    if (json_is_real(json)) {
        dsc_text_append(text, "%s", dsc_format_shortest(number, json_real_value(json)));
        return;
    }
    char *leaf = json_dumps(json, JSON_ENCODE_ANY);
    if (leaf)
        append_visible(text, leaf);
    else
        text->failed = true;
    free(leaf);
}

static void append_line(dsc_text *text, int depth) { dsc_text_append(text, "\n%*s", 2 * depth, ""); }

static void append_array(dsc_text *text, const json_t *json, int depth) {
    bool flat = true; /* numbers and texts share a line, objects and arrays do not */
    size_t index;
    const json_t *item;
    json_array_foreach(json, index, item) if (json_is_object(item) || json_is_array(item)) flat = false;
    dsc_text_append(text, "[");
    json_array_foreach(json, index, item) {
        if (index) dsc_text_append(text, flat ? ", " : ",");
        if (!flat) append_line(text, depth + 1);
        append_json(text, item, depth + 1);
    }
    if (!flat) append_line(text, depth);
    dsc_text_append(text, "]");
}

static void append_object(dsc_text *text, const json_t *json, int depth) {
    const char *key;
    const json_t *item;
    bool first = true;
    dsc_text_append(text, "{");
    json_object_foreach((json_t *)(uintptr_t)json, key, item) {
        dsc_text_append(text, first ? "" : ",");
        first = false;
        append_line(text, depth + 1);
        json_t *name = json_string(key);
        if (name)
            append_leaf(text, name);
        else
            text->failed = true;
        json_decref(name);
        dsc_text_append(text, ": ");
        append_json(text, item, depth + 1);
    }
    if (!first) append_line(text, depth);
    dsc_text_append(text, "}");
}

static void append_json(dsc_text *text, const json_t *json, int depth) {
    if (json_is_object(json))
        append_object(text, json, depth);
    else if (json_is_array(json))
        append_array(text, json, depth);
    else
        append_leaf(text, json);
}

void dsc_json_format(dsc_text *text, const json_t *json) { append_json(text, json, 0); }

/* --- numbers of any size --- */

enum { DIGITS_OF_INT64 = 19 };

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

/* The length of the quoted text that begins here; the remaining length if it does not end. */
static size_t quoted_length(const char *at, const char *end) {
    const char *c = at + 1;
    while (c < end && *c != '"') c += *c == '\\' && c + 1 < end ? 2 : 1;
    return (size_t)((c < end ? c + 1 : end) - at);
}

/* Whether an integer, given without its sign, does not fit a signed 64-bit number. */
static bool is_too_large(const char *number, size_t digits, bool negative) {
    const char *most = negative ? "9223372036854775808" : "9223372036854775807";
    return digits > DIGITS_OF_INT64 || (digits == DIGITS_OF_INT64 && strncmp(number, most, digits) > 0);
}

/* Copies the JSON with integers beyond 64 bits in quotes. */
static void quote_large_numbers(dsc_text *out, const char *at, const char *end) {
    while (at < end) {
        size_t length = 1, digits = 0;
        if (*at == '"') {
            length = quoted_length(at, end);
        } else if (is_digit(*at) || *at == '-') {
            const size_t sign = *at == '-';
            while (at + sign + digits < end && is_digit(at[sign + digits])) digits++;
            length = sign + digits;
            const bool leads_with_zero = digits > 1 && at[sign] == '0';
            bool whole = !leads_with_zero && is_too_large(at + sign, digits, sign);
            while (at + length < end &&
                   (is_digit(at[length]) || (at[length] && strchr("+-.eE", at[length])))) {
                length++;
                whole = false;
            }
            if (whole) {
                dsc_text_append(out, "\"%.*s\"", (int)length, at);
                at += length;
                continue;
            }
        }
        dsc_text_append_bytes(out, at, length);
        at += length;
    }
}

static json_t *load(const char *text, size_t size, size_t flags, json_error_t *error) {
    json_t *json = json_loadb(text, size, flags, error);
    if (json || json_error_code(error) != json_error_numeric_overflow) return json;
    dsc_text quoted = {0};
    quote_large_numbers(&quoted, text, text + size);
    if (!quoted.failed && quoted.data) json = json_loadb(quoted.data, quoted.length, flags, error);
    dsc_text_free(&quoted);
    return json;
}

/* --- external input --- */

dsc_status dsc_json_parse(json_t **json, const void *text, size_t size, size_t flags, const char *name,
                          dsc_error *error) {
    *json = NULL;
    dsc_status status = dsc_utf8_expect(text, size, name, error);
    if (status) return status;
    size_t mark = dsc_utf8_mark(text, size);
    json_error_t where;
    *json = load((const char *)text + mark, size - mark, flags, &where);
    if (*json) return DSC_OK;
    if (json_error_code(&where) == json_error_out_of_memory) return dsc_fail_memory(error, size, name);
    return dsc_fail(error, DSC_ERROR_FORMAT, "%s: line %d, column %d: expected JSON, found an error: %s",
                    name, where.line, where.column, where.text);
}

json_t *dsc_json_text(const char *text) {
    dsc_text whole = {0};
    dsc_text_append_bytes_as_utf8(&whole, text);
    json_t *json = whole.failed ? NULL : json_string(whole.data ? whole.data : "");
    dsc_text_free(&whole);
    return json;
}
