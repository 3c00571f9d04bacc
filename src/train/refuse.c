/* SPDX-License-Identifier: MIT */
/* refuse.c: chooses the threshold below which a finished model refuses to answer, on held-out images:
 *
 *   with a validation set       the largest threshold that still answers 99.5 percent of it
 *   without                     the smallest one that refuses 98 percent of the held-out images of no class
 *
 * 98 percent, because images of unknown kinds are harder to refuse than those of the training. The program's
 * own network never saw Fashion-MNIST: it refuses 87 percent of it with the threshold at 95 percent of its
 * own non-digits, and 97 percent with the threshold at 98.
 *
 * The threshold has four decimals, rounded down in the first case and up in the second. Kernels whose last
 * bits differ therefore refuse the same images. */
#include "train/trainer.h"

#include "base/error.h"
#include "base/memory.h"

#include <math.h>
#include <stdlib.h>

static const double ANSWERED = 0.995, REFUSED = 0.98, STEPS = 10000;

/* The largest probability of each image of `data`; 0 for an answer that is not finite. */
typedef struct sureness {
    float *of; /* (count) */
    size_t count;
} sureness;

static int keep(void *user, const dsc_answer *answer) {
    sureness *s = user;
    s->of[s->count++] = answer->is_finite ? answer->probabilities[answer->prediction] : 0;
    return 0;
}

static int by_size(const void *a, const void *b) {
    const float x = *(const float *)a, y = *(const float *)b;
    return (x > y) - (x < y);
}

/* Fills `s` in ascending order; the caller frees s->of, also after a failure. */
static dsc_status find_sureness(sureness *s, dsc_trainer *t, const dsc_dataset *data, dsc_error *error) {
    dsc_metrics metrics;
    *s = (sureness){.of = dsc_allocate(data->count, sizeof *s->of)};
    if (!s->of) return dsc_fail_memory(error, data->count * sizeof *s->of, "a threshold");
    dsc_status status = dsc_metrics_initialise(&metrics, t->model->classes, error);
    if (status) return status;
    status = dsc_evaluator_run(t->evaluator, &metrics, NULL, data, keep, s, error);
    dsc_metrics_clear(&metrics);
    if (!status) qsort(s->of, s->count, sizeof *s->of, by_size);
    return status;
}

static size_t count_below(const sureness *s, double threshold) {
    size_t count = 0;
    while (count < s->count && (double)s->of[count] < threshold) count++;
    return count;
}

static double choose(const sureness *images, const sureness *others) {
    if (images->count) {
        const size_t refused = (size_t)floor((1 - ANSWERED) * (double)images->count + 1e-9);
        return floor((double)images->of[refused] * STEPS) / STEPS;
    }
    /* Just above the largest probability to refuse; at most 1. */
    const size_t refused = (size_t)ceil(REFUSED * (double)others->count - 1e-9);
    return fmin(1, (floor((double)others->of[refused - 1] * STEPS) + 1) / STEPS);
}

dsc_status dsc_trainer_choose_refusal(dsc_trainer *t, dsc_error *error) {
    sureness images = {0}, others = {0};
    t->refusal = (dsc_refusal){0};
    t->model->refuse_below = 0;
    if (!t->held_others) return DSC_OK;
    dsc_status status = t->validation ? find_sureness(&images, t, t->validation, error) : DSC_OK;
    if (!status) status = find_sureness(&others, t, t->held_others, error);
    if (!status) {
        const double below = choose(&images, &others);
        t->refusal = (dsc_refusal){.below = below,
                                   .images = images.count,
                                   .answered = images.count - count_below(&images, below),
                                   .others = others.count,
                                   .refused = count_below(&others, below)};
        t->model->refuse_below = below;
    }
    free(images.of);
    free(others.of);
    return status;
}
