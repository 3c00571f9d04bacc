/* SPDX-License-Identifier: MIT */
/* fuzz_model.c: any bytes as a model file. An accepted model is written again, and reads as the same; a
 * refused one leaves no memory and gives a message of one line. */
#include "model/model.h"
#include "model/native.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    dsc_model *model, *again;
    dsc_error error = {0};
    dsc_status status = dsc_model_parse(&model, data, size, "fuzz", NULL, &error);
    if (status) {
        if (model || error.code != status || !*error.message || strchr(error.message, '\n')) abort();
        return 0;
    }
    unsigned char *bytes;
    size_t written;
    if (dsc_model_write(&bytes, &written, model, &error)) abort();
    if (dsc_model_parse(&again, bytes, written, "again", NULL, &error)) abort();
    if (again->graph->count != model->graph->count || again->classes != model->classes) abort();
    size_t numbers = dsc_graph_value_numbers(model->graph);
    if (memcmp(model->values, again->values, numbers * sizeof(dsc_real)) != 0) abort();
    free(bytes);
    dsc_model_free(again);
    dsc_model_free(model);
    return 0;
}
