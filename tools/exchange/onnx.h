/* SPDX-License-Identifier: MIT */
/* onnx.h: shared by the files of the ONNX format. Without libprotobuf-c everything fails with
 * DSC_ERROR_UNSUPPORTED (onnx.c).
 *
 *   onnx.c           the registry row
 *   onnx_write.c     converts a model to an ONNX message; onnx_node.c: converts the lines of ops to nodes
 *   onnx_read.c      converts a message to a model: input, output, classes
 *   onnx_tensor.c    numbers of a file;  onnx_value.c  values while reading a graph
 *   onnx_from_*.c    one function and one row for each type of node that can be read
 *   onnx_answer.c    answers from ONNX Runtime */
#ifndef EXCHANGE_ONNX_H
#define EXCHANGE_ONNX_H

#include "exchange/exchange.h"

/* The meaning of a pixel in the file's input. AUTO: when writing, bytes; when reading, the file's own
 * description, otherwise UNIT. */
enum { ONNX_SCALE_AUTO, ONNX_SCALE_BYTES, ONNX_SCALE_UINT8, ONNX_SCALE_UNIT, ONNX_SCALES };
/* Its name in options and metadata, and a description; AUTO has the name of the scale written. */
typedef struct onnx_scale {
    const char *name, *about; /* "unit", "floats of 0 to 1" */
} onnx_scale;
extern const onnx_scale onnx_scales[ONNX_SCALES];

typedef struct onnx_values {
    int scale;
    bool fold;                         /* writing */
    char *mean, *std, *shape, *output; /* reading; or NULL */
} onnx_values;

/* Metadata keys of written files, which read files may have too. Texts of dsc_model_about follow
 * ONNX_ABOUT. */
#define ONNX_PRODUCER  "descender"
#define ONNX_CLASSES   "class_names" /* a JSON array of texts */
#define ONNX_KEY(name) "descender." name
#define ONNX_ABOUT     ONNX_KEY("about.")

dsc_status onnx_write(exchange_output *output, const dsc_model *model, const void *values, dsc_error *error);
dsc_status onnx_read(dsc_model **model, exchange_source *source, const void *values, dsc_error *error);

/* Answers with ONNX Runtime for Node.js; see exchange_format.answer. Looks for it in $DESCENDER_ONNXRUNTIME
 * (a folder with node_modules/onnxruntime-node), where Node.js looks from the working folder, and in ../lib
 * beside the node program's folder, where npm puts global packages. Any thread may call it. */
dsc_status onnx_answer(float *probabilities, const char *folder, const exchange_output *output,
                       const uint8_t *images, size_t count, const dsc_model *model, const void *values,
                       dsc_error *error);

#endif
