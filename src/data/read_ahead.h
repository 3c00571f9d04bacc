/* SPDX-License-Identifier: MIT */
/* read_ahead.h: batches of a callback's images, read by a thread while the batch before is computed.
 *
 * Which images are read is said twice: when a batch is begun, and when it is taken. A batch that was not
 * begun is read when it is taken, so results never depend on what was foreseen. */
#ifndef DSC_DATA_READ_AHEAD_H
#define DSC_DATA_READ_AHEAD_H

#include "data/dataset.h"

typedef struct dsc_read_ahead dsc_read_ahead;

/* For batches of at most `most` images of `data`, which must outlive it; starts a thread. */
dsc_status dsc_read_ahead_create(dsc_read_ahead **reader, const dsc_dataset *data, size_t most,
                                 dsc_error *error);
/* Waits for what is being read. */
void dsc_read_ahead_free(dsc_read_ahead *reader);

/* Begins to read the images samples[0 .. count). Allocates nothing. What was begun before and not taken is
 * dropped. */
void dsc_read_ahead_begin(dsc_read_ahead *reader, const uint32_t *samples, size_t count);

/* The images samples[0 .. count), (count, image_bytes), good until the next call of this function. Fails if
 * the callback does. */
dsc_status dsc_read_ahead_take(const unsigned char **images, dsc_read_ahead *reader, const uint32_t *samples,
                               size_t count, dsc_error *error);

/* Bytes that it holds. */
size_t dsc_read_ahead_bytes(const dsc_read_ahead *reader);

#endif
