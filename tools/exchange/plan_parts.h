/* SPDX-License-Identifier: MIT */
/* plan_parts.h: shared by the files of plan.h. */
#ifndef EXCHANGE_PLAN_PARTS_H
#define EXCHANGE_PLAN_PARTS_H

#include "exchange/plan.h"
#include "graph/graph.h"
#include "quant/quantised.h"

/* Assigns the memory of each value: values with overlapping lifetimes get disjoint memory. A value that asks
 * to share another's memory does so if the other is not read after the call that writes it. */
dsc_status exchange_plan_memory(exchange_plan *plan, dsc_error *error);

/* A parameter and the order of its dimensions: each combination is written once. */
typedef struct exchange_placed {
    const dsc_node *node;
    char order[DSC_RANK_MOST + 1];
    exchange_type type;
    size_t index;
} exchange_placed;

/* Value index of the caller's bytes. */
#define EXCHANGE_IS_IMAGE SIZE_MAX

typedef struct exchange_work {
    exchange_plan *plan;
    const dsc_graph *graph;
    const dsc_real *slab;
    size_t *value_of;       /* by node: index of its value */
    const dsc_whole *whole; /* by node, for a quantised model; otherwise NULL */
    const dsc_node *after;  /* the requantise absorbed by `node`, or NULL */
    exchange_placed *placed;
    size_t placed_count, placed_capacity;
    const dsc_node *node; /* the node whose calls are being made */
    bool node_is_whole;   /* uses c_whole */
    const bool *needed;   /* by node */
    const dsc_node *logits;
    const char *line;
    dsc_error *error;
} exchange_work;

/* --- plan_line.c --- */

dsc_status exchange_plan_add_call(exchange_call **call, exchange_plan *plan, dsc_error *error);
dsc_status exchange_plan_add_value(size_t *index, exchange_plan *plan, exchange_type type, int from,
                                   size_t count, dsc_error *error);
dsc_status exchange_plan_add_weights(size_t *index, exchange_plan *plan, const char *name, size_t count,
                                     dsc_error *error);

/* Adds the call described by a line (dsc_write_line) of w->node. */
dsc_status exchange_plan_read_line(exchange_work *w, const char *line);

#endif
