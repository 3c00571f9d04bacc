/* SPDX-License-Identifier: MIT */
/* 
 * space.h: what a search tries: for each name, its values.
 *
 *   dimension = name "=" (range | choices)
 *   range     = ["log:"] number ".." number            both ends are tried
 *   choices   = value ("|" value)+                     a "|" inside parentheses belongs to the value
 *
 * The name is one of three things:
 *
 *   learning-rate                   a parameter of the recipe
 *   augment.rotate, optimiser.momentum, augment.affine.p
 *                                   a parameter inside one of its texts (augment, optimiser, schedule, loss), of the only
 *                                   item that has it, or of the item named
 *   units                           whatever else: stands for {units} in the recipe's texts: "784-{units}-{units}-10"
 *
 * `hidden` is put into the model by itself, where nobody has written {hidden}: it is the width of all its
 * hidden dense layers, and `hidden1`, `hidden2`, ... that of one.
 *
 * What decides how trials are compared cannot be searched: data, validation, epochs, seed, and the like.
 *
 *   space.c         reading it           space_apply.c   putting a trial's values into a recipe
 *   space_sample.c  drawing values       space_parts.c   parameters inside a text
 *   space_hidden.c  the hidden layers */
#ifndef DSC_TUNE_SPACE_H
#define DSC_TUNE_SPACE_H

#include "base/spec.h"
#include "train/recipe.h"

enum { DSC_TUNE_DIMENSIONS_MOST = 32, DSC_TUNE_CHOICES_MOST = 64, DSC_TUNE_NAME_MOST = 63 };

typedef enum dsc_tune_target { DSC_TUNE_PARAMETER, DSC_TUNE_PART, DSC_TUNE_PLACEHOLDER } dsc_tune_target;

typedef struct dsc_tune_dimension {
    char *text; /* as it was written */
    char *name;
    size_t values_column; /* in text, from 1 */
    dsc_tune_target target;
    const dsc_param *param; /* PARAMETER, PART: the recipe's */
    char *item;             /* PART: the item's name; NULL: the only one that has it */
    const char *part;       /* PART: in `name` */
    bool range, logarithmic, whole;
    double low, high; /* a range's */
    char **choices;   /* otherwise */
    size_t choice_count;
} dsc_tune_dimension;

typedef struct dsc_tune_space {
    dsc_tune_dimension *dimensions;
    size_t count;
} dsc_tune_space;

/* Reads the dimensions, which are to change `base`. Errors show the text, the column, and suggest. Release
 * with dsc_tune_space_clear, also after an error. */
dsc_status dsc_tune_space_parse(dsc_tune_space *space, const dsc_recipe *base, const char *const *texts,
                                size_t count, dsc_error *error);
void dsc_tune_space_clear(dsc_tune_space *space);

/* Puts {hidden} into *model, a text of its own, where `hidden` or its like is among the dimensions' texts
 * and nobody has written it anywhere. To be done before they are read. */
dsc_status dsc_tune_open_hidden(char **model, const char *const *texts, size_t count, dsc_error *error);

/* One value: a number of the range, or the place among the choices. */
typedef struct dsc_tune_value {
    size_t choice;
    double number;
} dsc_tune_value;

/* Draws the values (space->count) of one trial. They depend on (space, seed, trial, attempt) and on nothing
 * else, on every machine. Numbers are rounded to four significant digits, so that a recipe reads well. */
void dsc_tune_sample(dsc_tune_value *values, const dsc_tune_space *space, uint64_t seed, uint64_t trial,
                     uint64_t attempt);

/* How many combinations of values there are; most + 1 if they are more than `most`. */
size_t dsc_tune_combinations(const dsc_tune_space *space, size_t most);

/* Whether what stands at `trial` of the values is wanted, of which it is draw number `draw`: of a grid its
 * place in the order, else the attempt. */
typedef dsc_status dsc_tune_is_wanted(void *user, bool *wanted, size_t trial, uint64_t draw,
                                      dsc_error *error);

/* Draws the values of *trials trials, (trials, space->count), no two alike. Where there are no more
 * combinations than that, they are all taken, in an order drawn by the seed: *grid is true, and *trials their
 * number. A space of rounded numbers may hold fewer than *trials too; then *trials is how many were found.
 * `is_wanted` (NULL: all are) leaves some out; then *trials may be 0. */
dsc_status dsc_tune_sample_all(dsc_tune_value *values, size_t *trials, bool *grid,
                               const dsc_tune_space *space, uint64_t seed, dsc_tune_is_wanted *is_wanted,
                               void *user, dsc_error *error);

/* The value as it is written; `out` is used where it is a number. */
const char *dsc_tune_value_text(char out[40], const dsc_tune_dimension *dimension,
                                const dsc_tune_value *value);

/* Appends "learning-rate=0.002 hidden=64". */
void dsc_tune_values_format(dsc_text *text, const dsc_tune_space *space, const dsc_tune_value *values);

/* Changes `recipe`, a copy of the base, to that of one trial. */
dsc_status dsc_tune_apply(dsc_recipe *recipe, const dsc_tune_space *space, const dsc_tune_value *values,
                          dsc_error *error);

/* --- space_parts.c: for the files of the space --- */

/* The texts of a recipe whose items have parameters: the recipe's parameter of that name, if it is one of
 * them. */
const dsc_param *dsc_tune_field(const char *name);

/* Appends what those texts are called: "augment, optimiser, ...". */
void dsc_tune_fields_format(dsc_text *text);

/* What the items of such a text may be. */
const dsc_registry *dsc_tune_field_registry(const dsc_param *field);

/* Sets the dimension's part in *text, a new text, to `value`. */
dsc_status dsc_tune_part_set(char **text, const dsc_tune_dimension *dimension, const char *value,
                             dsc_error *error);

/* The texts in which braces count: those that describe something, and not the names of data or kernels. */
bool dsc_tune_takes_placeholders(const dsc_param *param);

/* Where "{NAME}" next stands in `text`; *length: of the name. NULL: nowhere. */
const char *dsc_tune_placeholder(const char *text, size_t *length);

#endif
