/* SPDX-License-Identifier: MIT */
/* train.c: dsc_train: turns the options into a recipe and runs a trainer. */
#include "train/trainer.h"

#include "base/error.h"
#include "base/options.h"
#include "base/seed.h"
#include "data/dataset.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

void dsc_training_options_initialise(dsc_training_options *options, size_t size) {
    const dsc_training_options own = {.size = sizeof(dsc_training_options),
                                      .epochs = 5,
                                      .batch = 64,
                                      .lanes = 8,
                                      .seed = 1,
                                      .optimiser = "adam",
                                      .weight_decay = -1,
                                      .schedule = "constant",
                                      .augment = "none",
                                      .shuffle = true,
                                      .precision = "f32",
                                      .quantise = "none",
                                      .shards = 1,
                                      .teacher_share = 0.5,
                                      .teacher_temperature = 2};
    dsc_options_give(options, size, &own, sizeof own);
}

/* Sets one parameter of the recipe, with the checks of its table. Releases `value`. */
static dsc_status set(dsc_recipe *recipe, const char *name, json_t *value, dsc_error *error) {
    if (!value) return dsc_fail_memory(error, strlen(name), name);
    dsc_status status = dsc_param_from_json(dsc_param_find(dsc_recipe_params, name), recipe, value, error);
    json_decref(value);
    return status;
}

static dsc_status set_real(dsc_recipe *recipe, const char *name, double value, dsc_error *error) {
    if (!isfinite(value))
        return dsc_fail(error, DSC_ERROR_ARGUMENT, "%s: expected a finite number, found %s", name,
                        isnan(value) ? "NaN" : "infinity");
    return set(recipe, name, json_real(value), error);
}

static dsc_status set_text(dsc_recipe *recipe, const char *name, const char *value, dsc_error *error) {
    return value ? set(recipe, name, json_string(value), error) : DSC_OK;
}

static dsc_status fill(dsc_recipe *recipe, const dsc_training_options *how, dsc_error *error) {
    const struct {
        const char *name;
        json_int_t value;
    } counts[] = {{"epochs", how->epochs},
                  {"batch", how->batch},
                  {"lanes", how->lanes},
                  {"shards", how->shards},
                  {"clean-epochs", how->clean_epochs},
                  {"patience", how->patience}};
    const struct {
        const char *name;
        double value;
    } reals[] = {{"learning-rate", how->learning_rate},
                 {"weight-decay", how->weight_decay},
                 {"l1", how->l1},
                 {"l2", how->l2},
                 {"clip-norm", how->clip_norm},
                 {"clip-value", how->clip_value},
                 {"ema", how->ema},
                 {"mixup", how->mixup},
                 {"teacher-share", how->teacher_share},
                 {"teacher-temperature", how->teacher_temperature},
                 {"validation", how->validation},
                 {"until", how->until}};
    const struct {
        const char *name, *value;
    } texts[] = {{"optimiser", how->optimiser}, {"schedule", how->schedule}, {"augment", how->augment},
                 {"precision", how->precision}, {"quantise", how->quantise}, {"kernels", how->kernels}};
    dsc_status status = dsc_recipe_initialise(recipe, error);
    for (size_t i = 0; !status && i < sizeof counts / sizeof *counts; i++)
        status = set(recipe, counts[i].name, json_integer(counts[i].value), error);
    for (size_t i = 0; !status && i < sizeof reals / sizeof *reals; i++)
        status = set_real(recipe, reals[i].name, reals[i].value, error);
    for (size_t i = 0; !status && i < sizeof texts / sizeof *texts; i++)
        status = set_text(recipe, texts[i].name, texts[i].value, error);
    if (!status) status = dsc_seed_given(&recipe->seed, how->seed_digits, how->seed, error);
    recipe->shuffle = how->shuffle;
    recipe->drop_last = how->drop_last;
    recipe->others_data = how->others;
    recipe->calibrate = how->calibrate;
    recipe->ranks = how->ranks;
    recipe->teacher_model = how->teacher;
    return status;
}

dsc_status dsc_train(dsc_model *model, const dsc_dataset *data, const dsc_training_options *given,
                     dsc_error *error) {
    dsc_training_options how = dsc_training_options_defaults();
    dsc_recipe recipe = {0};
    dsc_trainer *trainer = NULL;
    dsc_dataset *matched = NULL, *validation = NULL;
    char **names = NULL; /* the model's old names, restored if training is refused */
    dsc_status status = DSC_OPTIONS_TAKE(&how, given, dsc_training_options, batch, error);
    if (!status) status = fill(&recipe, &how, error);
    if (!status && !(names = dsc_class_names_copy((const char *const *)model->class_names, model->classes)))
        status = dsc_fail_memory(error, model->classes, "the names of classes");
    if (!status) status = dsc_model_take_class_names(model, data, error);
    if (!status) status = dsc_dataset_match(&matched, NULL, data, model, error);
    if (!status && how.validation_data)
        status = dsc_dataset_match(&validation, NULL, how.validation_data, model, error);
    if (!status)
        status = dsc_trainer_create_with(&trainer, model, &recipe, matched, validation, how.threads, error);
    if (!status) {
        free(names);
        names = NULL;
        status = dsc_trainer_run(trainer, how.on_event, how.user, error);
    }
    if (names) {
        free(model->class_names);
        model->class_names = names;
    }
    dsc_trainer_free(trainer);
    dsc_dataset_free(matched);
    dsc_dataset_free(validation);
    dsc_recipe_clear(&recipe);
    return status;
}
