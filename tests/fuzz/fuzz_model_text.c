/* SPDX-License-Identifier: MIT */
/* fuzz_model_text.c: any text as a model's; the first byte selects images and classes. An accepted text
 * has consistent shapes; a refused one gives a message of one line. */
#include "graph/graph.h"
#include "model/text.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const dsc_shape shapes[] = {{3, {1, 28, 28}}, {3, {3, 9, 8}}, {3, {1, 1, 1}}, {1, {20}}};
    if (!size) return 0;
    dsc_graph *graph;
    dsc_node *y;
    dsc_error error = {0};
    char *text = malloc(size);
    if (!text) return 0;
    memcpy(text, data + 1, size - 1);
    text[size - 1] = '\0';
    if (dsc_graph_create(&graph, &error)) abort();
    dsc_node *x = dsc_input(graph, "image", shapes[data[0] % 4]);
    dsc_status status = dsc_text_build(&y, x, text, data[0] / 4 % 2 ? 10 : 0, &error);
    if (status) {
        if (y || error.code != status || !*error.message || strchr(error.message, '\n')) abort();
    } else {
        if (dsc_graph_check(graph, &error) || !y || y->kind == DSC_NODE_FAILED || graph->layer) abort();
        for (size_t i = 0; i < graph->count; i++)
            if (!dsc_shape_count(&graph->nodes[i]->shape)) abort();
    }
    dsc_graph_free(graph);
    free(text);
    return 0;
}
