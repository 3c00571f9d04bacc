/* SPDX-License-Identifier: MIT */
/* fuzz_weights.c: any bytes as a file of weights, safetensors or NPZ, for a network given by its text. The
 * first byte selects the text and the layout. An accepted network can be written and is read again. */
#include "exchange/exchange.h"
#include "graph/graph.h"
#include "model/model.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const dsc_model *model) {
    exchange_output output = {.stem = "fuzz"};
    dsc_model *again;
    dsc_error error;
    const exchange_format *format = (const void *)dsc_registry_find(&exchange_registry, "npz");
    if (format->write(&output, model, NULL, &error)) abort();
    exchange_source source = {.bytes = output.files[0].bytes, .size = output.files[0].size, .name = "again"};
    if (exchange_read(&again, &source, NULL, &error)) abort();
    if (memcmp(model->values, again->values, dsc_graph_value_numbers(model->graph) * sizeof(dsc_real)) != 0)
        abort();
    dsc_model_free(again);
    dsc_text_free(&source.notes);
    dsc_text_free(&source.table);
    exchange_output_clear(&output);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const char *const texts[] = {NULL, "64-6-6-4",
                                        "conv 3 3x3, batch-norm, relu, max-pool 2, conv 5 2x2 bias=off, "
                                        "batch-norm, relu, flatten, dense 7, relu, "
                                        "dense",
                                        "flatten, dense"};
    static const char *const forms[][4] = {
        {NULL, "npz layout=torch", "npz layout=keras", "npz layout=transposed"},
        {NULL, "safetensors layout=torch", "safetensors layout=keras", "safetensors layout=transposed"}};
    if (!size) return 0;
    exchange_source source = {
        .bytes = data + 1, .size = size - 1, .name = "fuzz", .model = texts[*data & 3], .shape = {1, 8, 8}};
    dsc_model *model;
    dsc_error error = {0};
    dsc_status status = exchange_read(&model, &source, forms[*data >> 4 & 1][*data >> 2 & 3], &error);
    dsc_text_free(&source.notes);
    dsc_text_free(&source.table);
    if (status) {
        if (model || error.code != status || !*error.message || strchr(error.message, '\n')) abort();
        return 0;
    }
    check(model);
    dsc_model_free(model);
    return 0;
}
