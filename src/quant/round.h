/* SPDX-License-Identifier: MIT */
/* round.h: weights rounded to few levels: whole numbers from -most to most times a scale for each channel.
 * The most is 127 for 8 bits, 7 for 4, 3 for 3, 1 for ternary weights.
 *
 * Training that knows of it computes with the rounded weights, and changes those that are not: the gradient
 * by a rounded weight is taken for that by the weight itself (the straight-through estimator, Bengio et al.,
 * 2013). */
#ifndef DSC_QUANT_ROUND_H
#define DSC_QUANT_ROUND_H

#include "graph/graph.h"

/* Rounds a channel's `count` weights to the levels of the scale that has the smallest sum of squared errors,
 * of those tried. `to` may be `from`. Returns the scale: each number is a whole multiple of it, exactly, and
 * what was rounded is rounded to itself. 0 where all weights are 0. Numbers that are not finite are left as
 * they are (0 too). */
double dsc_round_channel(dsc_real *to, const dsc_real *from, size_t count, int most);

/* A slab (graph.h) with the weights of all linear ops rounded, and everything else as it is. Channel by
 * channel, so nothing depends on threads. Allocates nothing. */
void dsc_round_weights(dsc_real *to, const dsc_real *from, const dsc_graph *graph, int most);

/* The fewest levels (1, 3, 7; 127 if none of these) on which all weights of linear ops lie as they are. */
int dsc_round_levels(const dsc_real *slab, const dsc_graph *graph);

/* The levels of the choices "none|8|4|3|ternary", by their place: 0, 127, 7, 3, 1. */
int dsc_round_levels_of(int choice);

#endif
