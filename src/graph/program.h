/* SPDX-License-Identifier: MIT */
/* program.h: a compiled graph: the order of calls (the schedule) and the address of every value (the memory
 * plan). A program is immutable; several threads may run it, each with its own workspace. Only this folder
 * uses it: others run graphs through executor.h.
 *
 * Order. Load the inputs; run forward in node order; run backward in reverse order, starting from 1/batch (or
 * `loss_scale`) as the gradient of each sample's loss. Calls are grouped into segments. In a LANES segment
 * every lane makes all its calls without waiting for the others, so its values stay in one core's cache. In a
 * TILES segment threads share independent tiles. If all readers of input 0 read it by blocks of columns
 * (dsc_needs.columns), a COLUMNS segment loads each block and multiplies it without waiting for the others: a
 * thread keeps its pixels, its part of the weight and, in the backward pass, the gradient of that part. All
 * threads synchronise between segments. Stages that only compute parameter gradients are deferred to one
 * TILES segment at the end.
 *
 * Memory. A value that a TILES stage accesses, or that is requested, lies in the global arena, contiguous
 * over the whole batch. A value that lives in a single segment lies in the worker's arena; any other value in
 * the lane's. Values whose lifetimes do not overlap share memory.
 *
 * Shards. A batch may be divided into shards, each with its own lanes, sums and gradient; a segment runs for
 * all shards of this process before the next begins. Results are added along a tree: before a TOTALS stage
 * the sums that it requests, and at the end the gradient. With several processes each has adjacent shards,
 * which form a branch of the tree, and the last sums are exchanged (ranks/ranks.h). */
#ifndef DSC_GRAPH_PROGRAM_H
#define DSC_GRAPH_PROGRAM_H

#include "graph/executor.h"

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

/* Runs the program. Fails as dsc_executor_run does. `shared` has dsc_program_shared_bytes bytes, aligned to
 * 64. */
dsc_status dsc_program_run(const dsc_program *program, dsc_program_workspace *workspace, void *shared,
                           dsc_threads *pool, const dsc_run *run, dsc_error *error);

/* See dsc_executor_plan_line. */
bool dsc_program_plan_line(const dsc_program *program, size_t i, dsc_plan_line *line);

/* Computes `shared` from the parameters, for inference. */
void dsc_program_prepare(const dsc_program *program, dsc_program_workspace *workspace, void *shared,
                         dsc_threads *pool, const dsc_run *run);

/* See dsc_executor_gradient_columns. */
size_t dsc_program_gradient_columns(const dsc_program *program, const dsc_node *parameter);

/* See dsc_executor_gather. Consumes the lanes' contributions. */
void dsc_program_gather(const dsc_program *program, dsc_program_workspace *workspace, dsc_real *gradients,
                        size_t begin, size_t end);

/* The value of a kept node, (count, shape), valid until the next run. */
const dsc_real *dsc_program_workspace_value(const dsc_program_workspace *workspace, const dsc_node *node);
/* The gradient of options.input_gradient, (count, shape). */
const dsc_real *dsc_program_workspace_input_gradient(const dsc_program_workspace *workspace);

#endif
