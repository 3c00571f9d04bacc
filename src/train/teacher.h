/* SPDX-License-Identifier: MIT */
/* teacher.h: a trained model whose answers are blended into the targets. */
#ifndef DSC_TRAIN_TEACHER_H
#define DSC_TRAIN_TEACHER_H

#include "train/trainer.h"

/* Sets the trainer's `teacher` if its recipe has one; called before the executor is made. Fails if the
 * teacher cannot be loaded, has other image shapes, another ground or lacks classes, or if the loss takes no
 * probabilities as target. */
dsc_status dsc_trainer_take_teacher(dsc_trainer *trainer, dsc_error *error);

/* Allocates buffers for `threads` threads and for images of the shape of `data`. A NULL teacher is
 * allowed. */
dsc_status dsc_teacher_seat(dsc_teacher *teacher, const dsc_dataset *data, unsigned threads,
                            dsc_error *error);
void dsc_teacher_free(dsc_teacher *teacher);

/* Runs the teacher on images (count, C, H, W), normalised for the model, which begin at place `first` of the
 * batch, and blends its answers into their targets (count, K). Targets of images of no class stay. Allocates
 * nothing. Each thread passes its own `worker`. */
void dsc_trainer_teach(const dsc_trainer *trainer, dsc_real *targets, const dsc_real *numbers, size_t first,
                       size_t count, unsigned worker);

#endif
