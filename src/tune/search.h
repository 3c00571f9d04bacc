/* SPDX-License-Identifier: MIT */
/*
 * search.h: what a search is and what it knows so far; no data, no training, no files. All of it follows
 * from the lines of its journal, so that a search that was interrupted is the one that goes on.
 *
 *   search.c   making it, who goes on, the trials' recipes     importance.c   what mattered
 *   record.c   to and from the lines of a journal */
#ifndef DSC_TUNE_SEARCH_H
#define DSC_TUNE_SEARCH_H

#include "tune/budget.h"
#include "tune/rungs.h"
#include "tune/space.h"

#include <jansson.h>

typedef struct dsc_tune_search {
    char *name;        /* of the recipe */
    dsc_recipe recipe; /* as given: with braces, and with its own `validation` and `patience` */
    double validation; /* the share that trials are compared on */
    char *kernels;     /* those that all trials use, by name */
    char *data_name;   /* for people */
    size_t samples;    /* of the training set, before anything is held out */
    uint32_t data_crc; /* of its images and labels */
    json_t *dataset;   /* the shape of the images, the classes: dsc_dataset_to_json */
    size_t others;     /* images of no class; 0: none */
    uint32_t others_crc;
    size_t trials; /* no more than there are combinations */
    bool grid;     /* the trials are all combinations that there are */
    unsigned reduction;
    uint64_t least_epochs;
    dsc_tune_space space;
    dsc_tune_plan plan;
    dsc_tune_value *values;   /* (trials, space.count) */
    dsc_tune_result *results; /* (trials, plan.count) */
    bool finished;
    /* Of a search with a budget; otherwise NULL and 0: */
    dsc_footprint *footprints; /* (trials) */
    size_t asked;              /* trials that were asked for, of which there are fewer if not all fit */
    uint64_t *draws;           /* (trials) which draw of the space each is: space.h */
    dsc_footprint most;        /* the budget */
    char *numbers;             /* what footprints are of */
} dsc_tune_search;

/* Starts as {0}; a zero stands for the default. */
typedef struct dsc_tune_options {
    size_t trials;                 /* of the first rung, at most; 0: 27 */
    unsigned reduction;            /* eta; 0: 3 */
    uint64_t least;                /* epochs of the first rung, at least; 0: 1 */
    const char *kernels;           /* NULL: the recipe's, or by the processor */
    const dsc_tune_budget *budget; /* NULL: none */
} dsc_tune_options;

/* Makes a search over `texts` (see space.h) that changes `recipe`, draws the values of all trials, no two
 * alike, and checks their recipes as far as that can be done without data. A recipe without `validation`
 * holds out a tenth. The data's name, count and checksum are still to be set. ARGUMENT: nothing that was
 * drawn fits the budget. Release with dsc_tune_search_clear, also after an error. */
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

/* The recipe that a trial is trained by: its values, the search's held-out share and kernels, no early
 * stopping. */
dsc_status dsc_tune_trial_recipe(dsc_recipe *recipe, const dsc_tune_search *search, size_t trial,
                                 dsc_error *error);

/* The same for people to train by: with the held-out share and the kernels of the recipe that was given. */
dsc_status dsc_tune_final_recipe(dsc_recipe *recipe, const dsc_tune_search *search, size_t trial,
                                 dsc_error *error);

/* Puts into `trials` (room for search->trials) those that are in a rung, in the order of their rank in the
 * rung before (rung 0: of their numbers), with a budget front by front. All of the rung before must be done.
 * Returns how many. */
size_t dsc_tune_members(size_t *trials, const dsc_tune_search *search, size_t rung);

/* Whether all of a rung are done; `scratch` has room for search->trials. */
bool dsc_tune_rung_is_done(const dsc_tune_search *search, size_t rung, size_t *scratch);

/* The last rung in which a trial is done; SIZE_MAX: none. */
size_t dsc_tune_reached(const dsc_tune_search *search, size_t trial);

/* The trial that is ahead: of those that came furthest the best. False while there is none that did not
 * fail. */
bool dsc_tune_best(size_t *trial, const dsc_tune_search *search);

/* Sorts `trials` (count): those that came further first, and of them the better. */
void dsc_tune_standing(size_t *trials, size_t count, const dsc_tune_search *search);

/* Puts into `trials` (room for search->trials) the front of accuracy against size, from the most accurate to
 * the smallest, of those that came furthest and did not fail. Returns how many; 0 without a budget. */
size_t dsc_tune_front(size_t *trials, const dsc_tune_search *search);

/* Epochs done so far, of dsc_tune_plan_epochs. */
uint64_t dsc_tune_epochs_done(const dsc_tune_search *search);

/* --- importance.c --- */

/* What one dimension explains by itself. Trials are put into groups (each choice is one; a range is cut into
 * three of equal count), and `share` is the part of the variance of their ranks in the first rung, where all
 * have had the same, that lies between the groups, less what chance would give: epsilon squared of the test
 * of Kruskal and Wallis (1952). */
typedef struct dsc_tune_importance {
    double share;     /* 0 to 1; NaN: too few trials to tell */
    double low, high; /* a range: the smallest and largest value of the best group */
    size_t choice;    /* otherwise: the best choice */
    size_t trials;    /* that it was told from */
} dsc_tune_importance;

dsc_status dsc_tune_importance_find(dsc_tune_importance *importance, const dsc_tune_search *search,
                                    size_t dimension, dsc_error *error);

/* --- record.c --- */

/* The first line of a journal, and that of a result, as JSON; NULL for want of memory. */
json_t *dsc_tune_start_line(const dsc_tune_search *search);
json_t *dsc_tune_result_line(const dsc_tune_search *search, size_t trial, size_t rung, const char *message);
json_t *dsc_tune_end_line(const dsc_tune_search *search, size_t best);
/* The values of a trial, as texts by their names. */
json_t *dsc_tune_values_json(const dsc_tune_search *search, size_t trial);

/* Makes the search that a journal tells of. A last line without its newline was cut off in mid-write, and
 * does not count: *whole is where the whole lines end. Everything else that is not as it should be is an
 * error that names the line. */
dsc_status dsc_tune_search_read(dsc_tune_search *search, size_t *whole, const char *bytes, size_t size,
                                const char *name, dsc_error *error);

#endif
