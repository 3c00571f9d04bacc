/* SPDX-License-Identifier: MIT */
/* loss.c: builds the op at the end of the graph from a loss's text. Every op with the flag DSC_OP_LOSS is a
 * loss. */
#include "model/model.h"

#include "base/error.h"
#include "base/spec.h"
#include "op/op.h"

/* Class weights are a buffer, so that they are saved with the model; this input precedes the target. */
static dsc_status apply(dsc_node **loss, dsc_node *logits, dsc_node *target, const dsc_op *op,
                        const char *text, const void *values, bool weighted, dsc_error *error) {
    dsc_graph *graph = dsc_node_graph(logits);
    if (weighted && op->most_inputs < 3)
        return dsc_fail(error, DSC_ERROR_ARGUMENT,
                        "the loss '%s' takes no class weights; omit them, or use softmax-cross-entropy",
                        op->name);
    if (!dsc_graph_begin_layer(graph, "loss")) {
        dsc_node *inputs[3] = {logits, target, target};
        if (weighted) inputs[1] = dsc_buffer(graph, DSC_CLASS_WEIGHTS, *dsc_node_shape(logits), 1);
        *loss = dsc_apply(op, inputs, weighted ? 3 : 2, values);
    }
    dsc_graph_begin_layer(graph, NULL);
    dsc_status status = dsc_graph_check(graph, error);
    if (!status && dsc_shape_count(&(*loss)->shape) != 1)
        return dsc_spec_fail(error, text, 1, "the loss must be one number for each image");
    return status;
}

dsc_status dsc_loss_build(dsc_node **loss, dsc_node *logits, dsc_node *target, const char *text,
                          bool weighted, dsc_error *error) {
    dsc_spec spec;
    const dsc_row *row;
    const char *next = text;
    void *values;
    *loss = NULL;
    dsc_status status = dsc_spec_read(&spec, &next, text, ",|()", error);
    if (status) return status;
    if (*next)
        return dsc_spec_fail(error, text, (size_t)(next - text) + 1, "expected one loss, found '%c' after it",
                             *next);
    status = dsc_spec_choose(&row, &values, &spec, text, &dsc_loss_registry, error);
    if (!status) status = apply(loss, logits, target, dsc_op_of_row(row), text, values, weighted, error);
    dsc_row_release(row, values);
    return status;
}
