/* SPDX-License-Identifier: MIT */
/* step.c: one training step: gathers a batch, runs the network forward and backward, and updates the
 * parameters (updater.c). */
#include "base/error.h"
#include "base/stream.h"
#include "graph/tree.h"
#include "quant/round.h"
#include "ranks/ranks.h"
#include "train/mixup.h"
#include "train/teacher.h"
#include "train/trainer.h"

#include <math.h>
#include <string.h>

/* --- the order of samples --- */

void dsc_trainer_order(dsc_trainer *t) {
    if (t->order_epoch == t->progress.epoch + 1) return;
    size_t n = t->samples->count;
    for (size_t i = 0; i < n; i++) t->order[i] = (int64_t)i;
    if (t->recipe.shuffle) {
        dsc_rng rng;
        dsc_rng_philox(&rng, (const uint64_t[2]){t->seed, DSC_STREAM_SHUFFLE},
                       (const uint64_t[4]){0, 0, t->progress.epoch, 0});
        dsc_rng_shuffle(&rng, t->order, n);
    }
    t->order_epoch = t->progress.epoch + 1;
    t->others_seen = 0;
    for (size_t i = 0; i < t->progress.position; i++)
        t->others_seen += dsc_trainer_is_other(t, (size_t)t->order[i]);
}

/* --- loading a batch --- */

/* Whether this epoch is one of the last, without augmentation. */
static bool is_clean(const dsc_trainer *t) {
    return (int64_t)t->progress.epoch + t->recipe.clean_epochs >= (int64_t)dsc_trainer_epochs(t);
}

static bool augments(const dsc_trainer *t) {
    return !dsc_augment_chain_is_empty(t->parts.augment) && !is_clean(t);
}

/* Prefetches the images of the next step while this step computes: their order is random, so neither caches
 * nor the hardware prefetcher have them. */
static void fetch_ahead(const dsc_trainer *t, size_t first, size_t count, size_t first_byte,
                        size_t last_byte) {
    const size_t from = t->progress.position + (size_t)t->recipe.batch + first, line = 64;
    if (t->reader) return;
    for (size_t i = from; i < from + count && i < t->samples->count; i++) {
        const unsigned char *image = dsc_dataset_at(t->samples, (size_t)t->order[i]);
        for (size_t at = first_byte; at < last_byte; at += line) __builtin_prefetch(image + at, 0, 2);
    }
}

static bool mixes(const dsc_trainer *t) { return t->recipe.mixup > 0 && !is_clean(t); }

/* The image at place `place` of the batch, sample `sample` of the training set. */
static const void *image_of(const dsc_trainer *t, size_t place, size_t sample) {
    return t->reader ? t->staged + place * t->samples->image_bytes : dsc_dataset_at(t->samples, sample);
}

/* Writes the image at `place` to `out` (C, H, W), normalised, and augmented unless the epoch is clean. */
static void load_image(const dsc_trainer *t, dsc_real *out, size_t place, unsigned worker) {
    const size_t sample = t->batch[place];
    const dsc_dataset *data = t->samples;
    const void *image = image_of(t, place, sample);
    if (augments(t)) {
        unsigned char *changed = t->images + worker * data->image_bytes;
        void *scratch = (unsigned char *)t->augment_scratch + worker * t->augment_scratch_bytes;
        dsc_augment_numbers(t->parts.augment, changed, image, data->type, data->shape, t->seed,
                            t->progress.epoch, sample, scratch);
        image = changed;
    }
    dsc_model_load_images(t->model, out, image, data->type, 1);
}

/* Writes the target of the image at place `place`, sample `sample`, to the batch's targets. */
static void load_target(const dsc_trainer *t, dsc_real *out, size_t place, size_t sample) {
    const size_t classes = t->model->classes;
    if (dsc_trainer_is_other(t, sample))
        memcpy(out + place * classes, t->other_target, classes * sizeof *out);
    else
        dsc_model_load_target(t->model, out, place, dsc_dataset_label(t->training, sample));
}

/* Adds `share` of the target of `sample` to `target` (K). */
static void add_target(const dsc_trainer *t, dsc_real *target, dsc_real share, size_t sample) {
    if (!dsc_trainer_is_other(t, sample))
        target[dsc_dataset_label(t->training, sample)] += share;
    else
        for (size_t k = 0; k < t->model->classes; k++) target[k] += share * t->other_target[k];
}

