/* SPDX-License-Identifier: MIT */
/* onnx_testing.h: helpers for the tests of ONNX. */
#ifndef ONNX_TESTING_H
#define ONNX_TESTING_H

#include "testing.h"

#include "base/file.h"
#include "base/spec.h"
#include "child/child.h"
#include "exchange/exchange.h"

#include <math.h>
#include <unistd.h>

#define NEEDS_PROTOBUF()                                                                                     \
    if (!DESCENDER_WITH_PROTOBUF) TEST_SKIP("needs libprotobuf-c")

/* Pseudo-random numbers from -1 to 1. */
static inline float onnx_noise(uint32_t *state) {
    *state = *state * 1664525u + 1013904223u;
    return (float)(*state >> 8) / 8388608.0f - 1;
}

/* The model as the format `text` ("onnx", "onnx fold=on") writes it; the caller clears it. */
static inline dsc_status onnx_export(exchange_output *output, const dsc_model *model, const char *text,
                                     dsc_error *error) {
    dsc_spec spec;
    const char *next = text;
    const dsc_row *row = NULL;
    void *values = NULL;
    dsc_status status = dsc_spec_read(&spec, &next, text, "", error);
    if (!status) status = dsc_spec_choose(&row, &values, &spec, text, &exchange_registry, error);
    if (!status) status = ((const exchange_format *)(const void *)row)->write(output, model, values, error);
    if (row) dsc_row_release(row, values);
    return status;
}

static inline dsc_status onnx_import(dsc_model **model, const void *bytes, size_t size, const char *as,
                                     dsc_text *notes, dsc_error *error) {
    exchange_source source = {.bytes = bytes, .size = size, .name = "test.onnx"};
    dsc_status status = exchange_read(model, &source, as, error);
    if (notes && source.notes.length) dsc_text_append_bytes(notes, source.notes.data, source.notes.length);
    dsc_text_free(&source.notes);
    dsc_text_free(&source.table);
    return status;
}

/* The model's outputs for bytes, or for floats if `images` is NULL; the caller frees them. */
static inline float *onnx_logits(const dsc_model *model, const uint8_t *images, const float *floats,
                                 size_t count) {
    dsc_predictor *predictor;
    dsc_workspace *workspace;
    dsc_error error = {0};
    float *logits = malloc(count * dsc_model_classes(model) * sizeof(float));
    ASSERT_OK(dsc_predictor_create(&predictor, model, NULL, &error), error);
    ASSERT_OK(dsc_workspace_create(&workspace, predictor, 1, &error), error);
    dsc_prediction how = dsc_prediction_defaults();
    how.count = count;
    how.images = images;
    how.floats = floats;
    how.logits = logits;
    ASSERT_OK(dsc_predict_all(predictor, workspace, &how, &error), error);
    dsc_workspace_free(workspace);
    dsc_predictor_free(predictor);
    return logits;
}

/* Lets the tests find ONNX Runtime in the folder where `make bench` installs it. */
static inline void onnx_find_runtime(void) {
    (void)setenv("DESCENDER_ONNXRUNTIME", BUILD_FOLDER "/../bench/node", 0);
}

#endif
