/* SPDX-License-Identifier: MIT */
/* parts.c: the samples and the recipe of each trial. Everything depends only on the question and the data. */
#include "study/work.h"

#include "base/error.h"
#include "base/memory.h"
#include "base/seed.h"
#include "data/folds.h"
#include "data/split.h"
#include "train/build.h"
#include "train/trainer.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { SHARES = 5 }; /* 1/16, 1/8, 1/4, 1/2, 1 */
static const double HELD_OUT = 0.1;

/* --- the parts --- */

static uint64_t key_of(const dsc_study *s) { return dsc_seed_key(&s->question.recipe.seed); }

static dsc_status hold_out(dsc_study *s, dsc_error *error) {
    const dsc_recipe *r = &s->question.recipe;
    const double share = r->validation > 0 ? r->validation : HELD_OUT;
    if (s->data->own_validation) return dsc_dataset_split_own(&s->rest, &s->held, s->data, 0, error);
    return dsc_dataset_split(&s->rest, &s->held, s->data, share, key_of(s), error);
}

static dsc_status choose_sizes(dsc_study_question *q, const dsc_dataset *rest, dsc_error *error) {
    if (!q->size_count)
        for (int i = SHARES; i-- > 0;)
            if (rest->count >> i) q->sizes[q->size_count++] = rest->count >> i;
    for (size_t i = 0; i < q->size_count; i++) {
        if (!q->sizes[i] || q->sizes[i] > rest->count)
            return dsc_fail(
                error, DSC_ERROR_ARGUMENT,
                "samples: expected 1 to %zu, the number of samples that are not held out, found %zu",
                rest->count, q->sizes[i]);
        if (i && q->sizes[i] <= q->sizes[i - 1])
            return dsc_fail(error, DSC_ERROR_ARGUMENT,
                            "samples: expected growing numbers, found %zu after %zu", q->sizes[i],
                            q->sizes[i - 1]);
    }
    return DSC_OK;
}

static dsc_status divide(dsc_study *s, dsc_error *error) {
    dsc_study_question *q = &s->question;
    const size_t most = q->recipe.training_samples > 0 ? (size_t)q->recipe.training_samples : s->data->count;
    dsc_status status = DSC_OK;
    if (q->recipe.reading.group_by && !dsc_dataset_has_groups(s->data))
        return dsc_fail(error, DSC_ERROR_ARGUMENT,
                        "%s: group-by: these data have no names to group by; omit group-by", s->data->name);
    if (most < s->data->count) {
        status = dsc_dataset_first(&s->first, s->data, most, error);
        if (status) return status;
        s->data = s->first;
    }
    if (q->kind == DSC_STUDY_CURVE) {
        status = hold_out(s, error);
        return status ? status : choose_sizes(q, s->rest, error);
    }
    s->fold = dsc_allocate(s->data->count, sizeof *s->fold);
    if (!s->fold) return dsc_fail_memory(error, s->data->count * sizeof *s->fold, "folds");
    return dsc_dataset_folds(s->fold, s->data, q->folds, key_of(s), error);
}

/* --- the trials --- */

static uint64_t steps_of(size_t samples, uint64_t batch, bool drop_last) {
    return drop_last ? samples / batch : (samples + batch - 1) / batch;
}

/* A batch is never larger than the number of samples, so that small parts can be trained on. */
static void plan_curve(dsc_study_trial *t, const dsc_study *s) {
    const dsc_recipe *r = &s->question.recipe;
    const uint64_t whole = (uint64_t)r->batch < s->rest->count ? (uint64_t)r->batch : s->rest->count;
    const uint64_t all =
        steps_of(s->rest->count + t->others_learned, whole, r->drop_last) * (uint64_t)r->epochs;
    t->samples = s->question.sizes[t->size];
    t->held_out = s->held->count;
    t->batch = (uint64_t)r->batch < t->samples ? (uint64_t)r->batch : t->samples;
    const uint64_t steps = steps_of(t->samples + t->others_learned, t->batch, r->drop_last);
    t->epochs = s->question.same_epochs ? (uint64_t)r->epochs : (all + steps / 2) / steps;
    if (!t->epochs) t->epochs = 1;
    t->steps = t->epochs * steps;
}

/* Of a curve nothing is held out for early stopping. */
static size_t others_learned(const dsc_study *s) {
    dsc_recipe recipe = s->question.recipe; /* a glance: nothing of it is released */
    if (s->question.kind == DSC_STUDY_CURVE) recipe.validation = 0;
    return dsc_recipe_others_learned(&recipe);
}

static void plan_folds(dsc_study_trial *t, const dsc_study *s) {
    const dsc_recipe *r = &s->question.recipe;
    for (size_t i = 0; i < s->data->count; i++) t->held_out += s->fold[i] == t->fold;
    t->samples = s->data->count - t->held_out;
    t->batch = (uint64_t)r->batch;
    t->epochs = (uint64_t)r->epochs;
    t->steps = t->epochs * steps_of(t->samples + t->others_learned, t->batch, r->drop_last);
}

