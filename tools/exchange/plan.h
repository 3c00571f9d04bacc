/* SPDX-License-Identifier: MIT */
/* plan.h: a model as a sequence of calls of C functions, and the memory of their values: the basis of the C
 * source and the web page. The graph is folded first (graph/fold.h), and each op names its calls (dsc_op.c).
 * A quantised model (quant/quantised.h) uses integer calls (dsc_op.c_whole): values are bytes if they fit,
 * and weights have as few bits as possible. Values are those of one sample. */
#ifndef EXCHANGE_PLAN_H
#define EXCHANGE_PLAN_H

#include "exchange/functions.h"

#include <descender.h>

typedef enum exchange_operand_kind {
    EXCHANGE_VALUE,   /* in the scratch */
    EXCHANGE_WEIGHTS, /* constant */
    EXCHANGE_IMAGE,   /* the caller's bytes (C, H, W) */
    EXCHANGE_ANSWER,  /* the caller's probabilities (classes) */
    EXCHANGE_WHOLE,   /* an integer; 0 as a pointer is NULL */
    EXCHANGE_REAL
} exchange_operand_kind;

typedef struct exchange_operand {
    exchange_operand_kind kind;
    size_t index;  /* of the value or the weights */
    size_t offset; /* elements after its beginning */
    int64_t whole;
    double real;
} exchange_operand;

enum { EXCHANGE_OPERANDS_MOST = 28, EXCHANGE_NAME = 48 };

typedef struct exchange_call {
    char function[EXCHANGE_NAME];
    exchange_operand operands[EXCHANGE_OPERANDS_MOST];
    size_t count;
    char about[96]; /* for a comment: "conv1: (1, 28, 28) -> (16, 26, 26)" */
} exchange_call;

typedef enum exchange_type {
    EXCHANGE_FLOATS,
    EXCHANGE_WHOLES, /* int32_t */
    EXCHANGE_BYTES   /* values: `from` plus a byte; weights: packed, `bits` each */
} exchange_type;

typedef struct exchange_value {
    exchange_type type;
    int from;            /* of bytes: the number that 0 represents */
    size_t count, bytes; /* elements; bytes, a multiple of 4 */
    size_t at;           /* offset in the scratch, in bytes */
    size_t first, last;  /* the call that writes it and the last that reads it */
    size_t shares;       /* the value whose memory it uses: itself or an earlier one */
} exchange_value;

typedef struct exchange_weights {
    char name[EXCHANGE_NAME]; /* a C name: "conv1_weight" */
    char order[32];           /* "(3, 3, 1, 16)" */
    exchange_type type;
    unsigned bits;  /* of packed weights: number i starts at bit i * bits, lowest bit of each byte first */
    float *numbers; /* (count), also for integers */
    size_t count, bytes;
} exchange_weights;

typedef struct exchange_plan {
    exchange_call *calls;
    exchange_value *values;
    exchange_weights *weights;
    size_t call_count, call_capacity, value_count, value_capacity, weight_count, weight_capacity;
    size_t scratch;       /* bytes */
    bool whole;           /* a quantised model */
    double multiply_adds; /* for one image */
    size_t shape[3], classes;
    exchange_functions functions;
    dsc_text sources; /* functions of custom ops, or empty */
} exchange_plan;

/* DSC_ERROR_UNSUPPORTED: an op cannot be written as C; the message names it. Release with
 * exchange_plan_clear, also after a failure. */
dsc_status exchange_plan_make(exchange_plan *plan, const dsc_model *model, dsc_error *error);
void exchange_plan_clear(exchange_plan *plan);

/* Bytes of all weights. */
size_t exchange_plan_bytes(const exchange_plan *plan);

/* Packs weights into weights->bytes bytes. */
void exchange_pack(unsigned char *bytes, const exchange_weights *weights);

#endif
