/* SPDX-License-Identifier: MIT */
/* executor.c: a program with its memory and threads on the processors of this machine; see executor.h. */
#include "graph/executor.h"

#include "base/error.h"
#include "base/memory.h"
#include "graph/program.h"

#include <stdlib.h>
#include <string.h>

struct dsc_executor {
    const dsc_program *program;
    dsc_program_workspace *workspace;
    void *shared;
    dsc_threads *pool; /* NULL: only the calling thread */
    /* owned, and freed with the executor */
    dsc_program *own_program;
    void *own_shared;
    dsc_threads *own_pool;
};

static dsc_status make_shared(dsc_executor *e, dsc_error *error) {
    /* Neither empty nor uninitialised: a vector load may extend into the gap after an operand. */
    const size_t bytes = dsc_program_shared_bytes(e->program) + DSC_ALIGNMENT;
    e->shared = e->own_shared = dsc_allocate_aligned(1, bytes);
    if (!e->shared) return dsc_fail_memory(error, bytes, "packed weights");
    memset(e->shared, 0, bytes);
    return DSC_OK;
}

static dsc_status make(dsc_executor *e, const dsc_graph *graph, const dsc_executor_options *options,
                       dsc_error *error) {
    dsc_status status = dsc_program_create(&e->own_program, graph, options, error);
    e->program = e->own_program;
    if (!status)
        status = dsc_program_workspace_create(&e->workspace, e->program, dsc_threads_count(e->pool), error);
    return status ? status : make_shared(e, error);
}

static dsc_status begin(dsc_executor **e, dsc_error *error) {
    *e = dsc_allocate(1, sizeof **e);
    return *e ? DSC_OK : dsc_fail_memory(error, sizeof **e, "an executor");
}

static dsc_status make_threads(dsc_executor *e, unsigned threads, dsc_error *error) {
    if (threads == 1) return DSC_OK;
    dsc_status status = dsc_threads_create(&e->own_pool, threads, error);
    e->pool = e->own_pool;
    return status;
}

/* Hands the executor to the caller, or frees it on failure. */
static dsc_status finish(dsc_executor **result, dsc_executor *e, dsc_status status) {
    if (status)
        dsc_executor_free(e);
    else
        *result = e;
    return status;
}

dsc_status dsc_executor_create(dsc_executor **result, const dsc_graph *graph,
                               const dsc_executor_options *options, unsigned threads, dsc_error *error) {
    *result = NULL;
    dsc_executor *e;
    dsc_status status = begin(&e, error);
    if (status) return status;
    status = make_threads(e, threads, error);
    if (!status) status = make(e, graph, options, error);
    return finish(result, e, status);
}

dsc_status dsc_executor_create_beside(dsc_executor **result, const dsc_executor *other,
                                      const dsc_graph *graph, const dsc_executor_options *options,
                                      dsc_error *error) {
    *result = NULL;
    dsc_executor *e;
    dsc_status status = begin(&e, error);
    if (status) return status;
    e->pool = other->pool;
    return finish(result, e, make(e, graph, options, error));
}

dsc_status dsc_executor_share(dsc_executor **result, const dsc_executor *other, unsigned threads,
                              dsc_error *error) {
    *result = NULL;
    dsc_executor *e;
    dsc_status status = begin(&e, error);
    if (status) return status;
    e->program = other->program;
    e->shared = other->shared;
    status = make_threads(e, threads, error);
    if (!status)
        status = dsc_program_workspace_create(&e->workspace, e->program, dsc_threads_count(e->pool), error);
    return finish(result, e, status);
}

void dsc_executor_free(dsc_executor *e) {
    if (!e) return;
    dsc_program_workspace_free(e->workspace);
    dsc_program_free(e->own_program);
    dsc_threads_free(e->own_pool);
    free(e->own_shared);
    free(e);
}

dsc_status dsc_executor_run(dsc_executor *e, const dsc_run *run, dsc_error *error) {
    return dsc_program_run(e->program, e->workspace, e->shared, e->pool, run, error);
}

void dsc_executor_prepare(dsc_executor *e, dsc_real *values) {
    const dsc_run run = {.count = 1, .values = values};
    dsc_program_prepare(e->program, e->workspace, e->shared, e->pool, &run);
}

void dsc_executor_here(const dsc_executor *e, size_t count, size_t *first, size_t *last) {
    dsc_program_here(e->program, count, first, last);
}

void dsc_executor_shards(const dsc_executor *e, unsigned *first, unsigned *last) {
    dsc_program_shards(e->program, first, last);
}

void dsc_executor_gather(const dsc_executor *e, dsc_real *gradients, size_t begin, size_t end) {
    dsc_program_gather(e->program, e->workspace, gradients, begin, end);
}

size_t dsc_executor_gradient_columns(const dsc_executor *e, const dsc_node *parameter) {
    return dsc_program_gradient_columns(e->program, parameter);
}

dsc_status dsc_executor_check_count(const dsc_executor *e, size_t count, dsc_error *error) {
    return dsc_program_check_count(e->program, count, error);
}

const dsc_real *dsc_executor_value(const dsc_executor *e, const dsc_node *node) {
    return dsc_program_workspace_value(e->workspace, node);
}

const dsc_real *dsc_executor_input_gradient(const dsc_executor *e) {
    return dsc_program_workspace_input_gradient(e->workspace);
}

bool dsc_executor_reads(const dsc_executor *e, const dsc_node *input) {
    return dsc_program_reads(e->program, input);
}

bool dsc_executor_plan_line(const dsc_executor *e, size_t i, dsc_plan_line *line) {
    return dsc_program_plan_line(e->program, i, line);
}

size_t dsc_executor_bytes(const dsc_executor *e) {
    return dsc_program_workspace_bytes(e->program, dsc_threads_count(e->pool)) +
           (e->own_shared ? dsc_program_shared_bytes(e->program) : 0);
}

unsigned dsc_executor_threads(const dsc_executor *e) { return dsc_threads_count(e->pool); }
dsc_threads *dsc_executor_pool(const dsc_executor *e) { return e->pool; }
