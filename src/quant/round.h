/* SPDX-License-Identifier: MIT */
/* round.h: rounds weights to few levels: integers from -most to most times a scale for each channel. `most`
 * is 127 for 8 bits, 7 for 4, 3 for 3, 1 for ternary weights.
 *
 * Quantisation-aware training computes with the rounded weights and updates the unrounded ones: the gradient
 * with respect to a rounded weight is used for the weight itself (straight-through estimator, Bengio et al.,
 * 2013). */
#ifndef DSC_QUANT_ROUND_H
#define DSC_QUANT_ROUND_H

#include "graph/graph.h"

/* Rounds a channel's `count` weights to the levels of the scale with the smallest sum of squared errors among
 * those tried. `to` may be `from`. Returns the scale: each result is an exact integer multiple of it, and
 * rounding again changes nothing. Returns 0 if all weights are 0, or if one is not finite; these weights stay
 * unchanged. */
double dsc_round_channel(dsc_real *to, const dsc_real *from, size_t count, int most);

/* Copies a slab (graph.h) with the weights of all linear ops rounded. Works channel by channel, so nothing
 * depends on threads. Allocates nothing. */
void dsc_round_weights(dsc_real *to, const dsc_real *from, const dsc_graph *graph, int most);

/* The fewest levels (1, 3, 7; otherwise 127) that hold all weights of linear ops exactly. */
int dsc_round_levels(const dsc_real *slab, const dsc_graph *graph);

/* The levels for index `choice` of "none|8|4|3|ternary": 0, 127, 7, 3, 1. */
int dsc_round_levels_of(int choice);

#endif
