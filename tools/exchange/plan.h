/* SPDX-License-Identifier: MIT */
/* plan.h: a model as calls of C functions, one behind the other, and where their values lie: what the C source
 * and the web page are written from. The graph is folded first (graph/fold.h), and each op says which calls it
 * is (dsc_op's `c`). Values are of one sample. */
#ifndef EXCHANGE_PLAN_H
#define EXCHANGE_PLAN_H

#include "exchange/functions.h"

#include <descender.h>

typedef enum exchange_operand_kind {
    EXCHANGE_VALUE,   /* in the scratch */
    EXCHANGE_WEIGHTS, /* constant */
    EXCHANGE_IMAGE,   /* the caller's bytes (C, H, W) */
    EXCHANGE_ANSWER,  /* the caller's probabilities (classes) */
    EXCHANGE_WHOLE,   /* a whole number; 0 in place of a pointer is none */
    EXCHANGE_REAL
} exchange_operand_kind;

typedef struct exchange_operand {
    exchange_operand_kind kind;
    size_t index;  /* of the value or the weights */
    size_t offset; /* numbers behind its beginning */
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

typedef struct exchange_value {
    size_t count;       /* of floats */
    size_t at;          /* where it lies in the scratch, in floats */
    size_t first, last; /* the calls that make it and read it last */
    size_t shares;      /* the value whose memory it has: itself, or one before it */
} exchange_value;

typedef struct exchange_weights {
    char name[EXCHANGE_NAME]; /* a C name: "conv1_weight" */
    char order[32];           /* "(3, 3, 1, 16)" */
    float *numbers;
    size_t count;
} exchange_weights;

typedef struct exchange_plan {
    exchange_call *calls;
    exchange_value *values;
    exchange_weights *weights;
    size_t call_count, call_capacity, value_count, value_capacity, weight_count, weight_capacity;
    size_t scratch;       /* floats */
    double multiply_adds; /* for one image */
    size_t shape[3], classes;
    exchange_functions functions;
    dsc_text sources; /* of ops from outside: their own functions, or empty */
} exchange_plan;

/* UNSUPPORTED: an op cannot be written as C; the message names it. Release with exchange_plan_clear, also after
 * a failure. */
dsc_status exchange_plan_make(exchange_plan *plan, const dsc_model *model, dsc_error *error);
void exchange_plan_clear(exchange_plan *plan);

/* Numbers of weights; their bytes as floats are four times that. */
size_t exchange_plan_numbers(const exchange_plan *plan);

#endif
