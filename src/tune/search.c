/* SPDX-License-Identifier: MIT */
/* search.c: a search, its trials' recipes, and the trials that advance. */
#include "tune/search.h"

#include "base/error.h"
#include "base/memory.h"
#include "base/seed.h"
#include "train/build.h"

#include <stdlib.h>
#include <string.h>

enum { TRIALS = 27, REDUCTION = 3, FRONT_LEAST = 4 /* trials of the last rung, with a budget */ };
static const double VALIDATION = 0.1;

/* --- making --- */

static dsc_status check_options(const dsc_tune_search *s, dsc_error *error) {
    if (s->trials > DSC_TUNE_TRIALS_MOST)
        return dsc_fail(error, DSC_ERROR_ARGUMENT, "%zu trials are more than %d", s->trials,
                        DSC_TUNE_TRIALS_MOST);
    if (s->reduction > DSC_TUNE_REDUCTION_MOST)
        return dsc_fail(error, DSC_ERROR_ARGUMENT, "a reduction of %u is more than %d", s->reduction,
                        DSC_TUNE_REDUCTION_MOST);
    if (s->least_epochs > (uint64_t)s->recipe.epochs)
        return dsc_fail(error, DSC_ERROR_ARGUMENT,
                        "a first rung of %llu epochs is longer than the whole training, %lld",
                        (unsigned long long)s->least_epochs, (long long)s->recipe.epochs);
    return DSC_OK;
}

static dsc_status copy_text(char **to, const char *from, dsc_error *error) {
    *to = strdup(from);
    return *to ? DSC_OK : dsc_fail_memory(error, strlen(from), "a search");
}

static dsc_status choose_kernels(dsc_tune_search *s, const char *wanted, dsc_error *error) {
    if (!wanted) wanted = s->recipe.kernels;
    dsc_kernels_choice choice;
    dsc_status status = dsc_kernels_choose(&choice, wanted, error);
    return status ? status : copy_text(&s->kernels, choice.kernels->name, error);
}

/* State while trials are drawn. */
typedef struct drawing {
    dsc_tune_search *search;
    const dsc_tune_budget *budget;
    dsc_footprint least; /* of the draws that did not fit */
    size_t rejected;
} drawing;

/* Finds a drawn trial's footprint and whether it fits. */
static dsc_status fits_budget(void *user, bool *fits, size_t trial, uint64_t draw, dsc_error *error) {
    drawing *d = user;
    dsc_tune_search *s = d->search;
    dsc_recipe recipe;
    dsc_status status = dsc_tune_final_recipe(&recipe, s, trial, error);
    if (status) return status;
    status = dsc_recipe_check(&recipe, error);
    dsc_footprint *found = &s->footprints[trial];
    if (!status) status = d->budget->find(d->budget->user, found, &recipe, trial, draw, error);
    dsc_recipe_clear(&recipe);
    if (status) return dsc_error_context(error, status, "trial %zu", trial + 1);
    s->draws[trial] = draw;
    *fits = dsc_footprint_fits(found, &s->most);
    if (*fits) return DSC_OK;
    if (!d->rejected++ || dsc_footprint_size(found, &s->most) < dsc_footprint_size(&d->least, &s->most))
        d->least = *found;
    return DSC_OK;
}

static dsc_status take_budget(dsc_tune_search *s, const dsc_tune_budget *budget, dsc_error *error) {
    s->most = budget->most;
    s->asked = s->trials;
    s->footprints = dsc_allocate(s->trials + 1, sizeof *s->footprints);
    s->draws = dsc_allocate(s->trials + 1, sizeof *s->draws);
    if (!s->footprints || !s->draws)
        return dsc_fail_memory(error, s->trials * sizeof *s->footprints, "the trials");
    return copy_text(&s->numbers, budget->numbers, error);
}

