/* SPDX-License-Identifier: MIT */
/* program.c: creates and frees programs and workspaces. */
#include "graph/program.h"

#include "base/error.h"
#include "base/memory.h"
#include "graph/forms.h"
#include "kernel/choose.h"
#include "ranks/ranks.h"

#include <stdlib.h>
#include <string.h>

static dsc_status check_options(const dsc_graph *graph, const dsc_executor_options *options,
                                dsc_error *error) {
    size_t inputs = 0;
    for (size_t i = 0; i < graph->count; i++) inputs += graph->nodes[i]->kind == DSC_NODE_INPUT;
    if (inputs > DSC_INPUTS_MOST)
        return dsc_fail(error, DSC_ERROR_UNSUPPORTED, "a graph has at most %d inputs, found %zu",
                        DSC_INPUTS_MOST, inputs);
    if (!options->batch || !options->lanes || options->kept_count > DSC_KEPT_MOST)
        return dsc_fail(error, DSC_ERROR_ARGUMENT, "batch and lanes of a program must be at least 1");
    bool goes_back = options->training || options->input_gradient;
    if (goes_back && (!options->loss || !dsc_node_is_sampled(options->loss) ||
                      dsc_shape_count(&options->loss->shape) != 1))
        return dsc_fail(error, DSC_ERROR_ARGUMENT,
                        "gradients need a loss: a node with one number per sample");
    return DSC_OK;
}

/* Which shards this process has. */
static dsc_status take_shards(dsc_program *program, dsc_error *error) {
    const unsigned shards = program->options.shards ? program->options.shards : 1,
                   rank = dsc_ranks_own(program->options.ranks),
                   count = dsc_ranks_count(program->options.ranks);
    if (shards & (shards - 1) || !count || count & (count - 1) || count > shards || rank >= count)
        return dsc_fail(error, DSC_ERROR_ARGUMENT,
                        "process %u of %u, and %u shards: both numbers must be powers of two, and there may "
                        "not be more processes than shards",
                        rank, count, shards);
    program->shards = shards;
    program->first_shard = shards / count * rank;
    program->last_shard = shards / count * (rank + 1);
    program->shard_samples = (program->options.batch + shards - 1) / shards;
    program->here_samples = (program->options.batch + count - 1) / count;
    program->parameter_numbers = program->options.training ? dsc_graph_parameter_numbers(program->graph) : 0;
    return DSC_OK;
}

/* Buffers are for the whole batch to change. */
static dsc_status check_shards(const dsc_program *program, dsc_error *error) {
    for (size_t i = 0; program->shards > 1 && i < program->graph->count; i++) {
        const dsc_node *node = program->graph->nodes[i];
        const dsc_needs *needs = &program->places[i].needs;
        bool changes = false;
        for (size_t k = 0; node->kind == DSC_NODE_OP && needs->training && k < node->input_count; k++)
            changes = changes || node->inputs[k]->kind == DSC_NODE_BUFFER;
        for (const dsc_stage *stage = needs->forward; changes && stage && stage->kind != DSC_STAGE_END;
             stage++)
            if (stage->kind == DSC_STAGE_TILES)
                return dsc_fail(error, DSC_ERROR_UNSUPPORTED,
                                "node %zu, %s: the op has buffers and a stage of kind TILES, which sees one "
                                "shard of a batch; with more than one shard it needs a stage of kind TOTALS",
                                i, node->op->name);
    }
    return DSC_OK;
}

/* Integer networks need more than the 8 bits of bfloat16, and sums without fractions. */
static bool has_whole_numbers(const dsc_graph *graph) {
    for (size_t i = 0; i < graph->count; i++)
        if (graph->nodes[i]->kind == DSC_NODE_OP && graph->nodes[i]->op->flags & DSC_OP_WHOLE) return true;
    return false;
}

