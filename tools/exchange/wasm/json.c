/* SPDX-License-Identifier: MIT */
/* json.c: JSON values, their text, and parsing, for WebAssembly (system/jansson.h). */
#include <jansson.h>

#include "base/memory.h"
#include "base/text.h"
#include "base/visible.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- making and freeing --- */

static json_t *make(json_type type) {
    json_t *json = dsc_allocate(1, sizeof *json);
    if (!json) return NULL;
    json->type = type;
    json->references = 1;
    return json;
}

json_t *json_object(void) { return make(JSON_OBJECT); }
json_t *json_array(void) { return make(JSON_ARRAY); }
json_t *json_null(void) { return make(JSON_NULL); }
json_t *json_boolean(bool yes) { return make(yes ? JSON_TRUE : JSON_FALSE); }

json_t *json_string(const char *text) {
    if (!text || dsc_utf8_check(text, strlen(text)) != strlen(text)) return NULL;
    json_t *json = make(JSON_STRING);
    if (!json || (json->text = strdup(text))) return json;
    free(json);
    return NULL;
}

json_t *json_integer(json_int_t integer) {
    json_t *json = make(JSON_INTEGER);
    if (json) json->integer = integer;
    return json;
}

json_t *json_real(double real) {
    json_t *json = isfinite(real) ? make(JSON_REAL) : NULL;
    if (json) json->real = real;
    return json;
}

json_t *json_incref(json_t *json) {
    if (json) json->references++;
    return json;
}

int json_object_clear(json_t *object) {
    for (size_t i = 0; i < object->count; i++) {
        json_decref(object->items[i]);
        if (object->keys) free(object->keys[i]);
    }
    object->count = 0;
    return 0;
}

void json_decref(json_t *json) {
    if (!json || --json->references) return;
    (void)json_object_clear(json);
    free(json->items);
    free(json->keys);
    free(json->text);
    free(json);
}

/* --- objects and arrays --- */

/* Takes ownership of the value; `key` NULL: for an array. */
static int append(json_t *json, char *key, json_t *value) {
    size_t room = json->room;
    if (!value || !dsc_grow(&json->items, &room, json->count + 1, sizeof *json->items)) goto failed;
    if (key && !dsc_grow(&json->keys, &json->room, json->count + 1, sizeof *json->keys)) goto failed;
    json->room = room;
    if (key) json->keys[json->count] = key;
    json->items[json->count++] = value;
    return 0;
failed:
    free(key);
    json_decref(value);
    return -1;
}

int json_array_append_new(json_t *array, json_t *value) { return append(array, NULL, value); }

/* The slot of the key's value; NULL: none. */
static json_t **find(const json_t *object, const char *key) {
    for (size_t i = 0; json_is_object(object) && i < object->count; i++)
        if (!strcmp(object->keys[i], key)) return &object->items[i];
    return NULL;
}

int json_object_set_new(json_t *object, const char *key, json_t *value) {
    json_t **at = find(object, key);
    if (at && value) {
        json_decref(*at);
        *at = value;
        return 0;
    }
    char *copy = value ? strdup(key) : NULL;
    if (copy) return append(object, copy, value);
    json_decref(value);
    return -1;
}

int json_object_set(json_t *object, const char *key, json_t *value) {
    return json_object_set_new(object, key, json_incref(value));
}

int json_object_del(json_t *object, const char *key) {
    json_t **at = find(object, key);
    if (!at) return -1;
    const size_t i = (size_t)(at - object->items), behind = --object->count - i;
    json_decref(*at);
    free(object->keys[i]);
    memmove(at, at + 1, behind * sizeof *at);
    memmove(object->keys + i, object->keys + i + 1, behind * sizeof *object->keys);
    return 0;
}

json_t *json_object_get(const json_t *object, const char *key) {
    json_t **at = find(object, key);
    return at ? *at : NULL;
}

json_t *json_array_get(const json_t *array, size_t index) {
    return index < json_array_size(array) ? array->items[index] : NULL;
}

bool json_object_entry(const json_t *object, size_t index, const char **key, json_t **value) {
    if (index >= json_object_size(object)) return false;
    *key = object->keys[index];
    *value = object->items[index];
    return true;
}

size_t json_object_size(const json_t *object) { return json_is_object(object) ? object->count : 0; }
size_t json_array_size(const json_t *array) { return json_is_array(array) ? array->count : 0; }
const char *json_string_value(const json_t *json) { return json ? json->text : NULL; }
json_int_t json_integer_value(const json_t *json) { return json ? json->integer : 0; }
double json_real_value(const json_t *json) { return json ? json->real : 0; }
double json_number_value(const json_t *json) {
    return json_is_integer(json) ? (double)json->integer : json_real_value(json);
}

/* --- by a format --- */

static json_t *pack(const char **format, va_list *values);

