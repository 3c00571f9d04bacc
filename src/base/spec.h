/* SPDX-License-Identifier: MIT */
/* spec.h: comma-separated texts of the form `name argument* key=value*`: models, optimisers, schedules and
 * chains of augmentations. Errors (DSC_ERROR_ARGUMENT) show the column and suggest a name. */
#ifndef DSC_BASE_SPEC_H
#define DSC_BASE_SPEC_H

#include "base/registry.h"

/* One item of a text. Its texts are slices of the whole text, without a terminating NUL. */
typedef struct dsc_spec_word {
    const char *key, *value; /* key NULL: an argument without a name */
    size_t key_length, value_length;
    size_t column; /* of the word in the whole text, from 1 */
} dsc_spec_word;

enum { DSC_SPEC_WORDS_MOST = 24 };

typedef struct dsc_spec {
    const char *name;
    size_t name_length, column;
    dsc_spec_word words[DSC_SPEC_WORDS_MOST];
    size_t word_count;
} dsc_spec;

/* Parses one item, which ends at any of `ends` (",|)" for models) outside its words, or at the end of the
 * text; *next receives that position. Spaces between words are ignored. */
dsc_status dsc_spec_read(dsc_spec *spec, const char **next, const char *whole, const char *ends,
                         dsc_error *error);

/* Fails with "column 7: MESSAGE", preceded by the text, in one line:
 *     "relu, dens 10": column 7: unknown layer 'dens'; did you mean 'dense'? */
dsc_status dsc_spec_fail(dsc_error *error, const char *whole, size_t column, const char *format, ...)
    DSC_PRINTF(4, 5);

/* Sets `values` from the words. Arguments without a name go to the first `positional` parameters in order;
 * keys go to the parameter of that name; other parameters keep their defaults. `thing` is "layer dense", for
 * messages. */
dsc_status dsc_spec_apply(const dsc_spec *spec, const char *whole, const char *thing, const dsc_param *table,
                          size_t positional, void *values, dsc_error *error);

/* The registry row that the item names. For unknown names the message suggests one or lists all. */
dsc_status dsc_spec_find(const dsc_row **row, const dsc_spec *spec, const char *whole,
                         const dsc_registry *registry, dsc_error *error);

/* Creates the row's values from the item's words (dsc_spec_apply). Release with dsc_row_release. On failure
 * *values is NULL. */
dsc_status dsc_spec_make(void **values, const dsc_spec *spec, const char *whole, const dsc_registry *registry,
                         const dsc_row *row, dsc_error *error);

/* Both steps. On failure *row is NULL too. */
dsc_status dsc_spec_choose(const dsc_row **row, void **values, const dsc_spec *spec, const char *whole,
                           const dsc_registry *registry, dsc_error *error);

/* Frees the row's values and the texts they own; NULL is allowed. */
void dsc_row_release(const dsc_row *row, void *values);

/* Appends "name key=value ..." with the values that differ from their defaults. */
void dsc_spec_format(dsc_text *text, const char *name, const dsc_param *table, const void *values);

#ifdef __clang_analyzer__
#define dsc_spec_fail(error, whole, column, ...)                                                             \
    ((dsc_spec_fail)(error, whole, column, __VA_ARGS__), DSC_ERROR_ARGUMENT) /* see error.h */
#endif

#endif
