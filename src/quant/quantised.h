/* SPDX-License-Identifier: MIT */
/* quantised.h: networks of whole numbers, and how to see that a value is one.
 *
 * A quantised network is a model like any other: its graph has the ops that all have, and its numbers are
 * floats. But they are whole: weights from -127 to 127, -7 to 7 or -1 to 1, biases, multipliers and shifts;
 * and so is each value that is made of an image, up to the logits. So float arithmetic is exact: no sum, in
 * whatever order it is added up, reaches 2^24. Every set of kernels, any number of threads, and C with
 * integers make the same of an image.
 *
 *   image           bytes, 0 to 255: the model's normalisation is "bytes"
 *   linear ops      conv2d, depthwise-conv2d, matmul: weight (K, ...), bias (K)  ->  sums, below 2^24
 *   requantise      a buffer of multipliers (C) and one of shifts (C)  ->  0..255 behind a ReLU,
 *                   else -128..127
 *   max-pool, global-max-pool, add, concat, slice, reshape, global-sum-pool  ->  whole numbers again
 *   last            requantise of the classes to one scale in at most 16 bits, then `scale`, the factor
 *                   that makes logits of them: its output alone is not whole. It is
 *                   the same for all classes, so the largest whole number is the answer.
 *
 * src/op/requantise.c has the arithmetic in integers. */
#ifndef DSC_QUANT_QUANTISED_H
#define DSC_QUANT_QUANTISED_H

#include "model/model.h"

/* What is known of a node's numbers. */
typedef struct dsc_whole {
    bool is_whole; /* all of them are whole numbers that a float holds, whatever the image */
    int64_t low,
        high; /* then: the least and the largest that there can be; of a parameter or buffer, that there is */
} dsc_whole;

/* Of each node of the model's graph, by its index (graph->count): proven from the ops and the values. Of a
 * sum of products it is said only if |w| |x| + |bias|, added up, stays below 2^24. Allocates nothing. */
void dsc_whole_numbers(dsc_whole *of, const dsc_model *model);

/* *is: the model is a quantised one: its image is bytes, and every value between the image and the logits is
 * whole; after the last whole value, only ops of one input are allowed (`scale`). *because is the first node
 * that breaks this, or NULL. Fails only if memory runs out. */
dsc_status dsc_check_quantised(bool *is, const dsc_node **because, const dsc_model *model, dsc_error *error);

/* The fewest bits that hold low to high: without a sign where low is not negative (255: 8), else in two's
 * complement (-128..127: 8, -7..7: 4, -1..1: 2). */
unsigned dsc_whole_bits(const dsc_whole *whole);

/* The bits that each number of a weight takes when it is packed, as exports have it: in two's complement,
 * which has a bit for the sign though no number may be negative. */
unsigned dsc_packed_bits(const dsc_whole *whole);

/* Bytes of `count` numbers in so many bits each, one behind the other. */
size_t dsc_packed_bytes(size_t count, unsigned bits);

#endif
