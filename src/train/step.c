/* SPDX-License-Identifier: MIT */
/* step.c: one step: gather a batch, run the program forward and backward, and change the parameters.
 *
 * The update goes through the slab in pieces of a fixed size, shared out to the threads: complete the gradient,
 * regularise, update, average. Clipping by norm needs the whole gradient first, so then there are two passes,
 * and the pieces' sums of squares are added in order. */
#include "base/error.h"
#include "base/memory.h"
#include "base/stream.h"
#include "train/trainer.h"

#include "kernel/kernel.h"

#include <math.h>
#include <string.h>

enum { PIECE = 8192 }; /* numbers: three slabs of them fit a first-level cache */

size_t dsc_trainer_update_jobs(size_t parameter_numbers) { return (parameter_numbers + PIECE - 1) / PIECE; }

/* --- the order of samples --- */

static void order_samples(dsc_trainer *t) {
    if (t->order_epoch == t->progress.epoch + 1) return;
    size_t n = t->training->count;
    for (size_t i = 0; i < n; i++) t->order[i] = (int64_t)i;
    if (t->recipe.shuffle) {
        dsc_rng rng;
        dsc_rng_philox(&rng, (const uint64_t[2]){(uint64_t)t->recipe.seed, DSC_STREAM_SHUFFLE},
                       (const uint64_t[4]){0, 0, t->progress.epoch, 0});
        dsc_rng_shuffle(&rng, t->order, n);
    }
    t->order_epoch = t->progress.epoch + 1;
}

/* --- loading a batch --- */

static bool augments(const dsc_trainer *t) {
    return !dsc_augment_chain_is_empty(t->augment) &&
           (int64_t)t->progress.epoch + t->recipe.clean_epochs < t->recipe.epochs;
}

/* Images are met in no order that a processor could foresee, and are seldom in its caches: those of the next step are fetched
 * while this one computes. */
static void fetch_ahead(const dsc_trainer *t, size_t first, size_t count) {
    size_t from = t->progress.position + (size_t)t->recipe.batch + first, line = DSC_ALIGNMENT;
    for (size_t i = from; i < from + count && i < t->training->count; i++) {
        const uint8_t *image = dsc_dataset_image(t->training, (size_t)t->order[i]);
        for (size_t at = 0; at < t->training->image_size; at += line) __builtin_prefetch(image + at, 0, 2);
    }
}

static void load(void *context, dsc_real *const *inputs, size_t first, size_t count, unsigned worker) {
    const dsc_trainer *t = context;
    size_t size = t->training->image_size;
    uint8_t *changed = t->images + worker * size;
    void *scratch = (unsigned char *)t->augment_scratch + worker * t->augment_scratch_bytes;
    bool augment = augments(t);
    fetch_ahead(t, first, count);
    for (size_t i = 0; i < count; i++) {
        uint32_t sample = t->batch[first + i];
        const uint8_t *image = dsc_dataset_image(t->training, sample);
        if (augment) {
            dsc_augment_image(t->augment, changed, image, t->training->shape, (uint64_t)t->recipe.seed,
                              t->progress.epoch, sample, scratch);
            image = changed;
        }
        dsc_model_load_images(t->model, inputs[0] + i * size, image, 1);
        if (inputs[1]) inputs[1][i] = (dsc_real)dsc_dataset_label(t->training, sample);
    }
}

dsc_run dsc_trainer_batch(dsc_trainer *t) {
    order_samples(t);
    size_t left = t->training->count - t->progress.position;
    dsc_run run = {.count = left < (size_t)t->recipe.batch ? left : (size_t)t->recipe.batch,
                   .load = load,
                   .context = t,
                   .samples = t->batch,
                   .seed = (uint64_t)t->recipe.seed,
                   .epoch = t->progress.epoch,
                   .values = t->model->values,
                   .gradients = t->gradients,
                   .shared = t->shared};
    for (size_t i = 0; i < run.count; i++) t->batch[i] = (uint32_t)t->order[t->progress.position + i];
    return run;
}

/* --- the update --- */

typedef struct updating {
    dsc_trainer *trainer;
    dsc_regulariser how;
    dsc_update update;
    double average_decay;
    bool complete; /* the gradient is gathered already */
} updating;

static size_t piece_end(const dsc_trainer *t, size_t index) {
    size_t end = (index + 1) * PIECE;
    return end < t->parameter_numbers ? end : t->parameter_numbers;
}

static void gather_piece(const updating *u, size_t begin, size_t end) {
    dsc_trainer *t = u->trainer;
    dsc_program_gather(t->program, t->workspace, t->gradients, begin, end);
    dsc_regularise(t->gradients + begin, t->model->values + begin, end - begin, &u->how);
}

static void square_piece(void *context, size_t index, unsigned worker) {
    (void)worker;
    const updating *u = context;
    dsc_trainer *t = u->trainer;
    size_t begin = index * PIECE, end = piece_end(t, index);
    unsigned before = dsc_denormals_flush();
    gather_piece(u, begin, end);
    t->squares[index] = dsc_sum_of_squares(t->gradients + begin, end - begin);
    dsc_denormals_restore(before);
}

