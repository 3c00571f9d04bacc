/* SPDX-License-Identifier: MIT */
/* safetensors.h: named arrays of numbers in a file that other programs read too.
 *
 *   8 bytes        length N of the header, little-endian
 *   N bytes        JSON, padded with spaces: {"__metadata__": {texts}, "NAME": {"dtype": "F32", "shape": [...],
 *                  "data_offsets": [begin, end]}, ...}
 *   the rest       the arrays, little-endian, one behind the other without gaps; offsets count from here
 *
 * https://huggingface.co/docs/safetensors. Ours are F32, and the padding lets the data start at a multiple
 * of 64. Those of other programs are read too, in any type that NumPy has, and BF16. */
#ifndef DSC_MODEL_SAFETENSORS_H
#define DSC_MODEL_SAFETENSORS_H

#include "data/npy.h"
#include "graph/graph.h"

#include <jansson.h>

typedef struct dsc_safetensors {
    json_t *header;            /* owned */
    const unsigned char *data; /* the caller's bytes behind the header */
    size_t data_size, tensors;
} dsc_safetensors;

/* Checks everything: the header's length, its JSON, that it is ours, every type, shape and offset; that the
 * arrays fill the file without gap or overlap. `name` stands for the file in messages. The bytes must
 * outlive what is found. */
dsc_status dsc_safetensors_parse(dsc_safetensors *file, const void *bytes, size_t size, const char *name,
                                 dsc_error *error);
void dsc_safetensors_clear(dsc_safetensors *file);

/* The same for a file of any program, in which arrays are of any type and may be empty; of more than four
 * sizes, too. */
dsc_status dsc_safetensors_parse_any(dsc_safetensors *file, const void *bytes, size_t size, const char *name,
                                     dsc_error *error);

/* One array of such a file. */
typedef struct dsc_safetensor {
    const char *name, *type; /* "F16"; live as long as the file */
    dsc_npy_encoding encoding;
    size_t rank, shape[4]; /* rank may be above 4: then the shape is cut */
    size_t count;          /* of its numbers (dsc_npy_number) */
    const unsigned char *data;
} dsc_safetensor;

/* All of them, in the order in which they lie in the file (release with free()). */
dsc_status dsc_safetensors_list(dsc_safetensor **list, const dsc_safetensors *file, dsc_error *error);

/* The metadata, an object of texts; NULL: there are none. */
const json_t *dsc_safetensors_texts(const dsc_safetensors *file);

/* Text of the metadata; NULL if it is not there. */
const char *dsc_safetensors_text(const dsc_safetensors *file, const char *key);

/* Whether there is an array of this name; its shape, and where its numbers are (dsc_safetensors_number). */
bool dsc_safetensors_find(const dsc_safetensors *file, const char *name, dsc_shape *shape,
                          const unsigned char **data);

/* The whole file in new memory (release with free()): `metadata` (an object of texts, may be NULL) and the
 * parameters and buffers of the graph, taken from the slab. */
dsc_status dsc_safetensors_write(unsigned char **bytes, size_t *size, const json_t *metadata,
                                 const dsc_graph *graph, const dsc_real *slab, dsc_error *error);

float dsc_safetensors_number(const unsigned char *data, size_t index);

#endif