static dsc_status draw_trials(dsc_tune_search *s, const dsc_tune_budget *budget, dsc_error *error) {
    size_t values;
    drawing d = {.search = s, .budget = budget};
    /* One more than the number of trials: the last grid point that does not fit is stored after them. */
    if (dsc_multiply(&values, s->trials + 1, s->space.count))
        s->values = dsc_allocate(values, sizeof *s->values);
    if (!s->values) return dsc_fail_memory(error, s->trials * sizeof *s->values, "the trials");
    dsc_status status = budget ? take_budget(s, budget, error) : DSC_OK;
    if (!status)
        status = dsc_tune_sample_all(s->values, &s->trials, &s->grid, &s->space,
                                     dsc_seed_key(&s->recipe.seed), budget ? fits_budget : NULL, &d, error);
    if (status || s->trials) return status;
    return dsc_fail(error, DSC_ERROR_ARGUMENT,
                    "no network fits: of %zu drawn networks the smallest takes %llu bytes of flash and %llu "
                    "of RAM; search smaller networks, or allow more bytes",
                    d.rejected, (unsigned long long)d.least.flash, (unsigned long long)d.least.ram);
}

/* All trials are known from the start, so their errors are found now. */
static dsc_status check_trials(dsc_tune_search *s, dsc_error *error) {
    s->results = dsc_allocate(s->trials * s->plan.count, sizeof *s->results);
    if (!s->results)
        return dsc_fail_memory(error, s->trials * s->plan.count * sizeof *s->results, "the trials");
    for (size_t trial = 0; trial < s->trials; trial++) {
        dsc_recipe recipe;
        dsc_status status = dsc_tune_trial_recipe(&recipe, s, trial, error);
        if (status) return status;
        status = dsc_recipe_check_members(&recipe, error);
        if (!status) status = dsc_recipe_check(&recipe, error);
        dsc_recipe_clear(&recipe);
        if (status) return dsc_error_context(error, status, "trial %zu", trial + 1);
    }
    return DSC_OK;
}

dsc_status dsc_tune_search_make(dsc_tune_search *s, const dsc_recipe *recipe, const char *name,
                                const char *const *texts, size_t count, const dsc_tune_options *options,
                                dsc_error *error) {
    *s = (dsc_tune_search){.trials = options->trials ? options->trials : TRIALS,
                           .reduction = options->reduction ? options->reduction : REDUCTION,
                           .least_epochs = options->least ? options->least : 1};
    dsc_status status = dsc_recipe_copy(&s->recipe, recipe, error);
    if (status) return status;
    s->validation = s->recipe.validation > 0 ? s->recipe.validation : VALIDATION;
    status = check_options(s, error);
    if (!status) status = copy_text(&s->name, name, error);
    if (!status) status = copy_text(&s->data_name, "", error);
    if (!status) status = choose_kernels(s, options->kernels, error);
    if (!status) status = dsc_tune_open_hidden(&s->recipe.model, texts, count, error);
    if (!status) status = dsc_tune_space_parse(&s->space, &s->recipe, texts, count, error);
    if (!status) status = draw_trials(s, options->budget, error);
    if (status) return status;
    dsc_tune_plan_make(&s->plan, s->trials, (uint64_t)s->recipe.epochs, s->reduction, s->least_epochs,
                       s->footprints ? FRONT_LEAST : 1);
    return check_trials(s, error);
}

void dsc_tune_search_clear(dsc_tune_search *s) {
    dsc_recipe_clear(&s->recipe);
    dsc_tune_space_clear(&s->space);
    free(s->name);
    free(s->kernels);
    free(s->data_name);
    json_decref(s->dataset);
    free(s->values);
    free(s->results);
    free(s->footprints);
    free(s->draws);
    free(s->numbers);
    *s = (dsc_tune_search){0};
}

/* --- recipes --- */

dsc_status dsc_tune_final_recipe(dsc_recipe *recipe, const dsc_tune_search *s, size_t trial,
                                 dsc_error *error) {
    dsc_status status = dsc_recipe_copy(recipe, &s->recipe, error);
    if (status) return status;
    recipe->patience = 0;
    recipe->until = 0;
    free(recipe->steps); /* a rung goes by epochs */
    recipe->steps = NULL;
    status = dsc_tune_apply(recipe, &s->space, dsc_tune_values(s, trial), error);
    if (!status) return DSC_OK;
    dsc_recipe_clear(recipe);
    return dsc_error_context(error, status, "trial %zu", trial + 1);
}

