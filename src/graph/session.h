/* SPDX-License-Identifier: MIT */
/* session.h: the inside of a session, for those who change its numbers: optimisers, models. */
#ifndef DSC_GRAPH_SESSION_H
#define DSC_GRAPH_SESSION_H

#include "graph/program.h"

struct dsc_session {
    const dsc_graph *graph;
    dsc_executor_options options;
    dsc_executor *executor;
    dsc_real *values, *gradients; /* slabs, see graph.h; gradients are complete after a run */
    uint64_t seed;
    bool has_run;
    uint64_t runs;                           /* so many */
    const uint32_t *samples;                 /* of the next run; NULL: 0, 1, ... */
    const dsc_node *inputs[DSC_INPUTS_MOST]; /* in the order of their making */
    const dsc_real *data[DSC_INPUTS_MOST];
    size_t input_count;
};

#endif
