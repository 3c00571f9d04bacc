/* SPDX-License-Identifier: MIT */
/* trainer.c: makes and frees a trainer. Everything that a step needs is allocated here; trainer.h names what
 * allocates later. */
#include "train/trainer.h"

#include "base/error.h"
#include "base/memory.h"
#include "base/seed.h"
#include "data/split.h"
#include "quant/quantised.h"
#include "quant/round.h"
#include "train/teacher.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* --- checks --- */

static dsc_status check_recipe_data(const dsc_recipe *recipe, const dsc_dataset *data, dsc_error *error) {
    dsc_status status = dsc_recipe_check_members(recipe, error);
    if (status) return status;
    if (data->count < (size_t)recipe->batch)
        return dsc_fail(
            error, DSC_ERROR_ARGUMENT,
            "a batch of %lld is larger than the data: %s has %zu samples to train on; choose a smaller batch",
            (long long)recipe->batch, data->name, data->count);
    if (data->count > UINT32_MAX)
        return dsc_fail(error, DSC_ERROR_UNSUPPORTED, "%s: more than 2^32 samples", data->name);
    return DSC_OK;
}

/* --- the model --- */

static dsc_status make_model(dsc_trainer *t, const dsc_dataset *data, dsc_error *error) {
    dsc_status status = dsc_recipe_make_model(&t->own_model, &t->recipe, data, error);
    t->model = t->own_model;
    return status;
}

static dsc_status check_model(const dsc_model *model, dsc_error *error) {
    dsc_error reason;
    bool learns = false;
    for (size_t i = 0; i < model->graph->count; i++)
        learns =
            learns || (model->graph->nodes[i]->kind == DSC_NODE_PARAMETER && !model->graph->nodes[i]->frozen);
    if (!learns)
        return dsc_fail(error, DSC_ERROR_ARGUMENT,
                        "the model has no parameter to train, or all are frozen; free some of them");
    if (dsc_model_check_values(model, NULL, &reason))
        return dsc_fail(error, DSC_ERROR_ARGUMENT, "the model cannot be trained: %s; create the model again",
                        reason.message);
    /* No gradient passes the roundings: training would change nothing. */
    bool quantised;
    const dsc_node *because;
    dsc_status status = dsc_check_quantised(&quantised, &because, model, error);
    if (status || !quantised) return status;
    return dsc_fail(error, DSC_ERROR_ARGUMENT,
                    "the model is quantised, and whole numbers cannot be trained: train the network that it "
                    "was made from, and quantise the result");
}

static dsc_status normalise(dsc_trainer *t, dsc_error *error) {
    if (!t->own_model || t->recipe.from || t->recipe.normalise != DSC_NORMALISE_STANDARD) return DSC_OK;
    return dsc_model_normalise(t->own_model, "standard", t->training, error);
}

/* --- data --- */

static dsc_status take_data(dsc_trainer *t, const dsc_dataset *data, dsc_error *error) {
    dsc_dataset *first = NULL;
    dsc_status status = DSC_OK;
    t->training = data;
    if (t->validation && t->recipe.validation > 0)
        return dsc_fail(error, DSC_ERROR_ARGUMENT,
                        "there are both a validation set of your own and a share of the training set; give "
                        "one of the two");
    if (t->recipe.validation > 0 && data->own_validation) {
        status = dsc_dataset_split_own(&first, &t->own_validation, data, (size_t)t->recipe.training_samples,
                                       error);
        if (status) return status;
        t->training = t->own_training = first;
        t->validation = t->own_validation;
        return check_recipe_data(&t->recipe, t->training, error);
    }
    if (t->recipe.training_samples > 0 && (size_t)t->recipe.training_samples < data->count) {
        status = dsc_dataset_first(&first, data, (size_t)t->recipe.training_samples, error);
        if (status) return status;
        t->training = t->own_training = first;
    }
    if (t->recipe.validation > 0) {
        dsc_dataset *rest;
        status =
            dsc_dataset_split(&rest, &t->own_validation, t->training, t->recipe.validation, t->seed, error);
        if (status) return status;
        dsc_dataset_free(t->own_training);
        t->training = t->own_training = rest;
        t->validation = t->own_validation;
    }
    return check_recipe_data(&t->recipe, t->training, error);
}

