/* SPDX-License-Identifier: MIT */
/* jansson.h: the part of jansson's interface that training uses, for WebAssembly, implemented in json.c.
 * Integers beyond 64 bits are invalid there. */
#ifndef WASM_JANSSON_H
#define WASM_JANSSON_H

#include <stdbool.h>
#include <stddef.h>

typedef enum json_type {
    JSON_OBJECT,
    JSON_ARRAY,
    JSON_STRING,
    JSON_INTEGER,
    JSON_REAL,
    JSON_TRUE,
    JSON_FALSE,
    JSON_NULL
} json_type;

typedef long long json_int_t;

typedef struct json_t {
    json_type type;
    size_t references;
    size_t count, room;    /* of an object's or array's values */
    struct json_t **items; /* owned references */
    char **keys;           /* of an object, in order of insertion */
    char *text;
    json_int_t integer;
    double real;
} json_t;

typedef struct json_error_t {
    int line, column, position;
    bool no_memory;
    char text[160];
} json_error_t;
enum json_error_code { json_error_out_of_memory, json_error_numeric_overflow, json_error_unknown };

#define JSON_COMPACT           1u
#define JSON_ENCODE_ANY        2u
#define JSON_REJECT_DUPLICATES 4u
#define JSON_DECODE_ANY        8u
#define JSON_REAL_PRECISION(n) 0u

/* All of these return a new reference; NULL: no memory, or a text that is not UTF-8. */
json_t *json_object(void);
json_t *json_array(void);
json_t *json_string(const char *text);
json_t *json_integer(json_int_t integer);
json_t *json_real(double real); /* NULL also unless it is finite */
json_t *json_boolean(bool yes);
json_t *json_null(void);
json_t *json_pack(const char *format, ...); /* supports { } [ ] s o I, and ? after s and o */

json_t *json_incref(json_t *json);
void json_decref(json_t *json);

/* Return 0 on success. ..._new takes ownership of the value, also on failure. */
int json_object_set_new(json_t *object, const char *key, json_t *value);
int json_object_set(json_t *object, const char *key, json_t *value);
int json_object_del(json_t *object, const char *key);
int json_object_clear(json_t *object);
int json_array_append_new(json_t *array, json_t *value);

/* NULL or 0 for values of another type. */
json_t *json_object_get(const json_t *object, const char *key);
json_t *json_array_get(const json_t *array, size_t index);
size_t json_object_size(const json_t *object);
size_t json_array_size(const json_t *array);
const char *json_string_value(const json_t *json);
json_int_t json_integer_value(const json_t *json);
double json_real_value(const json_t *json);
double json_number_value(const json_t *json);

#define json_typeof(json)     ((json)->type)
#define json_is_object(json)  ((json) && (json)->type == JSON_OBJECT)
#define json_is_array(json)   ((json) && (json)->type == JSON_ARRAY)
#define json_is_string(json)  ((json) && (json)->type == JSON_STRING)
#define json_is_integer(json) ((json) && (json)->type == JSON_INTEGER)
#define json_is_real(json)    ((json) && (json)->type == JSON_REAL)
#define json_is_number(json)  (json_is_integer(json) || json_is_real(json))
#define json_is_true(json)    ((json) && (json)->type == JSON_TRUE)
#define json_is_boolean(json) ((json) && ((json)->type == JSON_TRUE || (json)->type == JSON_FALSE))
#define json_is_null(json)    ((json) && (json)->type == JSON_NULL)

#define json_array_foreach(array, index, value)                                                              \
    for ((index) = 0; (index) < json_array_size(array) && ((value) = json_array_get(array, index), true);    \
         (index)++)
bool json_object_entry(const json_t *object, size_t index, const char **key, json_t **value);
#define json_object_foreach(object, key, value)                                                              \
    for (size_t at_##value = 0; json_object_entry(object, at_##value, &(key), (void *)&(value)); at_##value++)

/* The caller frees the text. NULL: no memory. */
char *json_dumps(const json_t *json, size_t flags);

/* NULL with the reason (`error` may be NULL): invalid JSON, or no memory. */
json_t *json_loads(const char *text, size_t flags, json_error_t *error);
json_t *json_loadb(const char *text, size_t size, size_t flags, json_error_t *error);
enum json_error_code json_error_code(const json_error_t *error);

/* Declared for unused functions of included files. */
size_t json_dumpb(const json_t *json, char *buffer, size_t size, size_t flags);
int json_equal(const json_t *a, const json_t *b);

#endif
