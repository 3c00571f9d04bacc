/* SPDX-License-Identifier: MIT */
/* space.h: the search space: a set of values for each name.
 *
 *   dimension = name "=" (range | choices)
 *   range     = ["log:"] number ".." number            both ends are included
 *   choices   = value ("|" value)+                     a "|" inside parentheses belongs to the value
 *
 * The name is one of three things:
 *
 *   learning-rate           a parameter of the recipe
 *   augment.rotate, optimiser.momentum, augment.affine.p
 *                           a parameter inside one of its texts (augment, optimiser, schedule, loss), of
 *                           the only item that has it, or of the named item
 *   units                   any other name replaces {units} in the recipe's texts: "784-{units}-{units}-10"
 *
 * `hidden` is inserted into the model automatically unless {hidden} is written somewhere: it sets the width
 * of all hidden dense layers, and `hidden1`, `hidden2`, ... of one each.
 *
 * Parameters that determine how trials are compared cannot be searched: data, validation, epochs, seed, and
 * similar.
 *
 *   space.c         parsing                  space_apply.c   applying a trial's values to a recipe
 *   space_sample.c  drawing values           space_parts.c   parameters inside a text
 *   space_hidden.c  the hidden layers */
#ifndef DSC_TUNE_SPACE_H
#define DSC_TUNE_SPACE_H

#include "base/spec.h"
#include "train/recipe.h"

enum { DSC_TUNE_DIMENSIONS_MOST = 32, DSC_TUNE_CHOICES_MOST = 64, DSC_TUNE_NAME_MOST = 63 };

typedef enum dsc_tune_target { DSC_TUNE_PARAMETER, DSC_TUNE_PART, DSC_TUNE_PLACEHOLDER } dsc_tune_target;

typedef struct dsc_tune_dimension {
    char *text; /* as written */
    char *name;
    size_t values_column; /* in text, from 1 */
    dsc_tune_target target;
    const dsc_param *param; /* PARAMETER, PART: the recipe's */
    char *item;             /* PART: the item's name; NULL: the only item that has it */
    const char *part;       /* PART: in `name` */
    bool range, logarithmic, whole;
    double low, high; /* range */
    char **choices;   /* otherwise */
    size_t choice_count;
} dsc_tune_dimension;

typedef struct dsc_tune_space {
    dsc_tune_dimension *dimensions;
    size_t count;
} dsc_tune_space;

/* Parses the dimensions, which modify `base`. DSC_ERROR_ARGUMENT: the message shows the text and the column
 * and suggests a name. Release with dsc_tune_space_clear, also after an error. */
dsc_status dsc_tune_space_parse(dsc_tune_space *space, const dsc_recipe *base, const char *const *texts,
                                size_t count, dsc_error *error);
void dsc_tune_space_clear(dsc_tune_space *space);

/* Inserts {hidden} into *model, an allocated text, if `hidden` or one of its variants is a dimension and is
 * not written in braces anywhere. Call before parsing the dimensions. */
dsc_status dsc_tune_open_hidden(char **model, const char *const *texts, size_t count, dsc_error *error);

/* A value: a number of the range, or the index of the choice. */
typedef struct dsc_tune_value {
    size_t choice;
    double number;
} dsc_tune_value;

/* Draws the values (space->count) of one trial. They depend only on (space, seed, trial, attempt), on every
 * machine. Numbers are rounded to four significant digits to keep recipes readable. */
void dsc_tune_sample(dsc_tune_value *values, const dsc_tune_space *space, uint64_t seed, uint64_t trial,
                     uint64_t attempt);

/* Number of combinations of values; most + 1 if more than `most`. */
size_t dsc_tune_combinations(const dsc_tune_space *space, size_t most);

/* Decides whether to keep the values stored at `trial`, which are draw number `draw`: in a grid, their
 * position in its order; otherwise the attempt. */
typedef dsc_status dsc_tune_is_wanted(void *user, bool *wanted, size_t trial, uint64_t draw,
                                      dsc_error *error);

/* Draws the values of *trials trials, (trials, space->count), no two alike. If there are no more combinations
 * than that, takes all of them in an order drawn from the seed; *grid is then true and *trials their number.
 * A space of rounded numbers may contain fewer than *trials; then *trials is the number found. `is_wanted`
 * (NULL: keep all) rejects some; then *trials may be 0. */
dsc_status dsc_tune_sample_all(dsc_tune_value *values, size_t *trials, bool *grid,
                               const dsc_tune_space *space, uint64_t seed, dsc_tune_is_wanted *is_wanted,
                               void *user, dsc_error *error);

/* The value as text; `out` holds it if it is a number. */
const char *dsc_tune_value_text(char out[40], const dsc_tune_dimension *dimension,
                                const dsc_tune_value *value);

/* Appends "learning-rate=0.002 hidden=64". */
void dsc_tune_values_format(dsc_text *text, const dsc_tune_space *space, const dsc_tune_value *values);

/* Changes `recipe`, a copy of the base, to that of one trial. */
dsc_status dsc_tune_apply(dsc_recipe *recipe, const dsc_tune_space *space, const dsc_tune_value *values,
                          dsc_error *error);

/* --- space_parts.c: internal --- */

/* The recipe's parameter `name` if its text has items with parameters; otherwise NULL. */
const dsc_param *dsc_tune_field(const char *name);

/* Appends the names of those texts: "augment, optimiser, ...". */
void dsc_tune_fields_format(dsc_text *text);

/* The registry of such a text's items. */
const dsc_registry *dsc_tune_field_registry(const dsc_param *field);

/* Replaces *text by a new text with the dimension's part set to `value`. */
dsc_status dsc_tune_part_set(char **text, const dsc_tune_dimension *dimension, const char *value,
                             dsc_error *error);

/* Whether braces are replaced in this text: in descriptions, not in names of data or kernels. */
bool dsc_tune_takes_placeholders(const dsc_param *param);

/* The next "{NAME}" in `text`; *length is the length of the name. NULL: none. */
const char *dsc_tune_placeholder(const char *text, size_t *length);

#endif
