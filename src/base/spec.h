/* SPDX-License-Identifier: MIT */
/* spec.h: texts of the form `name argument* key=value*`, comma-separated: models, optimisers, schedules,
 * chains of augmentations are all written so. An error points at the column, and suggests. */
#ifndef DSC_BASE_SPEC_H
#define DSC_BASE_SPEC_H

#include "base/registry.h"

/* One item of a text. Texts are slices of the whole, not NUL-terminated. */
typedef struct dsc_spec_word {
    const char *key, *value; /* key NULL: an argument without a name */
    size_t key_length, value_length;
    size_t column; /* from 1, of the word in the whole text */
} dsc_spec_word;

enum { DSC_SPEC_WORDS_MOST = 24 };

typedef struct dsc_spec {
    const char *name;
    size_t name_length, column;
    dsc_spec_word words[DSC_SPEC_WORDS_MOST];
    size_t word_count;
} dsc_spec;

/* Reads one item, which ends at any of `ends` (",|)" for models) outside its words, or at the text's end;
 * *next is set there. Spaces do not matter between words. */
dsc_status dsc_spec_read(dsc_spec *spec, const char **next, const char *whole, const char *ends,
                         dsc_error *error);

/* "column 7: MESSAGE" with the text and a caret under the column, in one line of message:
 *     "relu, dens 10": column 7: unknown layer 'dens'; did you mean 'dense'? */
dsc_status dsc_spec_fail(dsc_error *error, const char *whole, size_t column, const char *format, ...)
    DSC_PRINTF(4, 5);

/* Sets `values` from the words: arguments without a name go to the first `positional` parameters in turn;
 * keys to the parameter of that name; what is not given keeps its default. `thing` is "layer dense", for
 * messages. */
dsc_status dsc_spec_apply(const dsc_spec *spec, const char *whole, const char *thing, const dsc_param *table,
                          size_t positional, void *values, dsc_error *error);

/* The row of the registry that the item names. Unknown names are suggested for, or else all are listed. */
dsc_status dsc_spec_find(const dsc_row **row, const dsc_spec *spec, const char *whole,
                         const dsc_registry *registry, dsc_error *error);

/* Makes the values of that row from the item's words, as dsc_spec_apply does. Release them with
 * dsc_row_release. On failure *values is NULL. */
dsc_status dsc_spec_make(void **values, const dsc_spec *spec, const char *whole, const dsc_registry *registry,
                         const dsc_row *row, dsc_error *error);

/* Both. On failure *row is NULL too. */
dsc_status dsc_spec_choose(const dsc_row **row, void **values, const dsc_spec *spec, const char *whole,
                           const dsc_registry *registry, dsc_error *error);

/* Frees values of that row, and what they hold; NULL is fine. */
void dsc_row_release(const dsc_row *row, void *values);

/* Writes "name key=value ..." with the values that differ from their defaults. */
void dsc_spec_format(dsc_text *text, const char *name, const dsc_param *table, const void *values);

#ifdef __clang_analyzer__
#define dsc_spec_fail(error, whole, column, ...)                                                             \
    ((dsc_spec_fail)(error, whole, column, __VA_ARGS__), DSC_ERROR_ARGUMENT) /* see error.h */
#endif

#endif
