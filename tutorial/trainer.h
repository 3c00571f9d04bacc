/* SPDX-License-Identifier: MIT */
/* trainer.h: the interface of run.c to a trainer: train.c is the simple one, fast.c the fast one. */
#ifndef TUTORIAL_TRAINER_H
#define TUTORIAL_TRAINER_H

#include "tutorial.h"

typedef struct tutorial_trainer {
    /* Prepares data and weights; weights_1 and weights_2 are copied. On failure *state is NULL. The sizes
     * have been checked: they are those of `sizes`, and none is zero. */
    dsc_status (*create)(void **state, const tutorial_options *options, const tutorial_result *sizes,
                         const dsc_dataset *train, const dsc_dataset *test, dsc_error *error);
    /* One epoch: all training images once, in order, drawing dropout masks from `rng`. */
    void (*train_epoch)(void *state, dsc_rng *rng, double *training_loss, size_t *accurate_predictions);
    void (*evaluate)(void *state, double *test_loss, size_t *accurate_predictions);
    void (*copy_weights)(double *weights_1, double *weights_2, const void *state);
    void (*free)(void *state);
} tutorial_trainer;

extern const tutorial_trainer tutorial_plain_trainer, tutorial_fast_trainer;

/* np.argmax: the first of the largest. */
size_t tutorial_argmax(const double *values, size_t count);

#endif
