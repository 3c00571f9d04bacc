/* SPDX-License-Identifier: MIT */
/* onnx_parts.h: the two ends of reading a graph of ONNX: which output, and the model of what was read. */
#ifndef EXCHANGE_ONNX_PARTS_H
#define EXCHANGE_ONNX_PARTS_H

#include "exchange/onnx_reading.h"

#if DESCENDER_WITH_PROTOBUF

typedef struct onnx_output {
    const char *logits;       /* the value's name */
    const char *loss;         /* what made probabilities of them in the file; NULL: nothing did */
    const Onnx__Node *labels; /* a ZipMap, which names the classes; or NULL */
} onnx_output;

/* The output that has the classes, without the softmax or sigmoid at its end. */
dsc_status onnx_choose_output(onnx_output *output, onnx_reading *r);

/* The model of the graph that was read, which becomes the model's: loss, normalisation, classes, texts. */
dsc_status onnx_finish(dsc_model **model, onnx_reading *r, const onnx_output *output,
                       const Onnx__Value *input);

#endif
#endif
