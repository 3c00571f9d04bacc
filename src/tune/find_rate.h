/* SPDX-License-Identifier: MIT */
/* find_rate.h: the learning-rate range test of Smith, "Cyclical learning rates for training neural networks"
 * (2017): the rate grows by the same factor from step to step, from one at which nothing happens to one at
 * which the loss explodes. A good rate lies where the loss still falls. */
#ifndef DSC_TUNE_FIND_RATE_H
#define DSC_TUNE_FIND_RATE_H

#include "train/trainer.h"

typedef struct dsc_rate_test {
    size_t count;      /* steps that were made */
    double *rate;      /* (count) growing */
    double *loss;      /* (count) averaged over some steps, the first not too little */
    double best_rate;  /* where the loss was least */
    double suggestion; /* a tenth of that, as has become usual: there the loss falls fast */
} dsc_rate_test;

/* Trains a new model by `recipe` on `data` for one epoch at most, with the schedule replaced by one that
 * grows from `low` to `high`, and stops when the loss is four times the least. The test changes nothing
 * outside itself. `on_event` may be NULL. Release with dsc_rate_test_clear, also after an error. */
dsc_status dsc_find_rate(dsc_rate_test *test, const dsc_recipe *recipe, const dsc_dataset *data, double low,
                         double high, unsigned threads, dsc_on_event *on_event, void *user, dsc_error *error);
void dsc_rate_test_clear(dsc_rate_test *test);

#endif