/* Finds errors in the recipe before any work: creates the model once and releases it. */
static dsc_status check_trial(const dsc_study *s, size_t trial, bool model_too, dsc_error *error) {
    dsc_recipe recipe;
    dsc_model *model = NULL;
    dsc_status status = dsc_study_trial_recipe(&recipe, s, trial, error);
    if (status) return status;
    const double left = (1 - recipe.validation) * (double)s->trials[trial].samples;
    status = dsc_recipe_check_members(&recipe, error);
    if (!status) status = dsc_recipe_check(&recipe, error);
    if (!status) status = dsc_recipe_check_others(&recipe, s->data, error);
    if (!status && model_too) status = dsc_recipe_make_model(&model, &recipe, s->data, error);
    if (!status && (double)recipe.batch > left)
        status = dsc_fail(
            error, DSC_ERROR_ARGUMENT,
            "a batch of %lld is larger than the %.0f training samples that are left; choose a smaller batch",
            (long long)recipe.batch, left);
    dsc_model_free(model);
    dsc_recipe_clear(&recipe);
    return status;
}

dsc_status dsc_study_make_trials(dsc_study *s, dsc_error *error) {
    dsc_status status = divide(s, error);
    if (status) return status;
    const dsc_study_question *q = &s->question;
    const size_t repeats = q->kind == DSC_STUDY_CURVE ? q->repeats : 1;
    s->count = q->kind == DSC_STUDY_CURVE ? q->size_count * repeats : q->folds;
    s->trials = dsc_allocate(s->count, sizeof *s->trials);
    if (!s->trials) return dsc_fail_memory(error, s->count * sizeof *s->trials, "the trials");
    for (size_t i = 0; i < s->count && !status; i++) {
        dsc_study_trial *t = &s->trials[i];
        t->fold = i;
        t->size = i / repeats;
        t->repeat = i % repeats;
        t->others_learned = others_learned(s);
        if (q->kind == DSC_STUDY_CURVE)
            plan_curve(t, s);
        else
            plan_folds(t, s);
        if (!t->samples || !t->held_out)
            status = dsc_fail(error, DSC_ERROR_ARGUMENT,
                              "%s: a part would have no samples; choose fewer folds", s->data->name);
        if (!status) status = check_trial(s, i, !i, error);
    }
    return status;
}

/* --- one trial --- */

static dsc_status fold_data(dsc_dataset **part, const dsc_study *s, size_t fold, bool held, uint32_t *index,
                            dsc_error *error) {
    size_t n = 0;
    for (size_t i = 0; i < s->data->count; i++)
        if ((s->fold[i] == fold) == held) index[n++] = (uint32_t)i;
    return dsc_dataset_view(part, s->data, index, n, NULL, error);
}

static int by_number(const void *a, const void *b) {
    const uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

/* Samples stay in the order of the data. */
static dsc_status size_data(dsc_dataset **part, const dsc_study *s, const dsc_study_trial *t, uint32_t *index,
                            dsc_error *error) {
    dsc_status status = dsc_dataset_balanced_order(index, s->rest, key_of(s), t->repeat, error);
    if (status) return status;
    qsort(index, t->samples, sizeof *index, by_number);
    return dsc_dataset_view(part, s->rest, index, t->samples, NULL, error);
}

dsc_status dsc_study_trial_data(dsc_dataset **training, dsc_dataset **held, const dsc_study *s, size_t trial,
                                dsc_error *error) {
    const dsc_study_trial *t = &s->trials[trial];
    const bool curve = s->question.kind == DSC_STUDY_CURVE;
    *training = *held = NULL;
    uint32_t *index = dsc_allocate(s->data->count, sizeof *index);
    if (!index) return dsc_fail_memory(error, s->data->count * sizeof *index, "a part of the data");
    dsc_status status = curve ? size_data(training, s, t, index, error)
                              : fold_data(training, s, t->fold, false, index, error);
    if (!status)
        status =
            curve ? dsc_dataset_share(held, s->held, error) : fold_data(held, s, t->fold, true, index, error);
    free(index);
    if (!status) return DSC_OK;
    dsc_dataset_free(*training);
    *training = NULL;
    return status;
}

/* Repeats use consecutive seeds; a seed beyond 64 bits is first replaced by its key. */
static void next_seed(dsc_seed *seed, size_t repeat) {
    uint64_t number;
    if (!repeat) return;
    if (!dsc_seed_number(&number, seed)) number = dsc_seed_key(seed);
    *seed = dsc_seed_of(number + repeat);
}

dsc_status dsc_study_trial_recipe(dsc_recipe *recipe, const dsc_study *s, size_t trial, dsc_error *error) {
    const dsc_study_trial *t = &s->trials[trial];
    const dsc_recipe *base = &s->question.recipe;
    dsc_status status = dsc_recipe_copy(recipe, base, error);
    if (!status) status = dsc_text_replace(&recipe->kernels, s->question.kernels, error);
    if (status) {
        dsc_recipe_clear(recipe);
        return status;
    }
    recipe->training_samples = 0;
    free(recipe->steps); /* they are of all images; a part has its epochs */
    recipe->steps = NULL;
    if (s->question.kind != DSC_STUDY_CURVE) return DSC_OK;
    recipe->validation = 0;
    recipe->patience = 0;
    recipe->until = 0;
    recipe->batch = (int64_t)t->batch;
    recipe->epochs = (int64_t)t->epochs;
    recipe->clean_epochs =
        (int64_t)floor((double)base->clean_epochs * (double)t->epochs / (double)base->epochs + 0.5);
    next_seed(&recipe->seed, t->repeat);
    return DSC_OK;
}