/* Runs of parameters that all decay, or all do not: the slab keeps each parameter to blocks of 16. */
static void update_runs(const updating *u, size_t begin, size_t end) {
    dsc_trainer *t = u->trainer;
    while (begin < end) {
        bool decays = t->decays[begin / 16];
        size_t stop = begin;
        while (stop < end && t->decays[stop / 16] == decays) stop += 16;
        if (stop > end) stop = end;
        dsc_update update = u->update;
        update.parameters = t->model->values + begin;
        update.gradients = t->gradients + begin;
        for (size_t i = 0; i < t->state_count; i++) update.state[i] = t->states[i] + begin;
        update.count = stop - begin;
        update.weight_decay = decays ? t->weight_decay : 0;
        t->optimiser.kind->update(&update);
        begin = stop;
    }
}

static void update_piece(void *context, size_t index, unsigned worker) {
    (void)worker;
    const updating *u = context;
    dsc_trainer *t = u->trainer;
    size_t begin = index * PIECE, end = piece_end(t, index);
    unsigned before = dsc_denormals_flush();
    if (!u->complete)
        gather_piece(u, begin, end);
    else if (u->how.factor < 1)
        dsc_regularise(t->gradients + begin, t->model->values + begin, end - begin,
                       &(dsc_regulariser){.factor = u->how.factor});
    update_runs(u, begin, end);
    if (t->average) dsc_average(t->average + begin, t->model->values + begin, end - begin, u->average_decay);
    dsc_denormals_restore(before);
}

static void clip_by_norm(updating *u, size_t jobs) {
    dsc_trainer *t = u->trainer;
    dsc_threads_run(t->pool, jobs, square_piece, u);
    double sum = 0;
    for (size_t i = 0; i < jobs; i++) sum += t->squares[i];
    double norm = sqrt(sum);
    u->complete = true;
    u->how.factor = norm > t->recipe.clip_norm ? t->recipe.clip_norm / norm : 1;
}

static dsc_pace pace(const dsc_trainer *t) {
    uint64_t steps = t->steps_an_epoch * (uint64_t)t->recipe.epochs;
    dsc_moment moment = {.step = t->progress.step,
                         .steps = steps,
                         .epoch = (double)t->progress.step / (double)t->steps_an_epoch,
                         .epochs = (double)t->recipe.epochs};
    /* cppcheck-suppress returnDanglingLifetime; a pace is numbers only, no pointer to the moment */
    return t->schedule.kind->pace(t->schedule.values, &moment, &t->progress.schedule);
}

double dsc_trainer_learning_rate(const dsc_trainer *t) { return t->learning_rate * pace(t).rate; }

static void update_parameters(dsc_trainer *t) {
    dsc_pace now = pace(t);
    /* A young average follows faster: (1 + t) / (10 + t), as in Tensorflow's ExponentialMovingAverage. */
    double young = (1.0 + (double)t->progress.step) / (10.0 + (double)t->progress.step);
    updating u = {
        .trainer = t,
        .how = {.l1 = t->recipe.l1, .l2 = t->recipe.l2, .clip_value = t->recipe.clip_value, .factor = 1},
        .update = {.values = t->optimiser.values,
                   .step = t->progress.step + 1,
                   .learning_rate = t->learning_rate * now.rate,
                   .momentum = now.momentum,
                   .kernels = t->kernels},
        .average_decay = young < t->recipe.ema ? young : t->recipe.ema};
    size_t jobs = t->update_jobs;
    if (t->recipe.clip_norm > 0) clip_by_norm(&u, jobs);
    dsc_threads_run(t->pool, jobs, update_piece, &u);
    if (t->average) /* running statistics are averaged too */
        dsc_average(t->average + t->parameter_numbers, t->model->values + t->parameter_numbers,
                    t->numbers - t->parameter_numbers, u.average_decay);
}

/* --- the step --- */

static double sum_losses(const dsc_trainer *t, size_t count) {
    const dsc_real *losses = dsc_program_workspace_value(t->workspace, t->model->loss);
    double sum = 0;
    for (size_t i = 0; i < count; i++) sum += (double)losses[i];
    return sum;
}

static uint64_t count_correct(const dsc_trainer *t, size_t count) {
    const dsc_real *logits = dsc_program_workspace_value(t->workspace, t->model->logits);
    size_t classes = t->model->classes;
    uint64_t correct = 0;
    for (size_t i = 0; i < count; i++) {
        const dsc_real *z = logits + i * classes;
        size_t best = 0;
        for (size_t k = 1; k < classes; k++)
            if (z[k] > z[best]) best = k;
        correct += best == dsc_dataset_label(t->training, t->batch[i]);
    }
    return correct;
}

bool dsc_trainer_epoch_is_done(const dsc_trainer *t) {
    size_t left = t->training->count - t->progress.position;
    return left == 0 || (t->recipe.drop_last && left < (size_t)t->recipe.batch);
}

dsc_status dsc_trainer_step(dsc_trainer *t, dsc_error *error) {
    dsc_run run = dsc_trainer_batch(t);
    dsc_status status = dsc_program_run(t->program, t->workspace, t->pool, &run, error);
    if (status) return status;
    double loss = sum_losses(t, run.count);
    if (!isfinite(loss))
        return dsc_fail(
            error, DSC_ERROR_DIVERGED,
            "the loss is not finite at epoch %llu, step %llu; choose a smaller learning rate, or clip the "
            "gradient with clip-norm",
            (unsigned long long)t->progress.epoch + 1,
            (unsigned long long)(t->progress.position / (uint64_t)t->recipe.batch + 1));
    update_parameters(t);
    t->progress.loss_sum += loss;
    t->progress.correct += count_correct(t, run.count);
    t->progress.step++;
    t->progress.position += run.count;
    return DSC_OK;
}
