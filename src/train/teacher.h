/* SPDX-License-Identifier: MIT */
/* teacher.h: a trained model whose answers are a part of the targets. */
#ifndef DSC_TRAIN_TEACHER_H
#define DSC_TRAIN_TEACHER_H

#include "train/trainer.h"

/* Sets the trainer's `teacher`, where its recipe has one, before its executor is made. Fails where the
 * teacher cannot be loaded, is of other images or classes, or the loss takes no target of probabilities. */
dsc_status dsc_trainer_take_teacher(dsc_trainer *trainer, dsc_error *error);

/* Makes room for so many threads, which ask about images as `data` has; NULL is fine. */
dsc_status dsc_teacher_seat(dsc_teacher *teacher, const dsc_dataset *data, unsigned threads,
                            dsc_error *error);
void dsc_teacher_free(dsc_teacher *teacher);

/* Asks about images (count, C, H, W), as numbers that the model reads, from place `first` of the batch on,
 * and blends the answers into their targets (count, K). Images of no class keep theirs. Allocates nothing. */
void dsc_trainer_teach(const dsc_trainer *trainer, dsc_real *targets, const dsc_real *numbers, size_t first,
                       size_t count, unsigned worker);

#endif