void dsc_trainer_describe_images(dsc_images *images, const dsc_trainer *t) {
    dsc_dataset_describe(images, t->training);
    if (dsc_augment_chain_turns_ground(t->parts.augment)) images->ground = DSC_GROUND_UNKNOWN;
}

/* Notes in the model what the images of the training set are like: the model expects such images from now
 * on. */
static dsc_status note_images(const dsc_trainer *t, dsc_error *error) {
    dsc_images images;
    dsc_trainer_describe_images(&images, t);
    return dsc_model_expect(t->model, &images, error);
}

/* --- memory --- */

static dsc_status make_executors(dsc_trainer *t, unsigned threads, dsc_error *error) {
    dsc_executor_options options = {.batch = (size_t)t->recipe.batch,
                                    .lanes = (unsigned)t->recipe.lanes,
                                    .training = true,
                                    .loss = t->model->loss,
                                    .kept = {t->model->logits, t->model->loss},
                                    .kept_count = 2,
                                    .kernels = t->parts.choice.kernels,
                                    .bf16 = t->parts.bf16,
                                    .shards = (unsigned)t->recipe.shards,
                                    .ranks = t->recipe.ranks,
                                    .loads_columns = dsc_augment_chain_is_empty(t->parts.augment) &&
                                                     !(t->recipe.mixup > 0) && !t->teacher};
    dsc_status status = t->recipe.mixup > 0 ? dsc_model_target_probabilities(t->model, error) : DSC_OK;
    if (!status) status = dsc_executor_create(&t->executor, t->model->graph, &options, threads, error);
    if (!status && (t->validation || t->held_others)) {
        status = dsc_evaluator_create(&t->evaluator, t->model, 0, t->executor, t->parts.choice.kernels,
                                      t->parts.bf16, error);
        if (!status) status = dsc_metrics_initialise(&t->validation_metrics, t->model->classes, error);
    }
    return status;
}

static dsc_status take_length(dsc_trainer *t, dsc_error *error) {
    const uint64_t all = t->steps_an_epoch * (uint64_t)t->recipe.epochs;
    dsc_status status = dsc_length_parse(&t->length, t->recipe.steps, error);
    if (status) return status;
    if (!t->length.count) t->length = (dsc_length){.count = 1, .part = {{.steps = all}}};
    for (size_t i = 0; i < t->length.count; i++)
        if (t->length.part[i].steps > all)
            return dsc_fail(error, DSC_ERROR_ARGUMENT,
                            "steps: %llu are more than the %llu of %lld epochs; set more epochs",
                            (unsigned long long)t->length.part[i].steps, (unsigned long long)all,
                            (long long)t->recipe.epochs);
    return DSC_OK;
}

static bool make_slabs(dsc_trainer *t) {
    const size_t numbers = dsc_graph_value_numbers(t->model->graph);
    t->levels = dsc_round_levels_of(t->recipe.quantise);
    const dsc_update_rules rules = {.optimiser = &t->parts.optimiser,
                                    .schedule = &t->parts.schedule,
                                    .learning_rate = t->parts.learning_rate,
                                    .weight_decay = t->parts.weight_decay,
                                    .l1 = t->recipe.l1,
                                    .l2 = t->recipe.l2,
                                    .clip_norm = t->recipe.clip_norm,
                                    .clip_value = t->recipe.clip_value,
                                    .ema = t->recipe.ema,
                                    .steps = t->length.part[0].steps,
                                    .steps_an_epoch = t->steps_an_epoch,
                                    .length = &t->length,
                                    .kernels = t->parts.choice.kernels};
    return dsc_slab_make(&t->gradients, numbers) &&
           (t->recipe.patience == 0 || dsc_slab_make(&t->best, numbers)) &&
           (!t->levels || dsc_slab_make(&t->rounded, numbers)) &&
           dsc_updater_make(&t->updater, t->model->graph, t->executor, t->model->values, t->gradients,
                            &rules);
}

