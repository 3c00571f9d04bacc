/* SPDX-License-Identifier: MIT */
/* session.c: the public interface to run a graph: an executor and the slabs of values and gradients. */
#include "graph/session.h"
#include "base/error.h"
#include "base/memory.h"
#include "base/options.h"
#include "kernel/choose.h"

#include <stdlib.h>
#include <string.h>

void dsc_session_options_initialise(dsc_session_options *options, size_t size) {
    const dsc_session_options own = {.size = sizeof(dsc_session_options),
                                     .batch = 1,
                                     .lanes = 8,
                                     .threads = 1,
                                     .seed = 1,
                                     .precision = "f32"};
    dsc_options_give(options, size, &own, sizeof own);
}

/* --- creating --- */

/* Checks that the node is a sample value of this graph. */
static dsc_status check_node(const dsc_graph *graph, const dsc_node *node, const char *what,
                             dsc_error *error) {
    if (node->graph != graph)
        return dsc_fail(error, DSC_ERROR_ARGUMENT, "%s is a node of another graph", what);
    if (!dsc_node_is_sampled(node))
        return dsc_fail(error, DSC_ERROR_ARGUMENT, "%s must be a value per sample, not a parameter", what);
    return DSC_OK;
}

static dsc_status executor_options(dsc_executor_options *out, const dsc_graph *graph,
                                   const dsc_session_options *options, dsc_error *error) {
    dsc_status status = dsc_graph_check(graph, error);
    if (!status && options->loss) status = check_node(graph, options->loss, "the loss", error);
    if (!status && options->saliency)
        status = check_node(graph, options->saliency, "the saliency input", error);
    if (!status && options->saliency && options->saliency->kind != DSC_NODE_INPUT)
        status = dsc_fail(error, DSC_ERROR_ARGUMENT, "saliency must be the gradient of an input");
    *out = (dsc_executor_options){.batch = options->batch,
                                  .lanes = options->lanes,
                                  .training = options->training,
                                  .loss = options->loss,
                                  .input_gradient = options->saliency};
    dsc_kernels_choice choice = {.kernels = NULL};
    if (!status) status = dsc_kernels_choose(&choice, options->kernels, error);
    if (!status) status = dsc_precision_choose(&out->bf16, options->precision, &choice, error);
    out->kernels = choice.kernels;
    for (size_t i = 0; !status && i < DSC_KEPT_MOST && options->kept[i]; i++) {
        status = check_node(graph, options->kept[i], "a kept value", error);
        if (options->kept[i] != options->loss) out->kept[out->kept_count++] = options->kept[i];
    }
    if (status) return status;
    if (options->loss) {
        if (out->kept_count == DSC_KEPT_MOST)
            return dsc_fail(error, DSC_ERROR_ARGUMENT, "at most %d values can be kept besides the loss",
                            DSC_KEPT_MOST - 1);
        out->kept[out->kept_count++] = options->loss;
    }
    if (!out->kept_count)
        return dsc_fail(error, DSC_ERROR_ARGUMENT, "no result is requested; name a loss, or values to keep");
    return DSC_OK;
}

static dsc_status allocate(dsc_session *session, dsc_error *error) {
    size_t numbers = dsc_graph_value_numbers(session->graph) + 1; /* one more, so that it is never empty */
    session->values = dsc_allocate_aligned(numbers, sizeof(dsc_real));
    session->gradients = dsc_allocate_aligned(numbers, sizeof(dsc_real));
    if (!session->values || !session->gradients)
        return dsc_fail_memory(error, numbers * 2 * sizeof(dsc_real), "parameters and gradients");
    memset(session->gradients, 0, numbers * sizeof(dsc_real));
    dsc_graph_initialise(session->graph, session->values, session->seed);
    return DSC_OK;
}

