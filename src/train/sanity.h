/* SPDX-License-Identifier: MIT */
/* sanity.h: warnings about training that is likely to fail. */
#ifndef DSC_TRAIN_SANITY_H
#define DSC_TRAIN_SANITY_H

#include "train/trainer.h"

typedef void dsc_warn(void *user, const char *message);

/* Warns before the first step: all labels equal, blank or unnormalised images, classes without samples,
 * mirrored digits. */
void dsc_sanity_before(const dsc_trainer *trainer, dsc_warn *warn, void *user);

/* Warns after an epoch with mean loss `loss`: if the loss stays near ln(classes), checked after 200, 400,
 * 800, ... steps and at the end; after the first epoch also about units that are never active. Allocates
 * then. */
void dsc_sanity_after_epoch(dsc_trainer *trainer, double loss, dsc_warn *warn, void *user);

/* Fails with DSC_ERROR_DIVERGED: some answers to `what` ("held-out images") are not finite. The message gives
 * the step and a remedy. */
dsc_status dsc_trainer_fail_answers(const dsc_trainer *trainer, const dsc_metrics *metrics, const char *what,
                                    dsc_error *error);

#endif
