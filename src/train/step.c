/* SPDX-License-Identifier: MIT */
/* step.c: one step: gather a batch, run the program forward and backward, and change the parameters
 * (updater.c). */
#include "base/error.h"
#include "base/stream.h"
#include "train/mixup.h"
#include "train/trainer.h"

#include <math.h>
#include <string.h>

/* --- the order of samples --- */

static void order_samples(dsc_trainer *t) {
    if (t->order_epoch == t->progress.epoch + 1) return;
    size_t n = t->training->count;
    for (size_t i = 0; i < n; i++) t->order[i] = (int64_t)i;
    if (t->recipe.shuffle) {
        dsc_rng rng;
        dsc_rng_philox(&rng, (const uint64_t[2]){t->seed, DSC_STREAM_SHUFFLE},
                       (const uint64_t[4]){0, 0, t->progress.epoch, 0});
        dsc_rng_shuffle(&rng, t->order, n);
    }
    t->order_epoch = t->progress.epoch + 1;
}

/* --- loading a batch --- */

/* Whether this epoch has its images as they are. */
static bool is_clean(const dsc_trainer *t) {
    return (int64_t)t->progress.epoch + t->recipe.clean_epochs >= t->recipe.epochs;
}

static bool augments(const dsc_trainer *t) {
    return !dsc_augment_chain_is_empty(t->parts.augment) && !is_clean(t);
}

/* Images are met in no order that a processor could foresee, and are seldom in its caches: those of the next
 * step are fetched while this one computes. */
static void fetch_ahead(const dsc_trainer *t, size_t first, size_t count, size_t first_byte,
                        size_t last_byte) {
    const size_t from = t->progress.position + (size_t)t->recipe.batch + first, line = 64;
    for (size_t i = from; i < from + count && i < t->training->count; i++) {
        const uint8_t *image = dsc_dataset_image(t->training, (size_t)t->order[i]);
        for (size_t at = first_byte; at < last_byte; at += line) __builtin_prefetch(image + at, 0, 2);
    }
}

static bool mixes(const dsc_trainer *t) { return t->recipe.mixup > 0 && !is_clean(t); }

/* One image of the training set as numbers (C, H, W), augmented if this epoch does so. */
static void load_image(const dsc_trainer *t, dsc_real *out, size_t sample, unsigned worker) {
    const uint8_t *image = dsc_dataset_image(t->training, sample);
    if (augments(t)) {
        uint8_t *changed = t->images + worker * t->training->image_size;
        void *scratch = (unsigned char *)t->augment_scratch + worker * t->augment_scratch_bytes;
        dsc_augment_image(t->parts.augment, changed, image, t->training->shape, t->seed, t->progress.epoch,
                          sample, scratch);
        image = changed;
    }
    dsc_model_load_images(t->model, out, image, 1);
}

/* Mixes the image `out` of `sample`, and its target (K), with its partner's: see mixup.h. */
static void mix(const dsc_trainer *t, dsc_real *out, dsc_real *target, size_t sample, unsigned worker) {
    const size_t size = t->training->image_size;
    dsc_real *other = t->partners + worker * size;
    const dsc_mix drawn =
        dsc_mixup_draw(t->recipe.mixup, t->seed, t->progress.epoch, sample, t->training->count);
    const dsc_real own = (dsc_real)drawn.share, rest = 1 - own;
    load_image(t, other, drawn.partner, worker);
    for (size_t i = 0; i < size; i++) out[i] = own * out[i] + rest * other[i];
    if (!target) return;
    target[dsc_dataset_label(t->training, sample)] = own;
    target[dsc_dataset_label(t->training, drawn.partner)] += rest;
}

