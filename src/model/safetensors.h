/* SPDX-License-Identifier: MIT */
/* safetensors.h: the safetensors format: named arrays in a file that other programs read too.
 *
 *   8 bytes        length N of the header, little-endian
 *   N bytes        JSON, padded with spaces: {"__metadata__": {texts}, "NAME": {"dtype": "F32",
 *                  "shape": [...], "data_offsets": [begin, end]}, ...}
 *   the rest       the arrays, little-endian, consecutive without gaps; offsets count from here
 *
 * https://huggingface.co/docs/safetensors. The library writes F32 and pads the header so that the data start
 * at a multiple of 64. It also reads files of other programs, with any type of NumPy's, and BF16. */
#ifndef DSC_MODEL_SAFETENSORS_H
#define DSC_MODEL_SAFETENSORS_H

#include "data/npy.h"
#include "graph/graph.h"

#include <jansson.h>

typedef struct dsc_safetensors {
    json_t *header;            /* owned */
    const unsigned char *data; /* the caller's bytes after the header */
    size_t data_size, tensors;
} dsc_safetensors;

/* Parses a file of this library and checks everything: the header's length and JSON, the maker, every type,
 * shape and offset, and that the arrays fill the file without gap or overlap. `name` is the file, for
 * messages. `bytes` must outlive *file. DSC_ERROR_FORMAT or DSC_ERROR_UNSUPPORTED on failure. Release with
 * dsc_safetensors_clear. */
dsc_status dsc_safetensors_parse(dsc_safetensors *file, const void *bytes, size_t size, const char *name,
                                 dsc_error *error);
void dsc_safetensors_clear(dsc_safetensors *file);

/* The same for files of any program: arrays may have any type, be empty, and have more than four
 * dimensions. */
dsc_status dsc_safetensors_parse_any(dsc_safetensors *file, const void *bytes, size_t size, const char *name,
                                     dsc_error *error);

/* One array of a file. */
typedef struct dsc_safetensor {
    const char *name, *type; /* "F16"; live as long as the file */
    dsc_npy_encoding encoding;
    size_t rank, shape[4]; /* a rank above 4 is possible: the shape is then truncated */
    size_t count;          /* number of elements (dsc_npy_number) */
    const unsigned char *data;
} dsc_safetensor;

/* All arrays in the order of the file, as a list that the caller frees. */
dsc_status dsc_safetensors_list(dsc_safetensor **list, const dsc_safetensors *file, dsc_error *error);

/* The metadata, an object of texts; NULL if there is none. */
const json_t *dsc_safetensors_texts(const dsc_safetensors *file);

/* A text of the metadata; NULL if absent. */
const char *dsc_safetensors_text(const dsc_safetensors *file, const char *key);

/* Finds an array by name; returns its shape and the address of its elements (dsc_safetensors_number). */
bool dsc_safetensors_find(const dsc_safetensors *file, const char *name, dsc_shape *shape,
                          const unsigned char **data);

/* Writes a file to new memory, which the caller frees: `metadata` (an object of texts, or NULL), and the
 * parameters and buffers of the graph from the slab. */
dsc_status dsc_safetensors_write(unsigned char **bytes, size_t *size, const json_t *metadata,
                                 const dsc_graph *graph, const dsc_real *slab, dsc_error *error);

float dsc_safetensors_number(const unsigned char *data, size_t index);

#endif
