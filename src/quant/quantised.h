/* SPDX-License-Identifier: MIT */
/* quantised.h: integer networks, and a proof that a model is one.
 *
 * A quantised network is an ordinary model with the usual ops and floats. But its weights (-127 to 127, -7 to
 * 7 or -1 to 1), biases, multipliers and shifts are integers, and so is every value computed from an image up
 * to the logits. Float arithmetic is then exact, because no sum, in any order, reaches 2^24. Every kernel
 * set, any number of threads, and C with integers give the same result.
 *
 *   image           bytes, 0 to 255: the model's normalisation is "bytes"
 *   linear ops      conv2d, depthwise-conv2d, matmul: weight (K, ...), bias (K)  ->  sums, below 2^24
 *   requantise      a buffer of multipliers (C) and one of shifts (C)  ->  0..255 after a ReLU,
 *                   otherwise -128..127
 *   max-pool, global-max-pool, add, concat, slice, reshape, global-sum-pool  ->  integers again
 *   last            requantise of the classes to one scale in at most 16 bits, then `scale`, the factor
 *                   that makes logits of them: only its output is not an integer. The factor is the same
 *                   for all classes, so the largest integer is the answer.
 *
 * src/op/requantise.c defines the integer arithmetic. */
#ifndef DSC_QUANT_QUANTISED_H
#define DSC_QUANT_QUANTISED_H

#include "model/model.h"

/* The known range of a node's numbers. */
typedef struct dsc_whole {
    bool is_whole; /* all numbers are integers that a float holds, for every image */
    int64_t low,
        high; /* then: bounds of possible values; for a parameter or buffer, its minimum and maximum */
} dsc_whole;

/* Fills of[index] for each node of the model's graph (graph->count), proven from the ops and the values. A
 * sum of products qualifies only if the sum of |w| |x| plus |bias| stays below 2^24. Allocates nothing;
 * cannot fail. */
void dsc_whole_numbers(dsc_whole *of, const dsc_model *model);

/* *is: whether the model is quantised: its image is bytes, and every value between image and logits is an
 * integer; after the last integer value only ops with one input are allowed (`scale`). *because is the first
 * node that violates this, or NULL. Fails only without memory. */
dsc_status dsc_check_quantised(bool *is, const dsc_node **because, const dsc_model *model, dsc_error *error);

/* The fewest bits that hold low to high: unsigned if low is not negative (255: 8), otherwise two's complement
 * (-128..127: 8, -7..7: 4, -1..1: 2). */
unsigned dsc_whole_bits(const dsc_whole *whole);

/* Bits of each packed number of a weight in exports: always two's complement, with a sign bit even if no
 * number is negative. */
unsigned dsc_packed_bits(const dsc_whole *whole);

/* Bytes of `count` numbers of `bits` bits each, packed without gaps. */
size_t dsc_packed_bytes(size_t count, unsigned bits);

#endif
