/* SPDX-License-Identifier: MIT */
/* rig.h: trainers on built-in digits, for tests of training. */
#ifndef TESTS_TRAIN_RIG_H
#define TESTS_TRAIN_RIG_H

#include "testing.h"

#include "train/trainer.h"

static dsc_dataset *digits;

static inline int make_digits(void **state) {
    (void)state;
    dsc_error error;
    return dsc_digits_create(&digits, 600, 3, 1, &error);
}

static inline int free_digits(void **state) {
    (void)state;
    dsc_dataset_free(digits);
    return 0;
}

/* A recipe with every part that has memory: momentum, averaging, plateau, early stopping, dropout, batch
 * statistics, augmentation, a smaller last batch; and with rounded weights. */
static const char EVERYTHING[] =
    "{\"model\": \"conv 4 5x5 stride=2, batch-norm, relu, dropout 0.2, flatten, dense 24, relu, dense\", "
    "\"validation\": 0.2,"
    " \"normalise\": \"standard\", \"optimiser\": \"adamw\", \"weight-decay\": 0.01, \"learning-rate\": 0.01,"
    " \"schedule\": \"plateau patience=1\", \"epochs\": 3, \"batch\": 50, \"lanes\": 3, \"ema\": 0.9, "
    "\"patience\": 2,"
    " \"augment\": \"affine rotate=10 shift=2\", \"mixup\": 0.4, \"clean-epochs\": 1, \"clip-norm\": 1, "
    "\"l2\": 0.0001, \"quantise\": \"4\", \"seed\": 11}";

typedef struct rig {
    dsc_recipe recipe;
    dsc_trainer *trainer;
    dsc_model *model; /* the trainer's */
} rig;

static inline dsc_status make_rig(rig *r, const char *json, unsigned threads, dsc_error *error) {
    memset(r, 0, sizeof *r);
    dsc_status status = dsc_recipe_initialise(&r->recipe, error);
    if (!status) status = dsc_recipe_from_json(&r->recipe, json, strlen(json), "test", error);
    if (!status) status = dsc_trainer_create(&r->trainer, NULL, &r->recipe, digits, threads, error);
    if (!status) r->model = r->trainer->model;
    return status;
}

static inline void free_rig(rig *r) {
    dsc_trainer_free(r->trainer);
    dsc_recipe_clear(&r->recipe);
}

/* Stops after that many steps. */
static inline int stop_after(void *user, const dsc_event *event) {
    long *left = user;
    return event->kind == DSC_EVENT_STEP && --*left == 0;
}

/* The weights after a whole run, which the caller frees. */
static inline float *weights_after(const char *json, unsigned threads, size_t *count) {
    rig r;
    dsc_error error;
    ASSERT_OK(make_rig(&r, json, threads, &error), error);
    ASSERT_OK(dsc_trainer_run(r.trainer, NULL, NULL, &error), error);
    *count = r.trainer->updater.numbers;
    float *copy = malloc(*count * sizeof *copy);
    memcpy(copy, r.model->values, *count * sizeof *copy);
    free_rig(&r);
    return copy;
}

#endif