/* Mixes image `out` and target (K) at `place` with those of the partner at place `partner`: mixup.h. */
static void mix(const dsc_trainer *t, dsc_real *out, dsc_real *target, size_t place, size_t partner,
                unsigned worker) {
    const size_t size = t->samples->image_size;
    dsc_real *other = t->partners + worker * size;
    const dsc_mix drawn =
        dsc_mixup_draw(t->recipe.mixup, t->seed, t->progress.epoch, t->batch[place], t->samples->count);
    const dsc_real own = (dsc_real)drawn.share, rest = 1 - own;
    load_image(t, other, partner, worker);
    for (size_t i = 0; i < size; i++) out[i] = own * out[i] + rest * other[i];
    if (!target) return;
    for (size_t k = 0; k < t->model->classes; k++) target[k] = 0;
    add_target(t, target, own, t->batch[place]);
    add_target(t, target, rest, t->batch[partner]);
}

static void load(void *context, dsc_real *const *inputs, size_t first, size_t count, unsigned worker) {
    const dsc_trainer *t = context;
    const size_t size = t->samples->image_size, classes = t->model->classes;
    const bool mixed = mixes(t);
    fetch_ahead(t, first, count, 0, t->samples->image_bytes);
    for (size_t i = 0; i < count; i++) {
        const size_t place = first + i;
        load_image(t, inputs[0] + i * size, place, worker);
        if (inputs[1]) load_target(t, inputs[1], i, t->batch[place]);
        if (mixed)
            mix(t, inputs[0] + i * size, inputs[1] ? inputs[1] + i * classes : NULL, place, t->count + place,
                worker);
    }
    if (t->teacher && inputs[1]) dsc_trainer_teach(t, inputs[1], inputs[0], first, count, worker);
}

/* Loads some of the pixels of every image, normalised, without augmentation or mixup. */
static void load_columns(void *context, dsc_real *const *inputs, size_t first, size_t count,
                         size_t first_pixel, size_t last_pixel) {
    const dsc_trainer *t = context;
    const size_t size = t->samples->image_size, number = dsc_type_size(t->samples->type);
    fetch_ahead(t, first, count, first_pixel * number, last_pixel * number);
    for (size_t i = 0; i < count; i++)
        dsc_model_load_pixels(t->model, inputs[0] + i * size, image_of(t, first + i, t->batch[first + i]),
                              t->samples->type, first_pixel, last_pixel);
    for (size_t i = 0; i < count && inputs[1] && first_pixel == 0; i++)
        load_target(t, inputs[1], i, t->batch[first + i]);
}

/* Chooses the samples of the batch that begins at `position` of the epoch, followed by their partners with
 * mixup. Returns the number of samples without partners. */
static size_t choose_batch(const dsc_trainer *t, uint32_t *samples, size_t position) {
    const size_t left = t->samples->count - position, most = (size_t)t->recipe.batch;
    const size_t count = left < most ? left : most;
    for (size_t i = 0; i < count; i++) samples[i] = (uint32_t)t->order[position + i];
    for (size_t i = 0; i < count && mixes(t); i++)
        samples[count + i] = (uint32_t)dsc_mixup_draw(t->recipe.mixup, t->seed, t->progress.epoch, samples[i],
                                                      t->samples->count)
                                 .partner;
    return count;
}

/* Takes the images of this batch from the reader and lets it begin to read those of the next batch. */
static dsc_status stage_images(dsc_trainer *t, dsc_error *error) {
    const size_t with = mixes(t) ? 2 : 1, next = t->progress.position + t->count;
    if (!t->reader) return DSC_OK;
    dsc_status status = dsc_read_ahead_take(&t->staged, t->reader, t->batch, t->count * with, error);
    if (!status && next < t->samples->count)
        dsc_read_ahead_begin(t->reader, t->next, choose_batch(t, t->next, next) * with);
    return status;
}

dsc_status dsc_trainer_batch(dsc_run *run, dsc_trainer *t, dsc_error *error) {
    dsc_trainer_order(t);
    t->count = choose_batch(t, t->batch, t->progress.position);
    *run = (dsc_run){.count = t->count,
                     .load = load,
                     .load_columns = load_columns,
                     .context = t,
                     .samples = t->batch,
                     .seed = t->seed,
                     .epoch = t->progress.epoch,
                     .values = t->rounded ? t->rounded : t->model->values,
                     .gradients = t->gradients};
    if (t->rounded) dsc_round_weights(t->rounded, t->model->values, t->model->graph, t->levels);
    return stage_images(t, error);
}