static bool make_buffers(dsc_trainer *t) {
    const unsigned threads = dsc_executor_threads(t->executor);
    t->augment_scratch_bytes = dsc_augment_scratch(t->parts.augment, t->training->shape);
    t->images = dsc_allocate_aligned(threads, t->training->image_bytes);
    t->partners = dsc_allocate(t->recipe.mixup > 0 ? threads : 0, t->training->image_size * sizeof(dsc_real));
    t->augment_scratch = dsc_allocate_aligned(threads, t->augment_scratch_bytes);
    t->order = dsc_allocate(t->samples->count, sizeof(int64_t));
    const size_t batch = (size_t)t->recipe.batch * (t->recipe.mixup > 0 ? 2 : 1);
    t->batch = dsc_allocate(batch, sizeof(uint32_t));
    t->next = dsc_allocate(batch, sizeof(uint32_t));
    return t->images && t->partners && t->augment_scratch && t->order && t->batch && t->next;
}

static dsc_status make(dsc_trainer *t, const dsc_dataset *data, unsigned threads, dsc_error *error) {
    t->seed = dsc_seed_key(&t->recipe.seed);
    dsc_status status = dsc_recipe_parse(&t->parts, &t->recipe, error);
    if (!status)
        status = dsc_recipe_check_patience(&t->recipe, t->validation || t->recipe.validation > 0, error);
    if (!status && !t->model) status = make_model(t, data, error);
    if (!status) status = take_data(t, data, error);
    if (!status) status = dsc_model_check_data(t->model, t->training, error);
    if (!status) status = dsc_recipe_set_layers(&t->recipe, t->model->graph, error);
    if (!status) status = check_model(t->model, error);
    if (!status) status = dsc_trainer_take_others(t, error);
    if (!status) status = dsc_trainer_take_teacher(t, error);
    if (!status) status = normalise(t, error);
    if (!status) status = dsc_trainer_check_calibration(t, error);
    if (!status) status = make_executors(t, threads, error);
    if (!status) status = dsc_teacher_seat(t->teacher, t->training, dsc_executor_threads(t->executor), error);
    if (status) return status;
    const size_t batch = (size_t)t->recipe.batch, n = t->samples->count;
    t->steps_an_epoch = t->recipe.drop_last ? n / batch : (n + batch - 1) / batch;
    status = take_length(t, error);
    if (status) return status;
    if (!make_slabs(t) || !make_buffers(t))
        return dsc_fail(error, DSC_ERROR_MEMORY,
                        "out of memory: training needs %zu MiB; choose a smaller batch or model",
                        dsc_trainer_bytes(t) >> 20);
    t->progress.best_loss = INFINITY;
    if (n % batch && !t->recipe.drop_last) status = dsc_executor_check_count(t->executor, n % batch, error);
    if (!status && !t->samples->images)
        status = dsc_read_ahead_create(&t->reader, t->samples, batch * (t->recipe.mixup > 0 ? 2 : 1), error);
    if (status) return status;
    return note_images(t, error); /* last, so that a refused model stays unchanged */
}

dsc_status dsc_trainer_create(dsc_trainer **trainer, dsc_model *model, const dsc_recipe *recipe,
                              const dsc_dataset *training, unsigned threads, dsc_error *error) {
    return dsc_trainer_create_with(trainer, model, recipe, training, NULL, threads, error);
}

dsc_status dsc_trainer_create_with(dsc_trainer **result, dsc_model *model, const dsc_recipe *recipe,
                                   const dsc_dataset *training, const dsc_dataset *validation,
                                   unsigned threads, dsc_error *error) {
    *result = NULL;
    dsc_trainer *t = dsc_allocate(1, sizeof *t);
    if (!t) return dsc_fail_memory(error, sizeof *t, "a trainer");
    t->model = model;
    t->validation = validation;
    dsc_status status = dsc_recipe_copy(&t->recipe, recipe, error);
    if (!status) status = make(t, training, threads, error);
    if (status) {
        dsc_trainer_free(t);
        return status;
    }
    *result = t;
    return DSC_OK;
}

void dsc_trainer_free(dsc_trainer *t) {
    if (!t) return;
    dsc_read_ahead_free(t->reader);
    dsc_evaluator_free(t->evaluator);
    dsc_metrics_clear(&t->validation_metrics);
    dsc_executor_free(t->executor);
    dsc_recipe_parts_release(&t->parts);
    dsc_dataset_free(t->own_training);
    dsc_dataset_free(t->own_validation);
    dsc_dataset_free(t->own_samples);
    dsc_dataset_free(t->others);
    dsc_dataset_free(t->held_others);
    free(t->other_target);
    dsc_teacher_free(t->teacher);
    dsc_recipe_clear(&t->recipe);
    dsc_updater_clear(&t->updater);
    free(t->gradients);
    free(t->best);
    free(t->rounded);
    free(t->images);
    free(t->partners);
    free(t->augment_scratch);
    free(t->order);
    free(t->batch);
    free(t->next);
    dsc_model_free(t->own_model);
    free(t);
}

