/* SPDX-License-Identifier: MIT */
/* idx.h: IDX files, beyond descender.h: loading into a data set, with or without a cache.
 *
 * An IDX file: two zero bytes, the type code, the number of dimensions, each dimension as a 32-bit integer,
 * then the elements, all big-endian (LeCun, Cortes and Burges, "The MNIST database", the section on
 * formats). */
#ifndef DSC_DATA_IDX_H
#define DSC_DATA_IDX_H

#include "base/file.h"
#include "data/array.h"

/* How files are opened. The public functions use the defaults, so the library writes no files unasked. The
 * program turns the cache on. */
typedef struct dsc_open_options {
    bool cache; /* use and write decompressed copies (cache.h) */
} dsc_open_options;

/* The content of one IDX file of bytes. */
typedef struct dsc_content {
    dsc_array array;
    size_t size;  /* decompressed file with header, in bytes */
    uint32_t crc; /* CRC-32 of the decompressed file */
    bool changed; /* elements or order differ from the file's (EMNIST) */
    void *map;    /* cache mapping that holds array.data; NULL: owned */
    size_t map_size;
    uint64_t *groups; /* of labels: the writer of each image; NULL: unknown (writers.h) */
    uint8_t *series;  /* ... and its series of forms */
} dsc_content;

/* Offset of a decompressed file in an array's block: the elements of a three-dimensional file are then at the
 * array's alignment. */
#define DSC_IDX_FRONT (DSC_ARRAY_FRONT - 16)

/* Larger files are refused. */
#define DSC_IDX_FILE_LIMIT ((size_t)1 << (sizeof(size_t) > 4 ? 36 : 30))

/* Makes an array of the decompressed IDX file of `size` bytes at block + DSC_IDX_FRONT. Takes over the block
 * (of dsc_gunzip), also after a failure. `path` as for dsc_idx_parse. */
dsc_status dsc_idx_adopt(dsc_array *array, unsigned char *block, size_t size, const char *path,
                         dsc_error *error);

/* dsc_idx_write without the commit, for several files that are renamed together. */
dsc_status dsc_idx_begin(dsc_file_writer **writer, const char *path, const dsc_array *array,
                         dsc_error *error);

/* Checks the header of a decompressed IDX file of `size` bytes against that size. Sets type, rank and shape
 * of `array`, not its data; *start is the offset of the elements. */
dsc_status dsc_idx_header(dsc_array *array, size_t *start, const unsigned char *bytes, size_t size,
                          const char *path, dsc_error *error);

/* dsc_idx_read with options (NULL: the defaults) and the other members of the content. Only arrays of bytes
 * come from the cache. */
dsc_status dsc_idx_load(dsc_content *content, const char *path, const dsc_open_options *options,
                        dsc_error *error);
void dsc_content_clear(dsc_content *content);

#endif