dsc_status dsc_tune_trial_recipe(dsc_recipe *recipe, const dsc_tune_search *s, size_t trial,
                                 dsc_error *error) {
    dsc_status status = dsc_tune_final_recipe(recipe, s, trial, error);
    if (status) return status;
    char *kernels = NULL;
    status = copy_text(&kernels, s->kernels, error);
    if (status) {
        dsc_recipe_clear(recipe);
        return status;
    }
    free(recipe->kernels);
    recipe->kernels = kernels;
    recipe->validation = s->validation;
    return DSC_OK;
}

/* --- advancing trials --- */

size_t dsc_tune_members(size_t *trials, const dsc_tune_search *s, size_t rung) {
    size_t count = s->trials;
    for (size_t i = 0; i < count; i++) trials[i] = i;
    for (size_t r = 0; r < rung; r++) {
        dsc_tune_rank(trials, count, s->results + r, s->plan.count);
        while (count && dsc_tune_result_of(s, trials[count - 1], r)->failed) count--;
        const size_t places = s->plan.rung[r + 1].trials;
        if (s->footprints) dsc_tune_order_by_front(trials, count, places, s->footprints, &s->most);
        if (count > places) count = places;
    }
    return count;
}

bool dsc_tune_rung_is_done(const dsc_tune_search *s, size_t rung, size_t *scratch) {
    size_t count = dsc_tune_members(scratch, s, rung);
    for (size_t i = 0; i < count; i++)
        if (!dsc_tune_result_of(s, scratch[i], rung)->done) return false;
    return true;
}

size_t dsc_tune_reached(const dsc_tune_search *s, size_t trial) {
    size_t rung = SIZE_MAX;
    for (size_t r = 0; r < s->plan.count && dsc_tune_result_of(s, trial, r)->done; r++) rung = r;
    return rung;
}

static bool stands_before(const dsc_tune_search *s, size_t a, size_t b) {
    size_t ra = dsc_tune_reached(s, a), rb = dsc_tune_reached(s, b);
    if (ra == SIZE_MAX || rb == SIZE_MAX) return ra == rb ? a < b : rb == SIZE_MAX;
    const dsc_tune_result *x = dsc_tune_result_of(s, a, ra), *y = dsc_tune_result_of(s, b, rb);
    if (x->failed != y->failed) return y->failed;
    return ra != rb ? ra > rb : dsc_tune_is_better(x, a, y, b);
}

bool dsc_tune_best(size_t *trial, const dsc_tune_search *s) {
    *trial = 0;
    for (size_t i = 1; i < s->trials; i++)
        if (stands_before(s, i, *trial)) *trial = i;
    size_t rung = dsc_tune_reached(s, *trial);
    return rung != SIZE_MAX && !dsc_tune_result_of(s, *trial, rung)->failed;
}

/* Insertion sort: the list is usually almost sorted, and it is only for display. */
void dsc_tune_standing(size_t *trials, size_t count, const dsc_tune_search *s) {
    for (size_t i = 1; i < count; i++) {
        size_t trial = trials[i], k = i;
        for (; k && stands_before(s, trial, trials[k - 1]); k--) trials[k] = trials[k - 1];
        trials[k] = trial;
    }
}

size_t dsc_tune_front(size_t *trials, const dsc_tune_search *s) {
    size_t count = 0, furthest = 0, best;
    if (!s->footprints || !dsc_tune_best(&best, s)) return 0;
    furthest = dsc_tune_reached(s, best);
    for (size_t i = 0; i < s->trials; i++)
        if (dsc_tune_reached(s, i) == furthest && !dsc_tune_result_of(s, i, furthest)->failed)
            trials[count++] = i;
    dsc_tune_rank(trials, count, s->results + furthest, s->plan.count);
    return dsc_tune_take_front(trials, count, s->footprints, &s->most);
}

uint64_t dsc_tune_epochs_done(const dsc_tune_search *s) {
    uint64_t sum = 0;
    for (size_t trial = 0; trial < s->trials; trial++)
        for (size_t r = 0; r < s->plan.count; r++)
            if (dsc_tune_result_of(s, trial, r)->done) sum += dsc_tune_plan_step(&s->plan, r);
    return sum;
}
