/* SPDX-License-Identifier: MIT */
/* find_rate.c: the learning-rate range test. The loss of a step is averaged exponentially with a factor of 0.95, divided
 * by 1 - 0.95^n so that the start is not too small (as Adam does; Kingma and Ba, 2015). */
#include "tune/find_rate.h"

#include "base/error.h"
#include "base/memory.h"
#include "train/build.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const double KEPT = 0.95, EXPLODED = 4;

void dsc_rate_test_clear(dsc_rate_test *test) {
    free(test->rate);
    free(test->loss);
    memset(test, 0, sizeof *test);
}

/* The recipe of the test: one epoch at a rate that grows; nothing that looks at later epochs. */
static dsc_status make_recipe(dsc_recipe *to, const dsc_recipe *from, double low, double high,
                              dsc_error *error) {
    dsc_status status = dsc_recipe_copy(to, from, error);
    if (status) return status;
    char text[96], a[32], b[32];
    (void)snprintf(text, sizeof text, "range low=%s high=%s", dsc_format_shortest(a, low),
                   dsc_format_shortest(b, high));
    free(to->schedule);
    to->schedule = strdup(text);
    to->learning_rate = 1;
    to->epochs = 1;
    to->validation = to->ema = 0;
    to->patience = to->clean_epochs = 0;
    return to->schedule ? DSC_OK : dsc_fail_memory(error, sizeof text, "a recipe");
}

/* Adds a step; true when the loss has exploded. */
static bool add_step(dsc_rate_test *test, double *average, double rate, double loss, double *least) {
    double n = (double)(test->count + 1);
    *average = KEPT * *average + (1 - KEPT) * loss;
    double smooth = *average / (1 - pow(KEPT, n));
    test->rate[test->count] = rate;
    test->loss[test->count++] = smooth;
    if (smooth < *least) {
        *least = smooth;
        test->best_rate = rate;
        test->suggestion = rate / 10;
    }
    return n > 10 && smooth > EXPLODED * *least;
}

static dsc_status run_steps(dsc_rate_test *test, dsc_trainer *t, dsc_on_event *on_event, void *user,
                            dsc_error *error) {
    double average = 0, before = 0, least = INFINITY;
    for (bool exploded = false; !exploded && !dsc_trainer_epoch_is_done(t);) {
        double rate = dsc_trainer_learning_rate(t);
        uint64_t position = t->progress.position;
        dsc_status status = dsc_trainer_step(t, error);
        if (status == DSC_ERROR_DIVERGED) return DSC_OK; /* what the test is for */
        if (status) return status;
        double samples = (double)(t->progress.position - position);
        exploded = add_step(test, &average, rate, (t->progress.loss_sum - before) / samples, &least);
        before = t->progress.loss_sum;
        dsc_event event = {.kind = DSC_EVENT_STEP,
                           .epoch = 1,
                           .epochs = 1,
                           .step = t->progress.step,
                           .steps = t->steps_an_epoch,
                           .loss = test->loss[test->count - 1],
                           .learning_rate = rate};
        if (on_event && on_event(user, &event))
            return dsc_fail(error, DSC_ERROR_STOPPED, "the test was stopped");
    }
    return DSC_OK;
}

static dsc_status run_test(dsc_rate_test *test, dsc_model *model, const dsc_recipe *recipe,
                           const dsc_dataset *data, unsigned threads, dsc_on_event *on_event, void *user,
                           dsc_error *error) {
    dsc_trainer *t;
    dsc_status status = dsc_model_normalise(model, recipe->normalise ? "standard" : "unit", data, error);
    if (!status) status = dsc_trainer_create(&t, model, recipe, data, threads, error);
    if (status) return status;
    test->rate = dsc_allocate(t->steps_an_epoch, sizeof(double));
    test->loss = dsc_allocate(t->steps_an_epoch, sizeof(double));
    if (!test->rate || !test->loss)
        status = dsc_fail_memory(error, t->steps_an_epoch * sizeof(double), "a range test");
    else
        status = run_steps(test, t, on_event, user, error);
    dsc_trainer_free(t);
    if (!status && test->count < 10)
        return dsc_fail(error, DSC_ERROR_ARGUMENT,
                        "a range test needs at least 10 steps, there were %zu; choose a smaller batch, or a "
                        "lower rate to "
                        "start from",
                        test->count);
    return status;
}

dsc_status dsc_find_rate(dsc_rate_test *test, const dsc_recipe *recipe, const dsc_dataset *data, double low,
                         double high, unsigned threads, dsc_on_event *on_event, void *user,
                         dsc_error *error) {
    memset(test, 0, sizeof *test);
    dsc_recipe own = {0};
    dsc_model *model = NULL;
    dsc_status status = make_recipe(&own, recipe, low, high, error);
    if (!status) status = dsc_recipe_make_model(&model, &own, data, error);
    if (!status) status = run_test(test, model, &own, data, threads, on_event, user, error);
    dsc_model_free(model);
    dsc_recipe_clear(&own);
    return status;
}