/* Packs values up to the character `end`. */
static json_t *pack_many(json_t *many, char end, const char **format, va_list *values) {
    while (many && **format && **format != end) {
        if (strchr(" ,:", **format)) {
            (*format)++;
            continue;
        }
        const char *key = NULL;
        if (end == '}') {
            key = va_arg(*values, const char *);
            *format += strcspn(*format, ":") + 1;
        }
        json_t *value = pack(format, values);
        if (key ? json_object_set_new(many, key, value) : json_array_append_new(many, value)) {
            json_decref(many); /* out of memory: values later in the format are not released */
            many = NULL;
        }
    }
    if (many) (*format)++;
    return many;
}

static json_t *pack(const char **format, va_list *values) {
    const char kind = *(*format)++;
    json_t *value = NULL;
    const char *text;
    switch (kind) {
    case '{':
        return pack_many(json_object(), '}', format, values);
    case '[':
        return pack_many(json_array(), ']', format, values);
    case 's':
        text = va_arg(*values, const char *);
        value = text ? json_string(text) : NULL;
        break;
    case 'o':
        value = va_arg(*values, json_t *);
        break;
    default: /* 'I' */
        return json_integer(va_arg(*values, json_int_t));
    }
    if (**format != '?') return value;
    (*format)++;
    return value ? value : json_null();
}

json_t *json_pack(const char *format, ...) {
    va_list values;
    while (*format == ' ') format++;
    va_start(values, format);
    json_t *json = pack(&format, &values);
    va_end(values);
    return json;
}

/* --- as text --- */

static void dump_text(dsc_text *out, const char *text) {
    dsc_text_append(out, "\"");
    for (; *text; text++)
        if (*text == '"' || *text == '\\')
            dsc_text_append(out, "\\%c", *text);
        else if ((unsigned char)*text < ' ')
            dsc_text_append(out, "\\u%04X", (unsigned)(unsigned char)*text);
        else
            dsc_text_append_bytes(out, text, 1);
    dsc_text_append(out, "\"");
}

/* Like jansson: with a point or an exponent, so that it stays real; without zeros or a plus in the
 * exponent. */
static void dump_real(dsc_text *out, double real) {
    char number[40];
    (void)snprintf(number, sizeof number, "%.17g", real);
    char *exponent = strchr(number, 'e');
    if (exponent) {
        char *from = exponent + 1, *to = from + (*from == '-');
        from += strspn(from, "+-");
        from += strspn(from, "0");
        memmove(to, from, strlen(from) + 1);
    }
    dsc_text_append(out, "%s%s", number, strpbrk(number, ".e") ? "" : ".0");
}

static void dump(dsc_text *out, const json_t *json) {
    static const char *const words[] = {[JSON_TRUE] = "true", [JSON_FALSE] = "false", [JSON_NULL] = "null"};
    if (json->type == JSON_STRING) {
        dump_text(out, json->text);
    } else if (json->type == JSON_INTEGER) {
        dsc_text_append(out, "%lld", json->integer);
    } else if (json->type == JSON_REAL) {
        dump_real(out, json->real);
    } else if (json->type == JSON_OBJECT || json->type == JSON_ARRAY) {
        dsc_text_append(out, json->type == JSON_OBJECT ? "{" : "[");
        for (size_t i = 0; i < json->count; i++) {
            if (i) dsc_text_append(out, ",");
            if (json->type == JSON_OBJECT) dump_text(out, json->keys[i]);
            if (json->type == JSON_OBJECT) dsc_text_append(out, ":");
            dump(out, json->items[i]);
        }
        dsc_text_append(out, json->type == JSON_OBJECT ? "}" : "]");
    } else {
        dsc_text_append(out, "%s", words[json->type]);
    }
}

char *json_dumps(const json_t *json, size_t flags) {
    dsc_text out = {0};
    (void)flags;
    dump(&out, json);
    if (!out.failed) return out.data;
    dsc_text_free(&out);
    return NULL;
}

/* --- reading --- */

enum { DEPTH_MOST = 64 };

typedef struct reader {
    const char *at, *end;
    size_t flags;
    bool no_memory;
} reader;

static json_t *read_value(reader *r, int depth);

static void pass_blanks(reader *r) {
    while (r->at < r->end && strchr(" \t\r\n", *r->at) && *r->at) r->at++;
}

static bool take(reader *r, const char *word) {
    const size_t length = strlen(word);
    if ((size_t)(r->end - r->at) < length || strncmp(r->at, word, length) != 0) return false;
    r->at += length;
    return true;
}

/* The four digits of \uXXXX; -1: invalid. */
static long read_unit(reader *r) {
    long unit = 0;
    if (r->end - r->at < 4) return -1;
    for (int i = 0; i < 4; i++) {
        const char *digits = "0123456789abcdef", c = *r->at++,
                   *digit = c ? strchr(digits, c >= 'A' && c <= 'F' ? c + 32 : c) : NULL;
        if (!digit) return -1;
        unit = unit * 16 + (long)(digit - digits);
    }
    return unit;
}

