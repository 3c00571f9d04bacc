/* SPDX-License-Identifier: MIT */
/* parallel.c: concatenates the outputs of branches along the first dimension: the channels of images. */
#include "layer/layer.h"

dsc_node *dsc_parallel(dsc_node *const *branches, size_t count) {
    dsc_graph *graph = count ? dsc_node_graph(branches[0]) : NULL;
    if (!graph || graph->error.code) return graph ? &graph->failed : NULL;
    if (dsc_layer_begin(graph, "parallel")) return &graph->failed;
    dsc_node *y = dsc_concat(branches, count);
    return dsc_graph_begin_layer(graph, NULL) ? &graph->failed : y;
}

static dsc_node *join(dsc_node *x, dsc_node *const *branches, size_t count) {
    (void)x;
    return dsc_parallel(branches, count);
}

const dsc_layer dsc_layer_parallel = {
    .name = "parallel",
    .help = "apply the branches in its brackets to the same input, and concatenate their outputs",
    .brackets = "dense 10 | dense 20",
    .least_branches = 2,
    .most_branches = DSC_BRANCHES_MOST,
    .join = join,
};
