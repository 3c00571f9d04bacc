/* SPDX-License-Identifier: MIT */
/* sanity.c: warnings, checks for values that are not finite, and the search for the op that made the first
 * one. */
#include "train/sanity.h"

#include "base/error.h"
#include "base/memory.h"
#include "data/split.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LEARNED_BY = 200 /* steps */, FAR_ABOVE = 10 /* times the loss of guessing */, FEW_IMAGES = 8 };

/* --- before --- */

static void check_labels(const dsc_trainer *t, dsc_warn *warn, void *user) {
    size_t counts[256] = {0}, missing = 0, classes = t->model->classes;
    char message[256];
    for (size_t i = 0; i < t->training->count; i++) counts[dsc_dataset_label(t->training, i)]++;
    for (size_t k = 0; k < classes; k++) {
        if (counts[k] == t->training->count) {
            (void)snprintf(message, sizeof message,
                           "all labels are of one class, %s; a network needs at least two classes",
                           t->model->class_names[k]);
            warn(user, message);
            return;
        }
        missing += counts[k] == 0;
    }
    if (!missing) return;
    (void)snprintf(message, sizeof message,
                   "%zu of %zu classes have no training sample, so the network cannot learn them", missing,
                   classes);
    warn(user, message);
}

/* Warns if the inputs of some images, as the model reads them, are tiny, huge or all equal. */
static void check_inputs(const dsc_trainer *t, dsc_warn *warn, void *user) {
    enum { IMAGES = 200 };
    size_t size = t->training->image_size, n = t->training->count < IMAGES ? t->training->count : IMAGES;
    dsc_real *numbers = dsc_allocate(size, sizeof *numbers);
    unsigned char *image = dsc_allocate_aligned(1, t->training->image_bytes);
    double sum = 0, squares = 0;
    bool good = numbers && image; /* without memory there is no warning */
    for (size_t i = 0; i < n && good; i++) {
        const uint32_t sample = (uint32_t)(i * (t->training->count / n));
        good = !dsc_dataset_read(image, t->training, &sample, 1, NULL);
        if (!good) break;
        dsc_model_load_images(t->model, numbers, image, t->training->type, 1);
        for (size_t k = 0; k < size; k++) {
            sum += (double)numbers[k];
            squares += (double)numbers[k] * (double)numbers[k];
        }
    }
    free(numbers);
    free(image);
    if (!good) return;
    double all = (double)(n * size), mean = sum / all, deviation = sqrt(fmax(0, squares / all - mean * mean));
    char message[256];
    if (deviation > 0 && fabs(mean) < 10 && deviation < 10) return;
    (void)snprintf(message, sizeof message,
                   deviation > 0
                       ? "the inputs are not normalised: mean %.3g, deviation %.3g; try --normalise standard"
                       : "all inputs are the same (%.3g); the images are blank",
                   mean, deviation);
    warn(user, message);
}

/* The mirror image of a digit is rarely a digit. */
static void check_mirrors(const dsc_trainer *t, dsc_warn *warn, void *user) {
    dsc_images images;
    dsc_dataset_describe(&images, t->training);
    if (images.preparation == DSC_PREPARATION_DIGITS && dsc_augment_chain_mirrors(t->parts.augment))
        warn(user, "the data are digits, but the recipe mirrors some of them: remove flip from --augment");
}

void dsc_sanity_before(const dsc_trainer *t, dsc_warn *warn, void *user) {
    check_labels(t, warn, user);
    check_mirrors(t, warn, user);
    check_inputs(t, warn, user);
}

/* --- after an epoch --- */

/* Runs the next batch once without an update, in a separate executor that keeps the values of all nodes.
 * `training`: as a training step runs it. The caller frees the executor; NULL if it cannot be made or run. */