static bool append_unit(dsc_text *out, reader *r) {
    long c = read_unit(r);
    if (c >= 0xD800 && c < 0xDC00) {
        const long low = take(r, "\\u") ? read_unit(r) : -1;
        if (low < 0xDC00 || low > 0xDFFF) return false;
        c = 0x10000 + ((c - 0xD800) << 10) + (low - 0xDC00);
    } else if (c <= 0 || (c >= 0xDC00 && c < 0xE000)) {
        return false;
    }
    const int more = c < 0x80 ? 0 : c < 0x800 ? 1 : c < 0x10000 ? 2 : 3;
    static const int first[] = {0, 0xC0, 0xE0, 0xF0};
    dsc_text_append(out, "%c", (char)(first[more] | (int)(c >> 6 * more)));
    for (int i = more - 1; i >= 0; i--) dsc_text_append(out, "%c", (char)(0x80 | (c >> 6 * i & 0x3F)));
    return true;
}

/* A quoted text in new memory; NULL: invalid. */
static char *read_text(reader *r) {
    static const char letters[] = "\"\\/bfnrt", meant[] = "\"\\/\b\f\n\r\t";
    dsc_text out = {0};
    bool good = take(r, "\"");
    dsc_text_append_bytes(&out, "", 0);
    while (good && r->at < r->end && *r->at != '"') {
        const char c = *r->at++, *letter;
        if (c != '\\') {
            good = (unsigned char)c >= ' ';
            dsc_text_append_bytes(&out, &c, 1);
        } else if (take(r, "u")) {
            good = append_unit(&out, r);
        } else {
            good = r->at < r->end && *r->at && (letter = strchr(letters, *r->at++));
            if (good) dsc_text_append_bytes(&out, meant + (letter - letters), 1);
        }
    }
    good = good && take(r, "\"");
    r->no_memory |= out.failed;
    if (good && !out.failed) return out.data ? out.data : strdup("");
    dsc_text_free(&out);
    return NULL;
}

static json_t *read_number(reader *r) {
    const char *from = r->at;
    bool real = false;
    char text[64] = "";
    while (r->at < r->end && *r->at && strchr("+-0123456789.eE", *r->at))
        real |= strchr(".eE", *r->at++) != NULL;
    const size_t length = (size_t)(r->at - from);
    int64_t integer;
    double number;
    if (!length || length >= sizeof text) return NULL;
    memcpy(text, from, length);
    if (!real) return dsc_parse_integer(&integer, text) ? json_integer(integer) : NULL;
    return dsc_parse_real(&number, text) ? json_real(number) : NULL;
}

static json_t *read_many(reader *r, json_t *many, const char *end, int depth) {
    bool good = many && depth < DEPTH_MOST, first = true;
    for (pass_blanks(r); good && !take(r, end); pass_blanks(r), first = false) {
        char *key = NULL;
        good = first || take(r, ",");
        pass_blanks(r);
        if (good && *end == '}') {
            good =
                (key = read_text(r)) && (!(r->flags & JSON_REJECT_DUPLICATES) || !json_object_get(many, key));
            pass_blanks(r);
            good = good && take(r, ":");
        }
        if (good)
            good = !(key ? json_object_set_new(many, key, read_value(r, depth + 1))
                         : json_array_append_new(many, read_value(r, depth + 1)));
        free(key);
    }
    if (good) return many;
    json_decref(many);
    return NULL;
}

static json_t *read_value(reader *r, int depth) {
    pass_blanks(r);
    if (take(r, "{")) return read_many(r, json_object(), "}", depth);
    if (take(r, "[")) return read_many(r, json_array(), "]", depth);
    if (take(r, "true")) return json_boolean(true);
    if (take(r, "false")) return json_boolean(false);
    if (take(r, "null")) return json_null();
    if (r->at >= r->end || *r->at != '"') return read_number(r);
    char *text = read_text(r);
    json_t *json = text ? json_string(text) : NULL;
    free(text);
    return json;
}

json_t *json_loadb(const char *text, size_t size, size_t flags, json_error_t *error) {
    reader r = {text, text + size, flags, false};
    json_t *json = read_value(&r, 0);
    pass_blanks(&r);
    if (json && r.at == r.end) return json;
    json_decref(json);
    if (!error) return NULL;
    *error = (json_error_t){.line = 1, .position = (int)(r.at - text), .no_memory = r.no_memory};
    (void)snprintf(error->text, sizeof error->text, "what stands at byte %zu is no JSON",
                   (size_t)(r.at - text));
    return NULL;
}

json_t *json_loads(const char *text, size_t flags, json_error_t *error) {
    return json_loadb(text, strlen(text), flags, error);
}

enum json_error_code json_error_code(const json_error_t *error) {
    return error->no_memory ? json_error_out_of_memory : json_error_unknown;
}
