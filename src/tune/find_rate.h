/* SPDX-License-Identifier: MIT */
/* find_rate.h: the learning-rate range test of Smith, "Cyclical learning rates for training neural networks"
 * (2017): the rate grows by a constant factor per step, from one with no effect to one at which the loss
 * explodes. A good rate lies where the loss still falls. */
#ifndef DSC_TUNE_FIND_RATE_H
#define DSC_TUNE_FIND_RATE_H

#include "train/trainer.h"

typedef struct dsc_rate_test {
    size_t count;      /* steps made */
    double *rate;      /* (count) increasing */
    double *loss;      /* (count) exponential average, bias-corrected */
    double best_rate;  /* rate of the smallest loss */
    double suggestion; /* a tenth of best_rate, the usual choice: the loss falls fast there */
} dsc_rate_test;

/* Trains a new model with `recipe` on `data` for at most one epoch, with a schedule that grows from `low` to
 * `high`, and stops when the loss is four times its minimum. Changes nothing else. `on_event` may be NULL.
 * Release with dsc_rate_test_clear, also after an error. */
dsc_status dsc_find_rate(dsc_rate_test *test, const dsc_recipe *recipe, const dsc_dataset *data, double low,
                         double high, unsigned threads, dsc_on_event *on_event, void *user, dsc_error *error);
void dsc_rate_test_clear(dsc_rate_test *test);

#endif
