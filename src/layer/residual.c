/* SPDX-License-Identifier: MIT */
/* residual.c: x + f(x), where f is the layers of residual(...): He et al., "Deep residual learning" (2015).
 *
 * If f changes the shape, a projection brings x to it (their option B): for images a 1 x 1 convolution
 * without bias whose stride is the factor by which f shrinks them; for flat values a dense layer without
 * bias. */
#include "layer/layer.h"

/* The stride that maps `in` pixels to `out` with a kernel of 1 and no padding; 0: there is none. */
static size_t stride_between(size_t in, size_t out) {
    for (size_t stride = 1; stride <= 64 && stride <= in; stride++)
        if ((in - 1) / stride + 1 == out) return stride;
    return 0;
}

static dsc_node *project(dsc_node *x, const dsc_shape *to) {
    char a[96], b[96];
    const dsc_shape *from = &x->shape;
    if (from->rank == 1 && to->rank == 1) {
        size_t in = from->size[0], out = to->size[0];
        return dsc_matmul(x,
                          dsc_layer_parameter(x, "projection.weight", dsc_shape_of(2, out, in, 0, 0),
                                              DSC_INIT_HE, in, out, true),
                          NULL);
    }
    if (from->rank == 3 && to->rank == 3) {
        dsc_conv_shape shape = {.channels = to->size[0],
                                .kernel = {1, 1},
                                .stride = {stride_between(from->size[1], to->size[1]),
                                           stride_between(from->size[2], to->size[2])},
                                .dilation = {1, 1},
                                .init = DSC_INIT_HE};
        if (shape.stride[0] && shape.stride[1]) return dsc_layer_conv(x, "projection.", &shape);
    }
    return dsc_graph_fail(x->graph, DSC_ERROR_ARGUMENT,
                          "residual(...) takes %s and makes %s of it, which no projection can join; keep "
                          "height and width (padding=same), or reduce them only by strides",
                          dsc_shape_format(a, from), dsc_shape_format(b, to));
}

dsc_node *dsc_residual(dsc_node *x, dsc_node *fx) {
    dsc_graph *graph = dsc_node_graph(fx);
    if (!x || !graph || graph->error.code) return graph ? &graph->failed : NULL;
    if (x->graph != graph)
        return dsc_graph_fail(graph, DSC_ERROR_ARGUMENT, "residual: the two nodes are of different graphs");
    if (dsc_layer_begin(graph, "residual")) return &graph->failed;
    dsc_node *shortcut = dsc_shape_equal(&x->shape, &fx->shape) ? x : project(x, &fx->shape);
    dsc_node *y = dsc_add(fx, shortcut);
    return dsc_graph_begin_layer(graph, NULL) ? &graph->failed : y;
}

static dsc_node *join(dsc_node *x, dsc_node *const *branches, size_t count) {
    (void)count;
    return dsc_residual(x, branches[0]);
}

const dsc_layer dsc_layer_residual = {
    .name = "residual",
    .help = "add its input to the output of the layers in its brackets",
    .brackets = "dense 100, relu",
    .least_branches = 1,
    .most_branches = 1,
    .join = join,
};