dsc_status dsc_session_create(dsc_session **result, const dsc_graph *graph, const dsc_session_options *given,
                              dsc_error *error) {
    *result = NULL;
    dsc_session_options own = dsc_session_options_defaults();
    const dsc_session_options *options = &own;
    dsc_executor_options how;
    dsc_status status = DSC_OPTIONS_TAKE(&own, given, dsc_session_options, batch, error);
    if (!status) status = executor_options(&how, graph, options, error);
    if (status) return status;
    dsc_session *session = dsc_allocate(1, sizeof *session);
    if (!session) return dsc_fail_memory(error, sizeof *session, "a session");
    session->graph = graph;
    session->seed = options->seed;
    session->options = how;
    status = dsc_executor_create(&session->executor, graph, &how, options->threads, error);
    if (!status) status = allocate(session, error);
    if (status) {
        dsc_session_free(session);
        return status;
    }
    for (size_t i = 0; i < graph->count; i++)
        if (graph->nodes[i]->kind == DSC_NODE_INPUT)
            session->inputs[session->input_count++] = graph->nodes[i];
    *result = session;
    return DSC_OK;
}

void dsc_session_free(dsc_session *session) {
    if (!session) return;
    dsc_executor_free(session->executor);
    free(session->values);
    free(session->gradients);
    free(session);
}

/* --- running --- */

dsc_real *dsc_session_parameter(dsc_session *session, const dsc_node *node) {
    const bool held = node->graph == session->graph && dsc_node_has_numbers(node);
    return held ? session->values + node->offset : NULL;
}

dsc_status dsc_session_set_input(dsc_session *session, const dsc_node *input, const dsc_real *data,
                                 dsc_error *error) {
    for (size_t i = 0; i < session->input_count; i++) {
        if (session->inputs[i] != input) continue;
        session->data[i] = data;
        return DSC_OK;
    }
    return dsc_fail(error, DSC_ERROR_ARGUMENT, "not an input of the session's graph");
}

void dsc_session_set_samples(dsc_session *session, const uint32_t *samples) { session->samples = samples; }

static void load(void *context, dsc_real *const *inputs, size_t first, size_t count, unsigned worker) {
    (void)worker;
    const dsc_session *session = context;
    for (size_t i = 0; i < session->input_count; i++) {
        size_t each = dsc_shape_count(&session->inputs[i]->shape);
        if (inputs[i]) memcpy(inputs[i], session->data[i] + first * each, count * each * sizeof(dsc_real));
    }
}

dsc_status dsc_session_run(dsc_session *session, size_t count, uint64_t step, dsc_error *error) {
    for (size_t i = 0; i < session->input_count; i++)
        if (!session->data[i] && dsc_executor_reads(session->executor, session->inputs[i]))
            return dsc_fail(error, DSC_ERROR_ARGUMENT, "input '%s' has no data; call dsc_session_set_input",
                            session->inputs[i]->name);
    const dsc_run run = {.count = count,
                         .load = load,
                         .context = session,
                         .seed = session->seed,
                         .epoch = step,
                         .samples = session->samples,
                         .values = session->values,
                         .gradients = session->gradients};
    dsc_status status = dsc_executor_run(session->executor, &run, error);
    if (status) return status;
    session->has_run = true;
    session->runs++;
    if (session->options.training)
        dsc_executor_gather(session->executor, session->gradients, 0,
                            dsc_graph_parameter_numbers(session->graph));
    return DSC_OK;
}

const dsc_real *dsc_session_value(const dsc_session *session, const dsc_node *node) {
    const dsc_executor_options *options = &session->options;
    for (size_t i = 0; i < options->kept_count && session->has_run; i++)
        if (options->kept[i] == node) return dsc_executor_value(session->executor, node);
    return NULL;
}

const dsc_real *dsc_session_gradient(const dsc_session *session, const dsc_node *node) {
    const dsc_executor_options *options = &session->options;
    if (!session->has_run) return NULL;
    if (node == options->input_gradient) return dsc_executor_input_gradient(session->executor);
    bool parameter = node->graph == session->graph && node->kind == DSC_NODE_PARAMETER && !node->frozen;
    return parameter && options->training ? session->gradients + node->offset : NULL;
}