dsc_status dsc_program_create(dsc_program **result, const dsc_graph *graph,
                              const dsc_executor_options *options, dsc_error *error) {
    *result = NULL;
    dsc_status status = dsc_graph_check(graph, error);
    if (!status) status = check_options(graph, options, error);
    if (status) return status;
    dsc_program *program = dsc_allocate(1, sizeof *program);
    if (!program) return dsc_fail_memory(error, sizeof *program, "a program");
    program->graph = graph;
    program->options = *options;
    program->exact = has_whole_numbers(graph);
    program->options.bf16 = options->bf16 && !program->exact;
    if (!program->options.kernels) program->options.kernels = dsc_kernels_auto();
    status = take_shards(program, error);
    if (status) {
        dsc_program_free(program);
        return status;
    }
    const size_t most = program->shard_samples;
    if (program->options.lanes > most) program->options.lanes = (unsigned)most;
    program->lane_samples = (most + program->options.lanes - 1) / program->options.lanes;
    program->places = dsc_allocate(graph->count, sizeof *program->places);
    status =
        program->places ? dsc_schedule(program, error) : dsc_fail_memory(error, graph->count, "a program");
    if (!status) status = check_shards(program, error);
    if (!status) status = dsc_program_check_count(program, options->batch, error);
    if (!status) status = dsc_memory_plan(program, error);
    if (status) {
        dsc_program_free(program);
        return status;
    }
    *result = program;
    return DSC_OK;
}

void dsc_program_free(dsc_program *program) {
    if (!program) return;
    for (size_t i = 0; program->places && i < program->graph->count; i++) {
        free(program->places[i].needs.plan);
        free(program->places[i].d_in);
        free(program->places[i].in_form);
        free(program->places[i].read);
        free(program->places[i].contribution);
    }
    free(program->places);
    free(program->slots);
    free(program->steps);
    free(program->segments);
    free(program->contributions);
    free(program);
}

bool dsc_program_reads(const dsc_program *program, const dsc_node *input) {
    return program->places[input->index].needed;
}

size_t dsc_program_shared_bytes(const dsc_program *program) { return program->shared_bytes; }

static size_t aligned(size_t bytes) { return (bytes + DSC_ALIGNMENT - 1) / DSC_ALIGNMENT * DSC_ALIGNMENT; }

/* The parts of a workspace's memory. */
typedef struct parts {
    size_t worker, lane, global, lane_saved, scratch, contributions, gradients, received, totals,
        totals_of_shards, numbers;
} parts;

static parts parts_of(const dsc_program *program, unsigned workers) {
    const size_t shards = dsc_program_shards_here(program), real = sizeof(dsc_real);
    const bool alone = shards == program->shards;
    return (parts){.worker = aligned(workers * program->worker_bytes),
                   .lane = aligned(shards * program->options.lanes * program->lane_bytes),
                   .global = aligned(program->global_bytes),
                   .lane_saved = aligned(shards * program->lane_saved_bytes),
                   .scratch = aligned(workers * program->scratch_bytes),
                   .contributions = aligned(shards * program->contribution_numbers * real),
                   .gradients = aligned((shards - 1) * program->parameter_numbers * real),
                   .received = alone ? 0 : aligned((program->parameter_numbers + 1) / 2 * real),
                   .totals = aligned(program->totals * sizeof(double)),
                   .totals_of_shards = aligned(shards * program->totals * sizeof(double)),
                   .numbers = aligned(program->options.batch * sizeof(uint32_t))};
}

/* In double, which does not overflow. */
static double bytes_in_all(const dsc_program *program, unsigned workers) {
    const double shards = (double)dsc_program_shards_here(program), real = sizeof(dsc_real);
    const double worker = (double)program->worker_bytes + (double)program->scratch_bytes;
    const double lanes = (double)program->options.lanes * (double)program->lane_bytes;
    const double sums = (double)program->contribution_numbers + (double)program->parameter_numbers;
    return workers * worker + (double)program->global_bytes +
           shards * (lanes + (double)program->lane_saved_bytes + sums * real + (double)program->totals * 8) +
           (double)program->options.batch * sizeof(uint32_t);
}

