/* SPDX-License-Identifier: MIT */
/* fuzz_onnx.c: any bytes as an ONNX file. An accepted network can be written, and is read again with the
 * same number of classes; a refused file leaves no memory and gives a message of one line. */
#include "exchange/onnx.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static dsc_status import(dsc_model **model, const void *bytes, size_t size, dsc_error *error) {
    exchange_source source = {.bytes = bytes, .size = size, .name = "fuzz"};
    dsc_status status = exchange_read(model, &source, "onnx", error);
    dsc_text_free(&source.notes);
    dsc_text_free(&source.table);
    return status;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    dsc_model *model, *again;
    dsc_error error = {0};
    dsc_status status = import(&model, data, size, &error);
    if (status) {
        if (model || error.code != status || !*error.message || strchr(error.message, '\n')) abort();
        return 0;
    }
    const dsc_row *row = dsc_registry_find(&exchange_registry, "onnx");
    const exchange_format *format = (const exchange_format *)(const void *)row;
    const onnx_values values = {0}; /* the defaults */
    exchange_output output = {.stem = "again"};
    if (format->write(&output, model, &values, &error)) abort();
    status = import(&again, output.files[0].bytes, output.files[0].size, &error);
    if (status || dsc_model_classes(again) != dsc_model_classes(model)) abort();
    exchange_output_clear(&output);
    dsc_model_free(again);
    dsc_model_free(model);
    return 0;
}