static dsc_executor *run_aside(dsc_trainer *t, bool training, size_t *count) {
    const dsc_executor_options options = {.batch = (size_t)t->recipe.batch,
                                          .lanes = (unsigned)t->recipe.lanes,
                                          .training = training,
                                          .loss = t->model->loss,
                                          .kept = {t->model->loss},
                                          .kept_count = 1,
                                          .keeps_all = true,
                                          .kernels = t->parts.choice.kernels,
                                          .bf16 = t->parts.bf16};
    dsc_executor *executor = NULL;
    dsc_real *values =
        dsc_allocate(t->updater.numbers + 1, sizeof *values); /* the run may change running statistics */
    if (values && !dsc_executor_create_beside(&executor, t->executor, t->model->graph, &options, NULL)) {
        memcpy(values, t->model->values, t->updater.numbers * sizeof *values);
        dsc_run run;
        const bool read = !dsc_trainer_batch(&run, t, NULL);
        run.values = values;
        *count = run.count;
        if (!read || dsc_executor_run(executor, &run, NULL)) {
            dsc_executor_free(executor);
            executor = NULL;
        }
    }
    free(values);
    return executor;
}

/* Counts the units that are zero for every sample of a batch. */
static size_t count_dead(const dsc_real *y, size_t samples, size_t units) {
    size_t dead = 0;
    for (size_t u = 0; u < units; u++) {
        size_t n = 0;
        while (n < samples && y[n * units + u] == 0) n++;
        dead += n == samples;
    }
    return dead;
}

/* Only layers of features: in feature maps of images whole corners are rightly zero. */
static bool may_die(const dsc_node *node) {
    return node->kind == DSC_NODE_OP && node->op->flags & DSC_OP_RELU && node->shape.rank == 1;
}

static void check_dead_units(dsc_trainer *t, dsc_warn *warn, void *user) {
    const dsc_graph *graph = t->model->graph;
    size_t count = 0, first = 0;
    while (first < graph->count && !may_die(graph->nodes[first])) first++;
    if (first == graph->count) return;
    const dsc_progress progress = t->progress;
    t->progress.position = 0;
    dsc_executor *executor = run_aside(t, false, &count);
    t->progress = progress;
    /* A healthy unit may be zero for a few images. */
    for (size_t i = first; executor && count >= FEW_IMAGES && i < graph->count; i++) {
        const dsc_node *node = graph->nodes[i];
        const dsc_real *y = may_die(node) ? dsc_executor_value(executor, node) : NULL;
        const size_t units = dsc_shape_count(&node->shape), dead = y ? count_dead(y, count, units) : 0;
        if (2 * dead <= units) continue;
        char message[256];
        (void)snprintf(
            message, sizeof message,
            "%zu of %zu units of %s are zero for a whole batch (dead ReLUs): try a smaller learning rate",
            dead, units, node->layer ? node->layer : "relu");
        warn(user, message);
    }
    dsc_executor_free(executor);
}

/* True at the end of the epochs in which the step count passes 200, 400, 800 and so on, and of the last
 * epoch. Before 200 steps there is nothing to tell; the doubling avoids repeated warnings. */
static bool is_time_to_have_learned(const dsc_trainer *t) {
    const uint64_t now = t->progress.step, before = now > t->steps_an_epoch ? now - t->steps_an_epoch : 0;
    uint64_t mark = LEARNED_BY;
    while (mark <= before) mark *= 2;
    return mark <= now || t->progress.epoch == dsc_trainer_epochs(t);
}

void dsc_sanity_after_epoch(dsc_trainer *t, double loss, dsc_warn *warn, void *user) {
    bool entropy = (t->model->loss->op->flags & DSC_OP_ENTROPY) != 0;
    double chance = log((double)t->model->classes);
    /* The loss of an image of no class is at least this. */
    const double others = 1 - (double)t->training->count / (double)t->samples->count;
    if (others > 0) loss = (loss - others * chance) / (1 - others);
    if (entropy && t->model->classes > 1 && loss > 0.95 * chance && is_time_to_have_learned(t)) {
        char message[256];
        if (loss > FAR_ABOVE * chance)
            (void)snprintf(message, sizeof message,
                           "the loss, %.3g, is far above ln(%zu) = %.3f, the loss of guessing: try a smaller "
                           "learning rate",
                           loss, t->model->classes, chance);
        else
            (void)snprintf(
                message, sizeof message,
                "the loss, %.3f, is still near ln(%zu) = %.3f, the loss of guessing: %s", loss,
                t->model->classes, chance,
                t->progress.step < LEARNED_BY
                    ? "train for more epochs"
                    : "try another learning rate, and look at the data with `descender data show`");
        warn(user, message);
    }
    if (t->progress.epoch <= 1) check_dead_units(t, warn, user);
}

