/* SPDX-License-Identifier: MIT */
/* fold.h: simplifies a graph for inference; results are the same up to rounding.
 *
 * An op that only scales and shifts each channel (dsc_op.affine: batch normalisation with running statistics)
 * is folded into the weight and bias of the linear op before it, if no other node reads that op's output:
 *
 *   f (w x + b) + o  =  (f w) x + (f b + o)
 *
 * An op may absorb the ops that follow it (dsc_op.absorb: a product and its ReLU, a convolution and its
 * pool). An op that has no effect outside of training (DSC_OP_TRAINING_ONLY: dropout) is removed. Everything
 * else is copied. */
#ifndef DSC_GRAPH_FOLD_H
#define DSC_GRAPH_FOLD_H

#include "graph/graph.h"

typedef struct dsc_folded dsc_folded;

/* Creates a folded graph. `graph` must outlive it, because dsc_folded_values reads its nodes. The node `kept`
 * (or NULL) keeps its value: it is not folded or absorbed. Fails without memory, and with
 * DSC_ERROR_UNSUPPORTED if an op has too many inputs. */
dsc_status dsc_folded_create(dsc_folded **folded, const dsc_graph *graph, const dsc_node *kept,
                             dsc_error *error);
/* The same without absorption, so that every op stays visible. */
dsc_status dsc_folded_create_unfused(dsc_folded **folded, const dsc_graph *graph, dsc_error *error);
void dsc_folded_free(dsc_folded *folded);

const dsc_graph *dsc_folded_graph(const dsc_folded *folded);

/* The folded graph's node that computes the value of an original node; NULL if the op was folded into
 * another. */
const dsc_node *dsc_folded_node(const dsc_folded *folded, const dsc_node *node);

/* Computes the folded graph's slab from the original's; both have the layout of graph.h. Allocates
 * nothing. */
void dsc_folded_values(dsc_folded *folded, dsc_real *to, const dsc_real *from);

#endif
