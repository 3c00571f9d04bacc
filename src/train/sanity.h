/* SPDX-License-Identifier: MIT */
/* sanity.h: what looks wrong, said while something can still be done about it. */
#ifndef DSC_TRAIN_SANITY_H
#define DSC_TRAIN_SANITY_H

#include "train/trainer.h"

typedef void dsc_warn(void *user, const char *message);

/* Before the first step: labels all of one class, images that are blank, classes without a sample. */
void dsc_sanity_before(const dsc_trainer *trainer, dsc_warn *warn, void *user);

/* After an epoch with this mean loss: a loss that stays near ln(classes), looked at after 200 steps, 400, 800
 * and so on, and in the end; units that are never active. */
void dsc_sanity_after_epoch(dsc_trainer *trainer, double loss, dsc_warn *warn, void *user);

/* DSC_ERROR_DIVERGED: not all answers to `what` ("held-out images") were finite; after which step, and what
 * to do. */
dsc_status dsc_trainer_fail_answers(const dsc_trainer *trainer, const dsc_metrics *metrics, const char *what,
                                    dsc_error *error);

#endif
