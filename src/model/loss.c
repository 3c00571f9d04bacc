/* SPDX-License-Identifier: MIT */
/* loss.c: from the text of a loss to the op at the end of the graph. Any op flagged DSC_OP_LOSS is one. */
#include "model/model.h"

#include "base/error.h"
#include "base/memory.h"
#include "base/spec.h"
#include "op/op.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LOSSES_MOST = 32 };

static dsc_status fail_unknown(const char *text, size_t column, const char *name, dsc_error *error) {
    const char *names[LOSSES_MOST];
    dsc_text list = {0};
    size_t count = 0;
    for (const dsc_op *const *op = dsc_ops; *op && count < LOSSES_MOST; op++) {
        if (!((*op)->flags & DSC_OP_LOSS)) continue;
        dsc_text_append(&list, "%s%s", count ? ", " : "", (*op)->name);
        names[count++] = (*op)->name;
    }
    const char *nearest = dsc_nearest_name(name, names, count);
    dsc_status status =
        nearest ? dsc_spec_fail(error, text, column, "unknown loss '%s'; did you mean '%s'?", name, nearest)
                : dsc_spec_fail(error, text, column, "unknown loss '%s'; there are: %s", name,
                                list.data ? list.data : "none");
    dsc_text_free(&list);
    return status;
}

/* Class weights are a buffer, so that they are saved with the model; they stand before the target. */
static dsc_status apply(dsc_node **loss, dsc_node *logits, dsc_node *target, const dsc_op *op,
                        const char *text, const void *values, bool weighted, dsc_error *error) {
    dsc_graph *graph = dsc_node_graph(logits);
    if (weighted && op->most_inputs < 3)
        return dsc_fail(error, DSC_ERROR_ARGUMENT,
                        "the loss '%s' takes no class weights; leave them out, or use softmax-cross-entropy",
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
    const char *next = text;
    char name[64], thing[80];
    *loss = NULL;
    dsc_status status = dsc_spec_read(&spec, &next, text, ",|()", error);
    if (status) return status;
    if (*next)
        return dsc_spec_fail(error, text, (size_t)(next - text) + 1,
                             "expected one loss, found '%c' behind it", *next);
    (void)snprintf(name, sizeof name, "%.*s", spec.name_length < 63 ? (int)spec.name_length : 63, spec.name);
    const dsc_op *op = dsc_op_find(name);
    if (!op || !(op->flags & DSC_OP_LOSS)) return fail_unknown(text, spec.column, name, error);
    void *values = dsc_allocate(1, op->values_size);
    if (!values) return dsc_fail_memory(error, op->values_size, "a loss");
    (void)snprintf(thing, sizeof thing, "loss %s", name);
    status = dsc_spec_apply(&spec, text, thing, op->params, 0, values, error);
    if (!status) status = apply(loss, logits, target, op, text, values, weighted, error);
    dsc_params_free(op->params, values);
    free(values);
    return status;
}
