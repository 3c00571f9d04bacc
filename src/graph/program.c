/* SPDX-License-Identifier: MIT */
/* program.c: making and freeing programs and workspaces. */
#include "graph/program.h"

#include "base/error.h"
#include "base/memory.h"
#include "graph/forms.h"
#include "kernel/choose.h"

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
        return dsc_fail(error, DSC_ERROR_ARGUMENT, "a program needs a batch and lanes of at least 1");
    bool goes_back = options->training || options->input_gradient;
    if (goes_back && (!options->loss || !dsc_node_is_sampled(options->loss) ||
                      dsc_shape_count(&options->loss->shape) != 1))
        return dsc_fail(error, DSC_ERROR_ARGUMENT,
                        "gradients need a loss: a node with one number for each sample");
    return DSC_OK;
}

/* bfloat16 has 8 bits. */
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
    program->options.bf16 = options->bf16 && !has_whole_numbers(graph);
    if (!program->options.kernels) program->options.kernels = dsc_kernels_auto();
    if (program->options.lanes > options->batch) program->options.lanes = (unsigned)options->batch;
    program->lane_samples = (options->batch + program->options.lanes - 1) / program->options.lanes;
    program->places = dsc_allocate(graph->count, sizeof *program->places);
    status =
        program->places ? dsc_schedule(program, error) : dsc_fail_memory(error, graph->count, "a program");
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

size_t dsc_program_workspace_bytes(const dsc_program *program, unsigned workers) {
    return aligned(workers * program->worker_bytes) + aligned(program->options.lanes * program->lane_bytes) +
           aligned(program->global_bytes) + aligned(program->lane_saved_bytes) +
           aligned(workers * program->scratch_bytes) +
           aligned(program->contribution_numbers * sizeof(dsc_real)) +
           aligned(program->options.batch * sizeof(uint32_t));
}

dsc_status dsc_program_workspace_create(dsc_program_workspace **result, const dsc_program *program,
                                        unsigned workers, dsc_error *error) {
    *result = NULL;
    if (!workers) workers = 1;
    size_t bytes = dsc_program_workspace_bytes(program, workers);
    dsc_program_workspace *workspace = dsc_allocate(1, sizeof *workspace);
    if (workspace) workspace->memory = dsc_allocate_aligned(1, bytes);
    if (!workspace || !workspace->memory) {
        free(workspace);
        return dsc_fail_memory(error, bytes, "the values of a batch; choose a smaller batch");
    }
    /* Zeroed now, so that no run meets a page for the first time. */
    memset(workspace->memory, 0, bytes);
    workspace->program = program;
    workspace->workers = workers;
    unsigned char *next = workspace->memory;
    workspace->worker = next;
    workspace->lane = next += aligned(workers * program->worker_bytes);
    workspace->global = next += aligned(program->options.lanes * program->lane_bytes);
    workspace->lane_saved = next += aligned(program->global_bytes);
    workspace->scratch = next += aligned(program->lane_saved_bytes);
    next += aligned(workers * program->scratch_bytes);
    workspace->contributions = (dsc_real *)(void *)next;
    next += aligned(program->contribution_numbers * sizeof(dsc_real));
    workspace->numbers = (uint32_t *)(void *)next;
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