/* --- are the numbers finite? --- */

static dsc_status fail_diverged(const dsc_trainer *t, const char *reason, dsc_error *error) {
    const uint64_t last = t->progress.step ? t->progress.step - 1 : 0;
    return dsc_fail(error, DSC_ERROR_DIVERGED,
                    "training diverged by epoch %llu, step %llu: %s; choose a smaller learning rate, or clip "
                    "the gradient, as with --clip-norm 1",
                    (unsigned long long)(last / t->steps_an_epoch + 1),
                    (unsigned long long)(last % t->steps_an_epoch + 1), reason);
}

dsc_status dsc_trainer_check(const dsc_trainer *t, dsc_error *error) {
    const dsc_real *const slabs[] = {t->model->values, t->updater.average,
                                     t->progress.best_epoch ? t->best : NULL};
    dsc_error reason;
    for (size_t i = 0; i < sizeof slabs / sizeof *slabs; i++)
        if (slabs[i] && dsc_model_check_values(t->model, slabs[i], &reason))
            return fail_diverged(t, reason.message, error);
    return DSC_OK;
}

dsc_status dsc_trainer_fail_answers(const dsc_trainer *t, const dsc_metrics *metrics, const char *what,
                                    dsc_error *error) {
    char reason[160];
    (void)snprintf(reason, sizeof reason, "%zu of %zu answers to %s are not finite", metrics->not_finite,
                   metrics->count, what);
    return fail_diverged(t, reason, error);
}

/* Uses a separate executor that runs inference: without dropout, with running statistics. */
dsc_status dsc_trainer_check_result(const dsc_trainer *t, dsc_error *error) {
    enum { SAMPLES = 256 };
    dsc_dataset *some = NULL;
    dsc_evaluator *evaluator = NULL;
    dsc_metrics metrics = {0};
    const size_t count = t->training->count < SAMPLES ? t->training->count : SAMPLES;
    dsc_status status = dsc_dataset_first(&some, t->training, count, error);
    if (!status)
        status = dsc_evaluator_create(&evaluator, t->model, 0, t->executor, t->parts.choice.kernels,
                                      t->parts.bf16, error);
    if (!status) status = dsc_metrics_initialise(&metrics, t->model->classes, error);
    if (!status)
        status = dsc_evaluator_run(evaluator, &metrics, dsc_trainer_result(t), some, NULL, NULL, error);
    if (!status && metrics.not_finite)
        status = dsc_trainer_fail_answers(t, &metrics, "training images", error);
    dsc_metrics_clear(&metrics);
    dsc_evaluator_free(evaluator);
    dsc_dataset_free(some);
    return status;
}

/* --- the first value that is not finite --- */

static bool finite_values(const dsc_real *x, size_t n) {
    for (size_t i = 0; i < n; i++)
        if (!isfinite(x[i])) return false;
    return true;
}

dsc_status dsc_trainer_diagnose(dsc_trainer *t, dsc_error *error) {
    const dsc_graph *graph = t->model->graph;
    char reason[DSC_MESSAGE_SIZE] = "the loss is not finite";
    if (error) memcpy(reason, error->message, sizeof reason);
    for (size_t i = 0; i < graph->count; i++) {
        const dsc_node *node = graph->nodes[i];
        if (node->kind == DSC_NODE_PARAMETER &&
            !finite_values(t->model->values + node->offset, dsc_shape_count(&node->shape)))
            return dsc_fail(error, DSC_ERROR_DIVERGED, "%s; %s is no longer finite", reason, node->name);
    }
    size_t count = 0;
    dsc_status status = DSC_ERROR_DIVERGED;
    dsc_executor *executor = run_aside(t, true, &count);
    for (size_t i = 0; executor && i < graph->count; i++) {
        const dsc_node *node = graph->nodes[i];
        const dsc_real *y = node->kind == DSC_NODE_OP ? dsc_executor_value(executor, node) : NULL;
        if (!y || finite_values(y, count * dsc_shape_count(&node->shape))) continue;
        status = dsc_fail(error, status, "%s; the first numbers that are not finite come from %s%s%s", reason,
                          node->op->name, node->layer ? " of layer " : "", node->layer ? node->layer : "");
        break;
    }
    dsc_executor_free(executor);
    return status;
}
