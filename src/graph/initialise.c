/* SPDX-License-Identifier: MIT */
/* initialise.c: initial values of parameters and buffers. They are drawn in double and rounded, so that the
 * float engine and the checking build start alike. */
#include "graph/graph.h"

#include "base/random.h"
#include "base/stream.h"

#include <math.h>
#include <string.h>

static void draw(const dsc_node *node, dsc_real *out, size_t number, uint64_t seed) {
    size_t count = dsc_shape_count(&node->shape);
    dsc_rng rng;
    dsc_rng_philox(&rng, (const uint64_t[2]){seed, DSC_STREAM_INITIAL}, (const uint64_t[4]){0, number, 0, 0});
    double sigma = sqrt(2.0 / (double)node->n_in), limit = sqrt(6.0 / (double)(node->n_in + node->n_out));
    for (size_t i = 0; i < count; i++) {
        switch (node->init) {
        case DSC_INIT_ZEROS:
            out[i] = 0;
            break;
        case DSC_INIT_ONES:
            out[i] = 1;
            break;
        case DSC_INIT_HE:
            out[i] = (dsc_real)(sigma * dsc_rng_normal(&rng));
            break;
        case DSC_INIT_GLOROT:
            out[i] = (dsc_real)(limit * (2 * dsc_rng_random(&rng) - 1));
            break;
        case DSC_INIT_TUTORIAL:
            out[i] = (dsc_real)(0.2 * dsc_rng_random(&rng) - 0.1);
            break;
        }
    }
}

void dsc_graph_initialise(const dsc_graph *graph, dsc_real *slab, uint64_t seed) {
    memset(slab, 0, graph->values * sizeof *slab);
    size_t number = 0;
    for (size_t i = 0; i < graph->count; i++) {
        const dsc_node *node = graph->nodes[i];
        if (node->kind == DSC_NODE_PARAMETER) draw(node, slab + node->offset, number++, seed);
        if (node->kind != DSC_NODE_BUFFER) continue;
        for (size_t k = 0; k < dsc_shape_count(&node->shape); k++) slab[node->offset + k] = node->initial;
    }
}
