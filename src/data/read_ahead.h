/* SPDX-License-Identifier: MIT */
/* read_ahead.h: reads batches of a callback's images in a thread, while the previous batch is computed.
 *
 * The caller names the images twice: when reading begins, and when it takes the batch. A batch whose reading
 * was not begun is read when it is taken, so results do not depend on the prediction. */
#ifndef DSC_DATA_READ_AHEAD_H
#define DSC_DATA_READ_AHEAD_H

#include "data/dataset.h"

typedef struct dsc_read_ahead dsc_read_ahead;

/* Makes a reader for batches of at most `most` images of `data`, which must outlive the reader, and starts a
 * thread. */
dsc_status dsc_read_ahead_create(dsc_read_ahead **reader, const dsc_dataset *data, size_t most,
                                 dsc_error *error);
/* Waits for the thread, and frees the reader. */
void dsc_read_ahead_free(dsc_read_ahead *reader);

/* Begins to read the images samples[0 .. count). Allocates nothing. Drops a batch that was begun and not
 * taken. */
void dsc_read_ahead_begin(dsc_read_ahead *reader, const uint32_t *samples, size_t count);

/* Returns the images samples[0 .. count) as (count, image_bytes), valid until the next call of this function.
 * Fails if the callback does. */
dsc_status dsc_read_ahead_take(const unsigned char **images, dsc_read_ahead *reader, const uint32_t *samples,
                               size_t count, dsc_error *error);

/* The bytes that the reader allocates. */
size_t dsc_read_ahead_bytes(const dsc_read_ahead *reader);

#endif
