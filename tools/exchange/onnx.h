/* SPDX-License-Identifier: MIT */
/* onnx.h: what the files of ONNX's format share. Without libprotobuf-c all of it is UNSUPPORTED (onnx.c).
 *
 *   onnx.c           the row of the registry
 *   onnx_write.c     a model becomes ONNX's message; onnx_node.c: the lines of ops become its nodes
 *   onnx_read.c      the message becomes a model: input, output, classes
 *   onnx_tensor.c    numbers of a file;  onnx_value.c  values while a graph is read
 *   onnx_from_*.c    one function and one row for each type of node that is read
 *   onnx_answer.c    ONNX Runtime answers */
#ifndef EXCHANGE_ONNX_H
#define EXCHANGE_ONNX_H

#include "exchange/exchange.h"

/* What a pixel is to the file's input: AUTO: bytes where a file is written; where one is read, what it says
 * of itself, or else UNIT. */
enum { ONNX_SCALE_AUTO, ONNX_SCALE_BYTES, ONNX_SCALE_UINT8, ONNX_SCALE_UNIT, ONNX_SCALES };
/* The word for it in options and metadata, and what it is; AUTO is called as what is written. */
typedef struct onnx_scale {
    const char *name, *about; /* "unit", "floats of 0 to 1" */
} onnx_scale;
extern const onnx_scale onnx_scales[ONNX_SCALES];

typedef struct onnx_values {
    int scale;
    bool fold;                         /* writing */
    char *mean, *std, *shape, *output; /* reading; or NULL */
} onnx_values;

/* Keys of the metadata that a written file has, and a read one may have. Texts of dsc_model_about follow
 * ONNX_ABOUT. */
#define ONNX_PRODUCER  "descender"
#define ONNX_CLASSES   "class_names" /* a JSON array of texts */
#define ONNX_KEY(name) "descender." name
#define ONNX_ABOUT     ONNX_KEY("about.")

dsc_status onnx_write(exchange_output *output, const dsc_model *model, const void *values, dsc_error *error);
dsc_status onnx_read(dsc_model **model, exchange_source *source, const void *values, dsc_error *error);

/* Lets ONNX Runtime for Node.js answer; see `answer` of exchange_format. It is looked for in
 * $DESCENDER_ONNXRUNTIME (a folder that has node_modules/onnxruntime-node), where Node.js looks from the
 * working folder, and in ../lib beside the node program's folder, where npm puts global packages. Several
 * threads may call it. */
dsc_status onnx_answer(float *probabilities, const char *folder, const exchange_output *output,
                       const uint8_t *images, size_t count, const dsc_model *model, const void *values,
                       dsc_error *error);

#endif
