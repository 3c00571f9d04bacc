/* SPDX-License-Identifier: MIT */
/* op.h: declarations shared by the files of this folder. An op is one file that defines one descriptor, plus
 * one line in ops.c. All functions may be called by any thread; those that return a status set `error`. */
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

/* All ops of the library, NULL-terminated. Losses have the flag DSC_OP_LOSS. */
extern const dsc_op *const dsc_ops[];
extern const dsc_registry dsc_op_registry, dsc_loss_registry;
/* The op of a registry row; NULL for NULL. */
const dsc_op *dsc_op_of_row(const dsc_row *row);

/* Number of elements of input i, or output i, in this call. */
static inline size_t dsc_in_numbers(const dsc_call *call, size_t i) {
    return call->count * dsc_shape_count(&call->in_shape[i]);
}
static inline size_t dsc_out_numbers(const dsc_call *call, size_t i) {
    return call->count * dsc_shape_count(&call->out_shape[i]);
}

/* Address of sample n of a value with `each` elements per sample, for reading and for writing. */
static inline size_t dsc_form_number(dsc_form form) {
    return form == DSC_FORM_PIXELS_BF16 ? sizeof(uint16_t) : sizeof(dsc_real);
}
static inline const dsc_real *dsc_sample_in(const dsc_real *values, dsc_form form, size_t n, size_t each) {
    return (const dsc_real *)(const void *)((const unsigned char *)values + n * each * dsc_form_number(form));
}
static inline dsc_real *dsc_sample_out(dsc_real *values, dsc_form form, size_t n, size_t each) {
    return (dsc_real *)(void *)((unsigned char *)values + n * each * dsc_form_number(form));
}
/* The same address as bfloat16. */
static inline const uint16_t *dsc_halves_in(const dsc_real *values) {
    return (const uint16_t *)(const void *)values;
}
static inline uint16_t *dsc_halves_out(dsc_real *values) { return (uint16_t *)(void *)values; }

/* Shape rule for ops whose only output has the shape of their first input, a sample value. */
dsc_status dsc_shapes_same(dsc_shape_rule *rule, dsc_error *error);

/* Shape rule for ops whose first input is a sample value and whose second has the same shape or its leading
 * dimensions; the output has the first input's shape. */
dsc_status dsc_shapes_leading(dsc_shape_rule *rule, dsc_error *error);

/* (C, ...) -> (C) */
dsc_status dsc_shapes_channels(dsc_shape_rule *rule, dsc_error *error);

/* Helpers for dsc_op.whole. dsc_whole_same: output 0 contains only elements of input 0. */
bool dsc_whole_same(double *low, double *high, const dsc_whole_rule *rule);
/* dsc_whole_linear: output 0 is sums of products of input 0 (or padding zeros) with each row of the parameter
 * in[1] (K, ...), plus the bias in[2] (K) if present. Returns false if a sum could reach 2^24. */
bool dsc_whole_linear(double *low, double *high, const dsc_whole_rule *rule);

/* Fails with DSC_ERROR_ARGUMENT unless input i has that role; `what` names the input ("the weight"). */
dsc_status dsc_expect_role(const dsc_shape_rule *rule, size_t i, dsc_role role, const char *what,
                           dsc_error *error);

/* Numbers of an example: given and expected. tests/golden/op-examples.py computes them. */
#define DSC_NUMBERS(...) ((const double[]){__VA_ARGS__})

/* "(a, b, c)" for messages; valid until the end of the enclosing block. */
#define DSC_SHAPE_TEXT(shape) dsc_shape_format((char[96]){0}, shape)

/* Stages that consist of one function. */
#define DSC_SAMPLES(function, inputs)                                                                        \
    (const dsc_stage[]) {                                                                                    \
        {.kind = DSC_STAGE_SAMPLES, .run = (function), .writes = (inputs)}, { .kind = DSC_STAGE_END }        \
    }

static inline size_t dsc_larger(size_t a, size_t b) { return a > b ? a : b; }
static inline size_t dsc_smaller(size_t a, size_t b) { return a < b ? a : b; }

/* Shape rule for losses: the last input is the target, the first is the prediction. A target is a class (one
 * number per sample) or one value for each element of the first input. (If the first input has a single
 * element, the target is its value.) */
dsc_status dsc_shapes_loss(dsc_shape_rule *rule, dsc_error *error);

/* Sample n's target as values: the target itself, or `one_hot`, filled with 1 for the class and 0 for the
 * others. */
const dsc_real *dsc_target_values(const dsc_call *call, size_t n, dsc_real *one_hot);

#endif