static void load(void *context, dsc_real *const *inputs, size_t first, size_t count, unsigned worker) {
    const dsc_trainer *t = context;
    const size_t size = t->training->image_size, classes = t->model->classes;
    const bool mixed = mixes(t);
    fetch_ahead(t, first, count, 0, size);
    for (size_t i = 0; i < count; i++) {
        const size_t sample = t->batch[first + i];
        load_image(t, inputs[0] + i * size, sample, worker);
        if (inputs[1]) dsc_model_load_target(t->model, inputs[1], i, dsc_dataset_label(t->training, sample));
        if (mixed) mix(t, inputs[0] + i * size, inputs[1] ? inputs[1] + i * classes : NULL, sample, worker);
    }
}

/* The same for some of the pixels of every image, as they are: nothing is augmented or mixed. */
static void load_columns(void *context, dsc_real *const *inputs, size_t count, size_t first_pixel,
                         size_t last_pixel) {
    const dsc_trainer *t = context;
    const size_t size = t->training->image_size;
    fetch_ahead(t, 0, count, first_pixel, last_pixel);
    for (size_t i = 0; i < count; i++)
        dsc_model_load_pixels(t->model, inputs[0] + i * size, dsc_dataset_image(t->training, t->batch[i]),
                              first_pixel, last_pixel);
    for (size_t i = 0; i < count && inputs[1] && first_pixel == 0; i++)
        dsc_model_load_target(t->model, inputs[1], i, dsc_dataset_label(t->training, t->batch[i]));
}

dsc_run dsc_trainer_batch(dsc_trainer *t) {
    order_samples(t);
    size_t left = t->training->count - t->progress.position;
    dsc_run run = {.count = left < (size_t)t->recipe.batch ? left : (size_t)t->recipe.batch,
                   .load = load,
                   .load_columns = load_columns,
                   .context = t,
                   .samples = t->batch,
                   .seed = t->seed,
                   .epoch = t->progress.epoch,
                   .values = t->model->values,
                   .gradients = t->gradients};
    for (size_t i = 0; i < run.count; i++) t->batch[i] = (uint32_t)t->order[t->progress.position + i];
    return run;
}

/* --- the step --- */

static double sum_losses(const dsc_trainer *t, size_t count) {
    const dsc_real *losses = dsc_executor_value(t->executor, t->model->loss);
    double sum = 0;
    for (size_t i = 0; i < count; i++) sum += (double)losses[i];
    return sum;
}

static uint64_t count_correct(const dsc_trainer *t, size_t count) {
    const dsc_real *logits = dsc_executor_value(t->executor, t->model->logits);
    size_t classes = t->model->classes;
    uint64_t correct = 0;
    for (size_t i = 0; i < count; i++) {
        const dsc_real *z = logits + i * classes;
        const size_t label = dsc_dataset_label(t->training, t->batch[i]);
        bool first = true; /* the first of the largest; beside a NaN nothing is */
        for (size_t k = 0; k < label; k++) first = first && z[k] < z[label];
        for (size_t k = label; k < classes; k++) first = first && z[k] <= z[label];
        correct += first;
    }
    return correct;
}

bool dsc_trainer_epoch_is_done(const dsc_trainer *t) {
    size_t left = t->training->count - t->progress.position;
    return left == 0 || (t->recipe.drop_last && left < (size_t)t->recipe.batch);
}

dsc_status dsc_trainer_step(dsc_trainer *t, dsc_error *error) {
    dsc_run run = dsc_trainer_batch(t);
    dsc_status status = dsc_executor_run(t->executor, &run, error);
    if (status) return status;
    double loss = sum_losses(t, run.count);
    if (!isfinite(loss))
        return dsc_fail(
            error, DSC_ERROR_DIVERGED,
            "the loss is not finite at epoch %llu, step %llu; choose a smaller learning rate, or clip the "
            "gradient, as with --clip-norm 1",
            (unsigned long long)t->progress.epoch + 1,
            (unsigned long long)(t->progress.position / (uint64_t)t->recipe.batch + 1));
    dsc_updater_step(&t->updater, t->progress.step, &t->progress.schedule);
    t->progress.loss_sum += loss;
    t->progress.correct += count_correct(t, run.count);
    t->progress.step++;
    t->progress.position += run.count;
    return DSC_OK;
}
