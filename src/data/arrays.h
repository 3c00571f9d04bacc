/* SPDX-License-Identifier: MIT */
/* arrays.h: images and labels as named arrays, as NumPy's and others' files have them: "x_train",
 * "train_labels", "X", "y", "arr_0". */
#ifndef DSC_DATA_ARRAYS_H
#define DSC_DATA_ARRAYS_H

#include "data/npy.h"
#include "data/sets.h"

/* What an array is by its name: of which set, and whether it has the labels. False: the name does not say.
 *
 * The name is cut into words at what is no letter or digit, and where "train", "test" or "val" begin or end
 * one: xTrain, x_train, train-images. Words that say nothing, such as the name of the data, are passed
 * over. */
bool dsc_array_role(int *set, bool *labels, const char *name);

/* Puts an array where its name says, or does nothing if that does not say it. `found` describes the elements,
 * which lie at bytes + found->start; bytes of images are copied, labels are numbers, a number each or one of
 * K (N, K), or texts of NumPy's. *taken: it was put. `where` stands for the array in messages. */
dsc_status dsc_sets_take_array(bool *taken, dsc_sets *sets, const char *name,
                               const dsc_npy_description *found, const void *bytes, size_t size,
                               const dsc_reading *reading, const char *where, dsc_error *error);

/* Fails, with the names that were seen, unless there is something to train on. */
dsc_status dsc_sets_expect_arrays(const dsc_sets *sets, const dsc_text *seen, const char *file,
                                  dsc_error *error);

/* "60000 x 28 x 28 (x_train), 60000 labels": adds a line on each set to `understood`. */
void dsc_sets_tell(dsc_understood *understood, const dsc_sets *sets);

struct dsc_opening;
/* All arrays of a safetensors file (form_safetensors.c). */
dsc_status dsc_safetensors_take_sets(struct dsc_opening *opening, const unsigned char *bytes, size_t size,
                                     const char *path, dsc_error *error);

#endif
