/* SPDX-License-Identifier: MIT */
/* onnx_parts.h: the final steps of reading an ONNX graph: choosing the output and creating the model. */
#ifndef EXCHANGE_ONNX_PARTS_H
#define EXCHANGE_ONNX_PARTS_H

#include "exchange/onnx_reading.h"

#if DESCENDER_WITH_PROTOBUF

typedef struct onnx_output {
    const char *logits;       /* name of the value */
    const char *loss;         /* the loss implied by the file's probabilities; NULL: none */
    const Onnx__Node *labels; /* a ZipMap with the class names; or NULL */
} onnx_output;

/* Finds the output with the class scores, before a final softmax or sigmoid. */
dsc_status onnx_choose_output(onnx_output *output, onnx_reading *r);

/* Creates the model, which takes over the graph: loss, normalisation, classes, texts. */
dsc_status onnx_finish(dsc_model **model, onnx_reading *r, const onnx_output *output,
                       const Onnx__Value *input);

#endif
#endif
