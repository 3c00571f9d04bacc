/* SPDX-License-Identifier: MIT */
/* array.h: arrays that the library allocates.
 *
 * The allocation is aligned to 64 bytes, and the elements begin 64 bytes after its start. A decompressed file
 * therefore fits into the same block, with its header before the elements, and nothing is moved. For this
 * reason only dsc_array_clear can free an array that the library filled. */
#ifndef DSC_DATA_ARRAY_H
#define DSC_DATA_ARRAY_H

#include <descender.h>

#define DSC_ARRAY_FRONT 64

/* Allocates an array of `shape`, not zeroed; free it with dsc_array_clear. DSC_ERROR_ARGUMENT: the type or
 * rank is invalid, or the size overflows; DSC_ERROR_MEMORY. After a failure *array is cleared. */
dsc_status dsc_array_create(dsc_array *array, dsc_type type, size_t rank, const size_t *shape,
                            dsc_error *error);

/* Computes the bytes of the elements. Returns false if the type or rank is invalid, or the size overflows. */
bool dsc_array_bytes(size_t *bytes, dsc_type type, size_t rank, const size_t *shape);

/* Reverses the bytes of each of `count` elements of `size` bytes. */
void dsc_swap_bytes(void *elements, size_t count, size_t size);

bool dsc_type_known(unsigned code);
const char *dsc_type_name(dsc_type type); /* "bytes", "32-bit integers", ...: for messages */

/* Writes "60000 x 28 x 28" into `out` and returns it. */
#define DSC_SHAPE_TEXT_SIZE 96
char *dsc_shape_text(char out[DSC_SHAPE_TEXT_SIZE], size_t rank, const size_t *shape);

#endif