/* --- the step --- */

/* Sums the losses of the batch shard by shard. Each process has only some of the shards. */
static double sum_losses(const dsc_trainer *t, size_t count) {
    const dsc_real *losses = dsc_executor_value(t->executor, t->model->loss);
    double sums[DSC_SHARDS_MOST] = {0};
    size_t here, end;
    unsigned first, last;
    dsc_executor_here(t->executor, count, &here, &end);
    dsc_executor_shards(t->executor, &first, &last);
    for (unsigned s = first; s < last; s++)
        for (size_t i = dsc_part_begin(s, (size_t)t->recipe.shards, count);
             i < dsc_part_begin(s + 1, (size_t)t->recipe.shards, count); i++)
            sums[s - first] += (double)losses[i - here];
    return dsc_tree_sum(sums, sizeof *sums, last - first);
}

static uint64_t count_others(const dsc_trainer *t, size_t count) {
    uint64_t others = 0;
    for (size_t i = 0; i < count; i++) others += dsc_trainer_is_other(t, t->batch[i]);
    return others;
}

static uint64_t count_correct(const dsc_trainer *t, size_t count) {
    const dsc_real *logits = dsc_executor_value(t->executor, t->model->logits);
    size_t classes = t->model->classes, here, end;
    uint64_t correct = 0;
    dsc_executor_here(t->executor, count, &here, &end);
    for (size_t i = here; i < end; i++) {
        if (dsc_trainer_is_other(t, t->batch[i])) continue;
        const dsc_real *z = logits + (i - here) * classes;
        const size_t label = dsc_dataset_label(t->training, t->batch[i]);
        bool first = true; /* the first of the largest, and no NaN */
        for (size_t k = 0; k < label; k++) first = first && z[k] < z[label];
        for (size_t k = label; k < classes; k++) first = first && z[k] <= z[label];
        correct += first;
    }
    return correct;
}

bool dsc_trainer_epoch_is_done(const dsc_trainer *t) {
    size_t left = t->samples->count - t->progress.position;
    if (t->progress.position && t->progress.step >= dsc_trainer_steps(t)) return true;
    return left == 0 || (t->recipe.drop_last && left < (size_t)t->recipe.batch);
}

/* A run with rounded weights updates the buffers of the rounded slab; copies them to the model's. */
static void take_statistics(dsc_trainer *t) {
    const size_t from = t->updater.parameter_numbers, all = t->updater.numbers;
    memcpy(t->model->values + from, t->rounded + from, (all - from) * sizeof *t->rounded);
}

/* The result of a step, summed over all processes. */
typedef struct outcome {
    double loss, correct, asked; /* asked: number of processes that want to stop */
} outcome;

static dsc_status look(outcome *o, const dsc_trainer *t, size_t count, dsc_error *error) {
    double sums[3] = {sum_losses(t, count), (double)count_correct(t, count), t->asked_to_stop}, received[3];
    dsc_status status = dsc_ranks_sum_doubles(t->recipe.ranks, sums, 3, received, error);
    *o = (outcome){sums[0], sums[1], sums[2]};
    return status;
}

dsc_status dsc_trainer_step(dsc_trainer *t, dsc_error *error) {
    dsc_run run;
    outcome o;
    dsc_status status = dsc_trainer_batch(&run, t, error);
    if (!status) status = dsc_executor_run(t->executor, &run, error);
    if (!status) status = look(&o, t, run.count, error);
    if (status) return status;
    if (t->rounded) take_statistics(t);
    t->stops = o.asked > 0;
    if (!isfinite(o.loss))
        return dsc_fail(error, DSC_ERROR_DIVERGED,
                        "the loss is not finite at epoch %llu, step %llu; choose a smaller learning rate, or "
                        "clip the gradient, as with --clip-norm 1",
                        (unsigned long long)t->progress.epoch + 1,
                        (unsigned long long)(t->progress.position / (uint64_t)t->recipe.batch + 1));
    dsc_updater_step(&t->updater, t->progress.step, &t->progress.schedule);
    t->progress.loss_sum += o.loss;
    t->progress.correct += (uint64_t)o.correct;
    t->others_seen += count_others(t, run.count);
    t->progress.step++;
    t->progress.position += run.count;
    return DSC_OK;
}
