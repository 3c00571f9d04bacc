/* SPDX-License-Identifier: MIT */
/* search.h: a search's definition and results, without data, training or files. Everything follows from the
 * lines of its journal, so an interrupted search continues exactly. One thread at a time.
 *
 *   search.c   creation, advancing, the trials' recipes        importance.c   importance of dimensions
 *   record.c   conversion to and from the lines of a journal */
#ifndef DSC_TUNE_SEARCH_H
#define DSC_TUNE_SEARCH_H

#include "tune/budget.h"
#include "tune/rungs.h"
#include "tune/space.h"

#include <jansson.h>

typedef struct dsc_tune_search {
    char *name;        /* of the recipe */
    dsc_recipe recipe; /* as given: with braces, and with its own `validation` and `patience` */
    double validation; /* fraction of samples on which trials are compared */
    char *kernels;     /* name of the kernel set that all trials use */
    char *data_name;   /* for people */
    size_t samples;    /* of the training set, before a part is held out */
    uint32_t data_crc; /* of its images and labels */
    json_t *dataset;   /* image shape and classes: dsc_dataset_to_json */
    size_t others;     /* images of no class; 0: none */
    uint32_t others_crc;
    size_t trials; /* at most the number of combinations */
    bool grid;     /* the trials are all combinations */
    unsigned reduction;
    uint64_t least_epochs;
    dsc_tune_space space;
    dsc_tune_plan plan;
    dsc_tune_value *values;   /* (trials, space.count) */
    dsc_tune_result *results; /* (trials, plan.count) */
    bool finished;
    /* With a budget; otherwise NULL and 0: */
    dsc_footprint *footprints; /* (trials) */
    size_t asked;              /* trials requested; fewer exist if not all fit */
    uint64_t *draws;           /* (trials) the draw of each trial: space.h */
    dsc_footprint most;        /* the budget */
    char *numbers;             /* the numbers that footprints assume */
} dsc_tune_search;

/* Starts as {0}; zero means the default. */
typedef struct dsc_tune_options {
    size_t trials;                 /* most trials of the first rung; 0: 27 */
    unsigned reduction;            /* eta; 0: 3 */
    uint64_t least;                /* least epochs of the first rung; 0: 1 */
    const char *kernels;           /* NULL: the recipe's, or the processor's default */
    const dsc_tune_budget *budget; /* NULL: none */
} dsc_tune_options;

/* Creates a search over `texts` (space.h) that modify `recipe`: draws the values of all trials, no two alike,
 * and checks their recipes as far as possible without data. A recipe without `validation` holds out a tenth.
 * The caller sets the data's name, count and checksum. DSC_ERROR_ARGUMENT: invalid texts, or no draw fits the
 * budget. Release with dsc_tune_search_clear, also after an error. */
dsc_status dsc_tune_search_make(dsc_tune_search *search, const dsc_recipe *recipe, const char *name,
                                const char *const *texts, size_t count, const dsc_tune_options *options,
                                dsc_error *error);
void dsc_tune_search_clear(dsc_tune_search *search);

static inline const dsc_tune_value *dsc_tune_values(const dsc_tune_search *search, size_t trial) {
    return search->values + trial * search->space.count;
}
static inline dsc_tune_result *dsc_tune_result_of(const dsc_tune_search *search, size_t trial, size_t rung) {
    return search->results + trial * search->plan.count + rung;
}

/* The recipe that trains a trial: its values, the search's held-out fraction and kernels, no early stopping.
 * Release with dsc_recipe_clear. */
dsc_status dsc_tune_trial_recipe(dsc_recipe *recipe, const dsc_tune_search *search, size_t trial,
                                 dsc_error *error);

/* The same for users: with the held-out fraction and the kernels of the original recipe. */
dsc_status dsc_tune_final_recipe(dsc_recipe *recipe, const dsc_tune_search *search, size_t trial,
                                 dsc_error *error);

/* Stores the members of a rung in `trials` (room for search->trials), ordered by rank in the previous rung
 * (rung 0: by number); with a budget front by front. The previous rung must be done. Returns their number. */
size_t dsc_tune_members(size_t *trials, const dsc_tune_search *search, size_t rung);

/* Whether all members of a rung are done; `scratch` has room for search->trials. */
bool dsc_tune_rung_is_done(const dsc_tune_search *search, size_t rung, size_t *scratch);

/* The last rung in which a trial is done; SIZE_MAX: none. */
size_t dsc_tune_reached(const dsc_tune_search *search, size_t trial);

/* The leading trial: the best of those that advanced furthest. Returns false while every trial has failed or
 * has no result. */
bool dsc_tune_best(size_t *trial, const dsc_tune_search *search);

/* Sorts `trials` (count) by rung reached, then by rank. */
void dsc_tune_standing(size_t *trials, size_t count, const dsc_tune_search *search);

/* Stores in `trials` (room for search->trials) the Pareto front of the successful trials that advanced
 * furthest, from the most accurate to the smallest. Returns their number; 0 without a budget. */
size_t dsc_tune_front(size_t *trials, const dsc_tune_search *search);

/* Epochs done so far, out of dsc_tune_plan_epochs. */
uint64_t dsc_tune_epochs_done(const dsc_tune_search *search);

/* --- importance.c --- */

/* The importance of one dimension. Trials are grouped (one group for each choice; a range is divided into
 * three groups of equal count). `share` is the fraction of the variance of their ranks in the first rung,
 * where all trained equally, that lies between the groups, corrected for chance: epsilon squared of the
 * Kruskal-Wallis test (1952). */
typedef struct dsc_tune_importance {
    double share;     /* 0 to 1; NaN: too few trials */
    double low, high; /* range: smallest and largest value of the best group */
    size_t choice;    /* otherwise: the best choice */
    size_t trials;    /* number of trials used */
} dsc_tune_importance;

dsc_status dsc_tune_importance_find(dsc_tune_importance *importance, const dsc_tune_search *search,
                                    size_t dimension, dsc_error *error);

/* --- record.c --- */

/* The first line of a journal, a result and the last line, as JSON that the caller releases; NULL without
 * memory. */
json_t *dsc_tune_start_line(const dsc_tune_search *search);
json_t *dsc_tune_result_line(const dsc_tune_search *search, size_t trial, size_t rung, const char *message);
json_t *dsc_tune_end_line(const dsc_tune_search *search, size_t best);
/* The values of a trial as texts by name. */
json_t *dsc_tune_values_json(const dsc_tune_search *search, size_t trial);

/* Creates the search from its journal. A last line without a newline is incomplete and ignored; *whole is the
 * length of the complete lines. DSC_ERROR_FORMAT: any other defect; the message names the line. */
dsc_status dsc_tune_search_read(dsc_tune_search *search, size_t *whole, const char *bytes, size_t size,
                                const char *name, dsc_error *error);

#endif
