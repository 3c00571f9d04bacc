/* SPDX-License-Identifier: MIT */
/* idx.h: IDX files, what descender.h does not say: loading into a dataset, through a cache or not.
 *
 * An IDX file: two zero bytes, the type's code, the number of dimensions, each dimension as a 32-bit number,
 * then the elements, all big-endian (LeCun, Cortes and Burges, "The MNIST database", the section on
 * formats). */
#ifndef DSC_DATA_IDX_H
#define DSC_DATA_IDX_H

#include "base/file.h"
#include "data/array.h"

/* How files are opened. The public functions use DSC_OPEN_DEFAULTS: a library does not surprise its host by
 * writing files. The program turns the cache on. */
typedef struct dsc_open_options {
    bool cache; /* use, and write, decompressed copies in the user's cache (cache.h) */
} dsc_open_options;

/* The content of one IDX file of bytes. */
typedef struct dsc_content {
    dsc_array array;
    size_t size;  /* of the decompressed file, header included */
    uint32_t crc; /* CRC-32 of the decompressed file */
    bool changed; /* the array's numbers or their order are no longer the file's (EMNIST's) */
    void *map;    /* array.data lies in this mapping of the cache; NULL: it is the array's own */
    size_t map_size;
    uint64_t *groups; /* of labels: who wrote each image; NULL: they do not say it (writers.h) */
    uint8_t *series;  /* ... and the series of forms that it is of */
} dsc_content;

/* Where a decompressed file is put in an array's block: one of three dimensions, as images are, then has its
 * elements where an array wants them. */
#define DSC_IDX_FRONT (DSC_ARRAY_FRONT - 16)

/* Larger files are refused. */
#define DSC_IDX_FILE_LIMIT ((size_t)1 << (sizeof(size_t) > 4 ? 36 : 30))

/* Makes an array of the decompressed IDX file of `size` bytes at block + DSC_IDX_FRONT; takes the block (of
 * dsc_gunzip) over, also on failure. `path`: as of dsc_idx_parse. */
dsc_status dsc_idx_adopt(dsc_array *array, unsigned char *block, size_t size, const char *path,
                         dsc_error *error);

/* dsc_idx_write up to the commit, for several files that take their names together. */
dsc_status dsc_idx_begin(dsc_file_writer **writer, const char *path, const dsc_array *array,
                         dsc_error *error);

/* Checks the header of the `size` bytes of a decompressed IDX file against that size: fills type, rank and
 * shape, not data; *start is the offset of the elements. */
dsc_status dsc_idx_header(dsc_array *array, size_t *start, const unsigned char *bytes, size_t size,
                          const char *path, dsc_error *error);

/* dsc_idx_read, with options (NULL: the defaults) and what else is known of the content. Only arrays of bytes
 * come from the cache. */
dsc_status dsc_idx_load(dsc_content *content, const char *path, const dsc_open_options *options,
                        dsc_error *error);
void dsc_content_clear(dsc_content *content);

#endif
