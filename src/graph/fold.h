/* SPDX-License-Identifier: MIT */
/* fold.h: a graph made shorter for inference, with the same results up to rounding.
 *
 * An op that only scales and shifts each channel (dsc_op's `affine`: batch normalisation with its running
 * statistics) goes into the weight and bias of the linear op before it, if nobody else reads that one's
 * output:
 *
 *   f (w x + b) + o  =  (f w) x + (f b + o)
 *
 * An op may absorb the ops that follow it (`absorb`: a product's ReLU, a convolution's pool). An op that
 * does nothing outside of training (DSC_OP_TRAINING_ONLY: dropout) is left out. Everything else is copied. */
#ifndef DSC_GRAPH_FOLD_H
#define DSC_GRAPH_FOLD_H

#include "graph/graph.h"

typedef struct dsc_folded dsc_folded;

/* Keeps pointers to the graph's nodes: it must outlive the folded one as long as dsc_folded_values is called.
 * The value of `kept` (NULL: none) is computed as it is: it goes into no other op. */
dsc_status dsc_folded_create(dsc_folded **folded, const dsc_graph *graph, const dsc_node *kept,
                             dsc_error *error);
/* The same, but no op absorbs another: each stays to be seen. */
dsc_status dsc_folded_create_unfused(dsc_folded **folded, const dsc_graph *graph, dsc_error *error);
void dsc_folded_free(dsc_folded *folded);

const dsc_graph *dsc_folded_graph(const dsc_folded *folded);

/* What computes the value of a node of the original graph. NULL for an op that went into another. */
const dsc_node *dsc_folded_node(const dsc_folded *folded, const dsc_node *node);

/* The folded graph's slab from the original's, both as in graph.h. Allocates nothing. */
void dsc_folded_values(dsc_folded *folded, dsc_real *to, const dsc_real *from);

#endif
