/* SPDX-License-Identifier: MIT */
/*
 * program.h: a graph made ready to run: what is called when (the schedule) and where everything lies (the
 * memory plan). A program is immutable; many threads may run one, each with a workspace of its own. For this
 * room alone: others run graphs by executor.h.
 *
 * Order. Load the inputs; forward in the order of the nodes; backward in the reverse order, starting from
 * 1/batch (or `loss_scale`) for each sample's loss. The calls are grouped into segments: in a LANES segment
 * every lane goes through all its calls without waiting for the others, so that a lane's values stay in its
 * core's cache; in a TILES segment independent tiles are shared out. Where all that read input 0 do so by
 * blocks of its columns (dsc_needs.columns), a COLUMNS segment loads each block and multiplies it without
 * waiting for the others: a thread keeps its pixels, its part of the weight, and in the backward pass that
 * part's gradient. Between segments all threads meet. Stages that only make gradients of parameters are put
 * off to one TILES segment at the end.
 *
 * Memory. A value that a TILES stage touches, or that is asked for, lies in the global arena, whole batch
 * contiguous. One that lives in a single segment lies in the worker's arena; the others in the lane's.
 * Values whose lives do not overlap share their place.
 *
 * Shards. A batch may be cut into shards, each with lanes, sums and a gradient of its own; a segment runs for
 * all shards of this process before the next begins. What they made is added along a tree: before a stage of
 * kind TOTALS what it asks for, and in the end the gradient. With several processes each has neighbouring
 * shards, so that it makes a branch of that tree, and the last sums are exchanged (ranks/ranks.h). */
#ifndef DSC_GRAPH_PROGRAM_H
#define DSC_GRAPH_PROGRAM_H

#include "graph/executor.h"

enum { DSC_INPUTS_MOST = 16, DSC_OUTPUTS_MOST = 4 };

typedef struct dsc_program dsc_program;
typedef struct dsc_program_workspace dsc_program_workspace;

dsc_status dsc_program_create(dsc_program **program, const dsc_graph *graph,
                              const dsc_executor_options *options, dsc_error *error);
void dsc_program_free(dsc_program *program);

/* Creates a workspace for at most `workers` concurrent threads. This allocates everything; a run allocates
 * nothing. */
dsc_status dsc_program_workspace_create(dsc_program_workspace **workspace, const dsc_program *program,
                                        unsigned workers, dsc_error *error);
void dsc_program_workspace_free(dsc_program_workspace *workspace);
size_t dsc_program_workspace_bytes(const dsc_program *program, unsigned workers);

/* Bytes of the data that ops derive from parameters alone (packed weights); all workspaces with the same
 * values share it. */
size_t dsc_program_shared_bytes(const dsc_program *program);

/* Whether a requested value depends on this input. */
bool dsc_program_reads(const dsc_program *program, const dsc_node *input);

/* Fails as a run of `count` samples would: an op may need more than one sample (batch normalisation, in
 * training). */
dsc_status dsc_program_check_count(const dsc_program *program, size_t count, dsc_error *error);

/* See dsc_executor_here and dsc_executor_shards. */
void dsc_program_here(const dsc_program *program, size_t count, size_t *first, size_t *last);
void dsc_program_shards(const dsc_program *program, unsigned *first, unsigned *last);

/* Fails as dsc_executor_run does. `shared`: dsc_program_shared_bytes, 64-byte aligned. */
dsc_status dsc_program_run(const dsc_program *program, dsc_program_workspace *workspace, void *shared,
                           dsc_threads *pool, const dsc_run *run, dsc_error *error);

/* See dsc_executor_plan_line. */
bool dsc_program_plan_line(const dsc_program *program, size_t i, dsc_plan_line *line);

/* Computes `shared` from the parameters, for inference. */
void dsc_program_prepare(const dsc_program *program, dsc_program_workspace *workspace, void *shared,
                         dsc_threads *pool, const dsc_run *run);

/* See dsc_executor_gradient_columns. */
size_t dsc_program_gradient_columns(const dsc_program *program, const dsc_node *parameter);

/* After a training run: completes gradients[begin .. end) of the slab with what lanes made apart, added
 * along the tree of tree.h; see dsc_executor_gather. What lanes made is used up: each number is completed
 * once. Disjoint ranges may be completed by different threads. */
void dsc_program_gather(const dsc_program *program, dsc_program_workspace *workspace, dsc_real *gradients,
                        size_t begin, size_t end);

/* The value of a kept node, (count, shape), valid until the next run. */
const dsc_real *dsc_program_workspace_value(const dsc_program_workspace *workspace, const dsc_node *node);
/* The gradient of options.input_gradient, (count, shape). */
const dsc_real *dsc_program_workspace_input_gradient(const dsc_program_workspace *workspace);

#endif