size_t dsc_trainer_bytes(const dsc_trainer *t) {
    size_t slabs =
        2 + t->updater.state_count + (t->recipe.ema > 0) + (t->recipe.patience > 0) + (t->levels > 0);
    return slabs * dsc_graph_value_numbers(t->model->graph) * sizeof(dsc_real) +
           dsc_executor_bytes(t->executor) + dsc_read_ahead_bytes(t->reader) +
           t->samples->count * sizeof(int64_t) +
           (t->own_samples && t->own_samples->images ? t->own_samples->count * t->own_samples->image_bytes
                                                     : 0);
}

uint64_t dsc_trainer_steps(const dsc_trainer *t) { return dsc_length_steps(&t->length, t->progress.step); }

uint64_t dsc_trainer_epochs(const dsc_trainer *t) {
    return (dsc_trainer_steps(t) + t->steps_an_epoch - 1) / t->steps_an_epoch;
}

dsc_status dsc_trainer_change_steps(dsc_trainer *t, uint64_t steps, dsc_error *error) {
    dsc_length changed = t->length;
    dsc_text text = {0};
    const uint64_t all = t->steps_an_epoch * (uint64_t)t->recipe.epochs;
    if (steps > all || !dsc_length_change(&changed, t->progress.step, steps))
        return dsc_fail(error, DSC_ERROR_ARGUMENT,
                        "steps: a run of at most %llu steps cannot end at step %llu after %llu steps and %zu "
                        "changes of at most %d",
                        (unsigned long long)all, (unsigned long long)steps,
                        (unsigned long long)t->progress.step, t->length.count - 1, DSC_LENGTH_PARTS - 1);
    dsc_length_format(&text, &changed);
    dsc_status status = text.failed ? dsc_fail_memory(error, text.length, "a recipe")
                                    : dsc_text_replace(&t->recipe.steps, text.data, error);
    dsc_text_free(&text);
    if (!status) t->length = changed;
    return status;
}

double dsc_trainer_learning_rate(const dsc_trainer *t) {
    return dsc_updater_learning_rate(&t->updater, t->progress.step, &t->progress.schedule);
}

const dsc_data_prints *dsc_trainer_prints(dsc_trainer *t) {
    if (t->prints.known) return &t->prints;
    t->prints.training = dsc_dataset_fingerprint(t->training);
    t->prints.has_validation = t->validation != NULL;
    if (t->validation) t->prints.validation = dsc_dataset_fingerprint(t->validation);
    t->prints.has_others = t->others != NULL;
    if (t->others) t->prints.others = dsc_dataset_fingerprint(t->others);
    t->prints.known = true;
    return &t->prints;
}

/* The fingerprint of the test set with its classes in the model's order. */
dsc_status dsc_trainer_know_test(dsc_trainer *t, const dsc_dataset *test, dsc_error *error) {
    dsc_dataset *matched;
    t->prints.has_test = false;
    if (!test) return DSC_OK;
    dsc_status status = dsc_dataset_match(&matched, NULL, test, t->model, error);
    if (status) return status;
    t->prints.test = dsc_dataset_fingerprint(matched);
    t->prints.has_test = true;
    dsc_dataset_free(matched);
    return DSC_OK;
}

uint64_t dsc_trainer_kept_epoch(const dsc_trainer *t) { return t->best ? t->progress.best_epoch : 0; }

static const dsc_real *rounded(const dsc_trainer *t, const dsc_real *values) {
    if (!t->rounded) return values;
    dsc_round_weights(t->rounded, values, t->model->graph, t->levels);
    return t->rounded;
}

const dsc_real *dsc_trainer_values(const dsc_trainer *t) {
    return rounded(t, t->updater.average ? t->updater.average : t->model->values);
}

const dsc_real *dsc_trainer_result(const dsc_trainer *t) {
    return dsc_trainer_kept_epoch(t) ? rounded(t, t->best) : dsc_trainer_values(t);
}
