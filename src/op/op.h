/* SPDX-License-Identifier: MIT */
/* op.h: what the files of this folder share. An op is one file that ends in one descriptor, and one line in
 * ops.c. */
#ifndef DSC_OP_OP_H
#define DSC_OP_OP_H

#include "base/error.h"
#include "base/memory.h"
#include "base/random.h"
#include "base/registry.h"
#include "graph/graph.h"
#include "kernel/gemm.h"
#include "kernel/kernel.h"
#include "kernel/pack.h"
#include "kernel/vectors.h"

#include <string.h>

/* All of the library's ops; NULL ends them. The losses are those flagged DSC_OP_LOSS. */
extern const dsc_op *const dsc_ops[];
extern const dsc_registry dsc_op_registry, dsc_loss_registry;
/* The op whose row in those it is; NULL of NULL. */
const dsc_op *dsc_op_of_row(const dsc_row *row);

/* How many numbers of input i, and of output i, this call sees. */
static inline size_t dsc_in_numbers(const dsc_call *call, size_t i) {
    return call->count * dsc_shape_count(&call->in_shape[i]);
}
static inline size_t dsc_out_numbers(const dsc_call *call, size_t i) {
    return call->count * dsc_shape_count(&call->out_shape[i]);
}

/* Sample n of a value of each sample, of `each` numbers: to be read, and to be written. */
static inline size_t dsc_form_number(dsc_form form) {
    return form == DSC_FORM_PIXELS_BF16 ? sizeof(uint16_t) : sizeof(dsc_real);
}
static inline const dsc_real *dsc_sample_in(const dsc_real *values, dsc_form form, size_t n, size_t each) {
    return (const dsc_real *)(const void *)((const unsigned char *)values + n * each * dsc_form_number(form));
}
static inline dsc_real *dsc_sample_out(dsc_real *values, dsc_form form, size_t n, size_t each) {
    return (dsc_real *)(void *)((unsigned char *)values + n * each * dsc_form_number(form));
}
/* The same value as bfloat16. */
static inline const uint16_t *dsc_halves_in(const dsc_real *values) {
    return (const uint16_t *)(const void *)values;
}
static inline uint16_t *dsc_halves_out(dsc_real *values) { return (uint16_t *)(void *)values; }

/* A shape rule for ops whose only output has the shape of their first input, which every sample has. */
dsc_status dsc_shapes_same(dsc_shape_rule *rule, dsc_error *error);

/* For a first input of each sample and a second that has its shape or its leading dimensions: the first's
 * shape. */
dsc_status dsc_shapes_leading(dsc_shape_rule *rule, dsc_error *error);

/* (C, ...) -> (C) */
dsc_status dsc_shapes_channels(dsc_shape_rule *rule, dsc_error *error);

/* Of dsc_op's `whole`. Output 0 has numbers of input 0 and no others: */
bool dsc_whole_same(double *low, double *high, const dsc_whole_rule *rule);
/* Output 0 is sums of products of input 0, or of 0 beside it, with each row of the parameter in[1] (K, ...),
 * and the bias in[2] (K) if there is one; false if a sum could reach 2^24: */
bool dsc_whole_linear(double *low, double *high, const dsc_whole_rule *rule);

/* Fails unless input i has that role; `what` names the input ("the weight"). */
dsc_status dsc_expect_role(const dsc_shape_rule *rule, size_t i, dsc_role role, const char *what,
                           dsc_error *error);

/* Of an example: the numbers given and expected. tests/golden/op-examples.py works them out. */
#define DSC_NUMBERS(...) ((const double[]){__VA_ARGS__})

/* "(a, b, c)" for messages; good until the end of the full expression it stands in. */
#define DSC_SHAPE_TEXT(shape) dsc_shape_format((char[96]){0}, shape)

/* Stages of one function alone. */
#define DSC_SAMPLES(function, inputs)                                                                        \
    (const dsc_stage[]) {                                                                                    \
        {.kind = DSC_STAGE_SAMPLES, .run = (function), .writes = (inputs)}, { .kind = DSC_STAGE_END }        \
    }

static inline size_t dsc_larger(size_t a, size_t b) { return a > b ? a : b; }
static inline size_t dsc_smaller(size_t a, size_t b) { return a < b ? a : b; }

/* Losses: the last input is a target, the first has what it is compared with. A target is a class, one
 * number for each sample, or a value for each of the first input's. (If that is a single number, the target
 * is its value.) */
dsc_status dsc_shapes_loss(dsc_shape_rule *rule, dsc_error *error);

/* Sample n's target as values: the target itself, or `one_hot`, filled with 1 for the class and 0 for
 * others. */
const dsc_real *dsc_target_values(const dsc_call *call, size_t n, dsc_real *one_hot);

#endif
