/* SPDX-License-Identifier: MIT */
/* arrays.h: images and labels as named arrays in NumPy's and similar files: "x_train", "train_labels", "X",
 * "y", "arr_0". */
#ifndef DSC_DATA_ARRAYS_H
#define DSC_DATA_ARRAYS_H

#include "data/npy.h"
#include "data/sets.h"

/* Recognises by its name to which set an array belongs and whether it holds labels. Returns false if the name
 * does not tell.
 *
 * The name is split into words at every character that is neither letter nor digit, and where "train", "test"
 * or "val" begins or ends a word: xTrain, x_train, train-images. Unknown words are skipped. */
bool dsc_array_role(int *set, bool *labels, const char *name);

/* Puts an array into the set that its name tells; does nothing for other names. `found` describes the
 * elements, which begin at bytes + found->start. Images are copied. Labels are integers, either (N) or
 * one-hot (N, K), or NumPy texts. *taken: the array was put into a set. `where` stands for the array in
 * messages. */
dsc_status dsc_sets_take_array(bool *taken, dsc_sets *sets, const char *name,
                               const dsc_npy_description *found, const void *bytes, size_t size,
                               const dsc_reading *reading, const char *where, dsc_error *error);

/* Fails unless there are training images with labels; the message lists the names seen. */
dsc_status dsc_sets_expect_arrays(const dsc_sets *sets, const dsc_text *seen, const char *file,
                                  dsc_error *error);

/* Appends a line for each set to `understood`: "60000 x 28 x 28 (x_train), 60000 labels". */
void dsc_sets_tell(dsc_understood *understood, const dsc_sets *sets);

struct dsc_opening;
/* Takes all arrays of a safetensors file (form_safetensors.c). */
dsc_status dsc_safetensors_take_sets(struct dsc_opening *opening, const unsigned char *bytes, size_t size,
                                     const char *path, dsc_error *error);

#endif
