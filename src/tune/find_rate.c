/* SPDX-License-Identifier: MIT */
/* find_rate.c: the learning-rate range test. The loss of each step is averaged exponentially with factor 0.95
 * and divided by 1 - 0.95^n to correct the bias at the start (as in Adam; Kingma and Ba, 2015). */
#include "tune/find_rate.h"

#include "base/error.h"
#include "base/memory.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LEAST_STEPS = 10 };
static const double KEPT = 0.95, EXPLODED = 4;

void dsc_rate_test_clear(dsc_rate_test *test) {
    free(test->rate);
    free(test->loss);
    memset(test, 0, sizeof *test);
}

/* Creates a trainer for the test: one epoch, without options that need later epochs, with the rates of the
 * schedule. */
static dsc_status make_trainer(dsc_trainer **t, const dsc_recipe *recipe, const dsc_dataset *data, double low,
                               double high, unsigned threads, dsc_error *error) {
    dsc_recipe own = *recipe; /* shares the recipe's texts */
    own.learning_rate = 1;
    own.epochs = 1;
    own.validation = own.ema = 0;
    own.patience = own.clean_epochs = 0;
    own.until = 0;
    own.calibrate = false;
    own.steps = NULL;
    dsc_status status = dsc_trainer_create(t, NULL, &own, data, threads, error);
    if (status) return status;
    char text[96], a[32], b[32];
    (void)snprintf(text, sizeof text, "range low=%s high=%s", dsc_format_shortest(a, low),
                   dsc_format_shortest(b, high));
    dsc_schedule_release(&(*t)->parts.schedule);
    return dsc_schedule_choose(&(*t)->parts.schedule, text, error);
}

/* Records a step; returns true if the loss has exploded. */
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
        if (status == DSC_ERROR_DIVERGED) return DSC_OK; /* expected in this test */
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

static dsc_status run_test(dsc_rate_test *test, dsc_trainer *t, dsc_on_event *on_event, void *user,
                           dsc_error *error) {
    test->rate = dsc_allocate(t->steps_an_epoch, sizeof(double));
    test->loss = dsc_allocate(t->steps_an_epoch, sizeof(double));
    if (!test->rate || !test->loss)
        return dsc_fail_memory(error, t->steps_an_epoch * sizeof(double), "a range test");
    dsc_status status = run_steps(test, t, on_event, user, error);
    if (status || test->count >= LEAST_STEPS) return status;
    /* The test ends after an epoch, or earlier if the loss explodes. */
    const size_t samples = t->training->count;
    if (t->steps_an_epoch >= LEAST_STEPS)
        return dsc_fail(error, DSC_ERROR_ARGUMENT,
                        "a range test needs at least %d steps, but the loss exploded after %zu of %llu; "
                        "choose a smaller batch, for more steps",
                        LEAST_STEPS, test->count, (unsigned long long)t->steps_an_epoch);
    if (samples < LEAST_STEPS)
        return dsc_fail(
            error, DSC_ERROR_ARGUMENT,
            "a range test needs at least %d steps, but there are only %zu samples; use more samples",
            LEAST_STEPS, samples);
    return dsc_fail(error, DSC_ERROR_ARGUMENT,
                    "a range test needs at least %d steps, but an epoch has %llu; choose a smaller batch, "
                    "as with --batch %zu",
                    LEAST_STEPS, (unsigned long long)t->steps_an_epoch, samples / LEAST_STEPS);
}

dsc_status dsc_find_rate(dsc_rate_test *test, const dsc_recipe *recipe, const dsc_dataset *data, double low,
                         double high, unsigned threads, dsc_on_event *on_event, void *user,
                         dsc_error *error) {
    dsc_trainer *t;
    memset(test, 0, sizeof *test);
    dsc_status status = make_trainer(&t, recipe, data, low, high, threads, error);
    if (!status) status = run_test(test, t, on_event, user, error);
    dsc_trainer_free(t);
    return status;
}
