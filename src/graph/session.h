/* SPDX-License-Identifier: MIT */
/* session.h: the internals of a session, for code that changes its values: optimisers and models. */
#ifndef DSC_GRAPH_SESSION_H
#define DSC_GRAPH_SESSION_H

#include "graph/program.h"

struct dsc_session {
    const dsc_graph *graph;
    dsc_executor_options options;
    dsc_executor *executor;
    dsc_real *values, *gradients; /* owned slabs, see graph.h; gradients are complete after a run */
    uint64_t seed;
    bool has_run;
    uint64_t runs;                           /* number of runs so far */
    const uint32_t *samples;                 /* of the next run; NULL: 0, 1, ... */
    const dsc_node *inputs[DSC_INPUTS_MOST]; /* in order of creation */
    const dsc_real *data[DSC_INPUTS_MOST];
    size_t input_count;
};

#endif
