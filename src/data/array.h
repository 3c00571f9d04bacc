/* SPDX-License-Identifier: MIT */
/* array.h: arrays that the library allocates.
 *
 * The elements lie 64 bytes behind the start of their allocation, which is aligned to 64: so a decompressed
 * file can lie in the same block with its header just before the elements, and nothing need be moved. It is
 * also why only dsc_array_clear can free what the library filled. */
#ifndef DSC_DATA_ARRAY_H
#define DSC_DATA_ARRAY_H

#include <descender.h>

#define DSC_ARRAY_FRONT 64

/* Makes an array for `shape` (not zeroed); dsc_array_clear frees it. Fails, with *array cleared, if the type
 * or the rank is none, the size overflows or memory is short. */
dsc_status dsc_array_create(dsc_array *array, dsc_type type, size_t rank, const size_t *shape,
                            dsc_error *error);

/* The number of bytes of the elements; false if the type or rank is none, or the size overflows. */
bool dsc_array_bytes(size_t *bytes, dsc_type type, size_t rank, const size_t *shape);

/* Reverses the bytes of each of `count` elements of `size` bytes. */
void dsc_swap_bytes(void *elements, size_t count, size_t size);

bool dsc_type_known(unsigned code);
const char *dsc_type_name(dsc_type type); /* "bytes", "32-bit integers", ...: for messages */

/* Writes "60000 x 28 x 28" into `out` and returns it. */
#define DSC_SHAPE_TEXT_SIZE 96
char *dsc_shape_text(char out[DSC_SHAPE_TEXT_SIZE], size_t rank, const size_t *shape);

#endif