size_t dsc_program_workspace_bytes(const dsc_program *program, unsigned workers) {
    const parts p = parts_of(program, workers);
    return p.worker + p.lane + p.global + p.lane_saved + p.scratch + p.contributions + p.gradients +
           p.received + 2 * p.totals + p.totals_of_shards + p.numbers;
}

dsc_status dsc_program_workspace_create(dsc_program_workspace **result, const dsc_program *program,
                                        unsigned workers, dsc_error *error) {
    *result = NULL;
    if (!workers) workers = 1;
    const bool possible = bytes_in_all(program, workers) < (double)SIZE_MAX / 2;
    const size_t bytes = possible ? dsc_program_workspace_bytes(program, workers) : SIZE_MAX;
    dsc_program_workspace *workspace = dsc_allocate(1, sizeof *workspace);
    if (workspace && possible) workspace->memory = dsc_allocate_aligned(1, bytes);
    if (!workspace || !workspace->memory) {
        free(workspace);
        return dsc_fail_memory(error, bytes, "the values of a batch; choose a smaller batch");
    }
    /* Zeroed now, so that no run causes a page fault. */
    memset(workspace->memory, 0, bytes);
    workspace->program = program;
    workspace->workers = workers;
    const parts p = parts_of(program, workers);
    unsigned char *next = workspace->memory;
    workspace->worker = next;
    workspace->lane = next += p.worker;
    workspace->global = next += p.lane;
    workspace->lane_saved = next += p.global;
    workspace->scratch = next += p.lane_saved;
    workspace->contributions = (dsc_real *)(void *)(next += p.scratch);
    workspace->gradients = (dsc_real *)(void *)(next += p.contributions);
    workspace->received = (dsc_real *)(void *)(next += p.gradients);
    workspace->totals = (double *)(void *)(next += p.received);
    workspace->totals_received = (double *)(void *)(next += p.totals);
    workspace->totals_of_shards = (double *)(void *)(next += p.totals);
    workspace->numbers = (uint32_t *)(void *)(next + p.totals_of_shards);
    for (size_t i = 0; i < program->options.batch; i++) workspace->numbers[i] = (uint32_t)i;
    *result = workspace;
    return DSC_OK;
}

void dsc_program_workspace_free(dsc_program_workspace *workspace) {
    if (!workspace) return;
    free(workspace->memory);
    free(workspace);
}

/* --- the plan, for people --- */

static const char *pass_name(dsc_step_kind kind) {
    static const char *const names[] = {
        [DSC_STEP_LOAD] = "load",      [DSC_STEP_PREPARE] = "prepare",   [DSC_STEP_FORWARD] = "forward",
        [DSC_STEP_SEED] = "seed",      [DSC_STEP_BACKWARD] = "backward", [DSC_STEP_ADD] = "add",
        [DSC_STEP_CONVERT] = "convert"};
    return names[kind];
}

static const char *segment_name(const dsc_program *program, size_t step) {
    static const char *const names[] = {
        [DSC_SEGMENT_LANES] = "samples", [DSC_SEGMENT_TILES] = "tiles", [DSC_SEGMENT_COLUMNS] = "columns"};
    size_t i = 0;
    while (step >= program->segments[i].end) i++;
    return names[program->segments[i].kind];
}

bool dsc_program_plan_line(const dsc_program *program, size_t i, dsc_plan_line *line) {
    if (i >= program->step_count) return false;
    const dsc_step *step = &program->steps[i];
    const dsc_node *node = step->value                   ? step->value
                           : step->kind == DSC_STEP_SEED ? program->options.loss
                                                         : step->node;
    const dsc_form form = step->value ? step->to_form
                          : node      ? program->places[node->index].form
                                      : DSC_FORM_REALS;
    *line = (dsc_plan_line){.pass = pass_name(step->kind),
                            .node = node,
                            .form = dsc_form_name(form),
                            .bytes = node ? dsc_form_bytes(form, &node->shape) : 0,
                            .shared_by = segment_name(program, i)};
    return true;
}
