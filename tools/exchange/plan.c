/* SPDX-License-Identifier: MIT */
/* plan.c: converts a model to calls; see plan.h. plan_line.c parses the lines of ops, plan_memory.c assigns
 * memory. */
#include "exchange/plan.h"

#include "base/error.h"
#include "base/memory.h"
#include "exchange/plan_parts.h"
#include "graph/fold.h"
#include "model/model.h"
#include "op/op.h"
#include "op/tables.h"
#include "op/writing.h"
#include "quant/quantised.h"
#include "quant/rules.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

extern const dsc_op dsc_op_requantise;

/* --- the graph --- */

static dsc_status take_source(exchange_work *w, const dsc_op *op) {
    if (!op->c_source || (w->plan->sources.data && strstr(w->plan->sources.data, op->c_source)))
        return DSC_OK;
    exchange_functions_want_called(&w->plan->functions, op->c_source, strlen(op->c_source));
    dsc_text_append(&w->plan->sources, "%s\n", op->c_source);
    return w->plan->sources.failed ? dsc_fail_memory(w->error, strlen(op->c_source), "a model's source")
                                   : DSC_OK;
}

/* Adds the value of a node, with its storage type. */
static dsc_status add_value_of(exchange_work *w, const dsc_node *node) {
    exchange_type type = EXCHANGE_FLOATS;
    int from = 0;
    const dsc_whole *whole = w->whole ? &w->whole[node->index] : NULL;
    if (whole && whole->is_whole && w->node_is_whole) {
        type = EXCHANGE_WHOLES;
        if (whole->low >= 0 && whole->high <= 255)
            type = EXCHANGE_BYTES;
        else if (whole->high - whole->low <= 255)
            type = EXCHANGE_BYTES, from = (int)whole->low;
    }
    return exchange_plan_add_value(&w->value_of[node->index], w->plan, type, from,
                                   dsc_shape_count(&node->shape), w->error);
}

/* The requantise that follows the node and that its op can absorb: its only reader. */
static const dsc_node *requantise_after(const exchange_work *w, const dsc_node *node) {
    const dsc_node *found = NULL;
    /* Requantise uses the first dimension as channels; a matrix product has them last. */
    const bool apart = node->op->flags & DSC_OP_LINEAR && node->inputs[1]->shape.rank == 2;
    if (node == w->logits || (apart && node->shape.rank != 1)) return NULL;
    for (size_t i = node->index + 1; i < w->graph->count; i++)
        for (size_t k = 0; k < w->graph->nodes[i]->input_count; k++) {
            if (w->graph->nodes[i]->inputs[k] != node) continue;
            if (found || k || w->graph->nodes[i]->op != &dsc_op_requantise) return NULL;
            found = w->graph->nodes[i];
        }
    if (found && !w->needed[found->index]) return NULL;
    return found;
}

static bool all_inputs_whole(const exchange_work *w, const dsc_node *node) {
    if (!w->whole || !node->op->c_whole) return false;
    for (size_t i = 0; i < node->input_count; i++)
        if (!w->whole[node->inputs[i]->index].is_whole) return false;
    return true;
}

static dsc_status write_lines(dsc_writing *writing, exchange_work *w, const dsc_node *node) {
    const dsc_shape_rule at = {.values = node->values,
                               .input_count = node->input_count,
                               .in = node->in_shapes,
                               .role = node->roles,
                               .out = node->out_shapes};
    (w->node_is_whole ? node->op->c_whole : node->op->c)(writing, &at);
    if (writing->text.failed) return dsc_fail_memory(w->error, 0, "the lines of an op");
    const dsc_node *after = w->node_is_whole ? requantise_after(w, node) : NULL;
    w->after = after && writing->text.data && strstr(writing->text.data, "multiplier") ? after : NULL;
    return DSC_OK;
}

/* A float function cannot read integer values. */
static dsc_status check_types(const exchange_work *w, const dsc_node *node) {
    for (size_t i = 0; w->whole && !w->node_is_whole && i < node->input_count; i++) {
        const dsc_node *in = node->inputs[i];
        if (dsc_node_has_numbers(in)) continue;
        const size_t value = w->value_of[in->index];
        if (value == EXCHANGE_IS_IMAGE || w->plan->values[value].type != EXCHANGE_FLOATS)
            return dsc_fail(
                w->error, DSC_ERROR_UNSUPPORTED,
                "op %s after whole numbers cannot be written as C: its descriptor lacks `c_whole` of dsc_op",
                node->op->name);
    }
    return DSC_OK;
}

static dsc_status write_op(exchange_work *w, const dsc_node *node) {
    w->node = node;
    w->after = NULL;
    const size_t outputs = node->op->outputs ? node->op->outputs : 1;
    if (node->op->flags & (DSC_OP_VIEW | DSC_OP_TRAINING_ONLY)) {
        w->value_of[node->index] = w->value_of[node->inputs[0]->index];
        return DSC_OK;
    }
    w->node_is_whole = all_inputs_whole(w, node);
    if (!w->node_is_whole && !node->op->c)
        return dsc_fail(w->error, DSC_ERROR_UNSUPPORTED,
                        "op %s cannot be written as C: its descriptor lacks `c` of dsc_op", node->op->name);
    dsc_writing writing = {0};
    dsc_status status = check_types(w, node);
    if (!status) status = take_source(w, node->op);
    if (!status) status = write_lines(&writing, w, node);
    if (!status && w->after) status = add_value_of(w, w->after);
    for (size_t k = 0; k < outputs && !status && !w->after; k++)
        status = add_value_of(w, w->graph->nodes[node->index + k]);
    const size_t first = w->plan->call_count;
    for (const char *line = writing.text.data; !status && line && *line; line += strcspn(line, "\n") + 1)
        status = exchange_plan_read_line(w, line);
    dsc_text_free(&writing.text);
    /* An op that may work in place takes over the memory of its input if nothing reads the input later. */
    if (!status && node->op->flags & DSC_OP_IN_PLACE && first < w->plan->call_count && !w->node_is_whole &&
        dsc_node_is_sampled(node->inputs[0]) && w->value_of[node->inputs[0]->index] != EXCHANGE_IS_IMAGE)
        w->plan->values[w->value_of[node->index]].shares = w->value_of[node->inputs[0]->index];
    return status;
}

/* Marks the nodes that the logits depend on. */
static void find_needed(bool *needed, const dsc_graph *graph, const dsc_node *logits) {
    needed[logits->index] = true;
    for (size_t i = graph->count; i-- > 0;) {
        const dsc_node *node = graph->nodes[i];
        if (!needed[i]) continue;
        for (size_t k = 0; k < node->input_count; k++) needed[node->inputs[k]->index] = true;
    }
}

static dsc_status begin(exchange_work *w, const dsc_model *model, const dsc_node *image) {
    const dsc_normalisation *n = &model->normalisation;
    const size_t pixels = image->shape.size[1] * image->shape.size[2];
    size_t scale = 0, offset = 0;
    exchange_call *call = NULL;
    if (w->whole) {
        w->value_of[image->index] = EXCHANGE_IS_IMAGE; /* its bytes, unchanged */
        return DSC_OK;
    }
    dsc_status status = exchange_plan_add_value(&w->value_of[image->index], w->plan, EXCHANGE_FLOATS, 0,
                                                dsc_shape_count(&image->shape), w->error);
    if (!status) status = exchange_plan_add_weights(&scale, w->plan, "image_scale", n->channels, w->error);
    if (!status) status = exchange_plan_add_weights(&offset, w->plan, "image_offset", n->channels, w->error);
    if (!status) status = exchange_plan_add_call(&call, w->plan, w->error);
    if (status) return status;
    for (size_t c = 0; c < n->channels; c++) {
        w->plan->weights[scale].numbers[c] = (float)n->scale[c];
        w->plan->weights[offset].numbers[c] = (float)n->offset[c];
    }
    *call = (exchange_call){
        .function = "normalise",
        .operands = {{.kind = EXCHANGE_VALUE, .index = w->value_of[image->index]},
                     {.kind = EXCHANGE_IMAGE},
                     {.kind = EXCHANGE_WEIGHTS, .index = scale},
                     {.kind = EXCHANGE_WEIGHTS, .index = offset},
                     {.kind = EXCHANGE_WHOLE, .whole = (int64_t)n->channels},
                     {.kind = EXCHANGE_WHOLE, .whole = (int64_t)pixels}},
        .count = 6,
        .about = "bytes to numbers",
    };
    (void)exchange_functions_want(&w->plan->functions, "normalise", strlen("normalise"));
    return DSC_OK;
}

/* Replaces an integer value by its float copy. */
static dsc_status floats_of(size_t *value, exchange_work *w) {
    const exchange_value from = w->plan->values[*value];
    size_t floats = 0;
    exchange_call *call = NULL;
    if (from.type == EXCHANGE_FLOATS) return DSC_OK;
    dsc_status status = exchange_plan_add_value(&floats, w->plan, EXCHANGE_FLOATS, 0, from.count, w->error);
    if (!status) status = exchange_plan_add_call(&call, w->plan, w->error);
    if (status) return status;
    *call = (exchange_call){
        .function = "scale_whole",
        .operands = {{.kind = EXCHANGE_VALUE, .index = floats},
                     {.kind = EXCHANGE_VALUE, .index = *value},
                     {.kind = EXCHANGE_WHOLE, .whole = from.type == EXCHANGE_WHOLES},
                     {.kind = EXCHANGE_WHOLE, .whole = from.from},
                     {.kind = EXCHANGE_WHOLE, .whole = (int64_t)from.count},
                     {.kind = EXCHANGE_REAL, .real = 1}},
        .count = 6,
        .about = "whole numbers to floats",
    };
    (void)exchange_functions_want(&w->plan->functions, "scale_whole", strlen("scale_whole"));
    *value = floats;
    return DSC_OK;
}

static dsc_status end(exchange_work *w, const dsc_model *model, const dsc_node *logits) {
    exchange_call *call = NULL;
    const bool sigmoid = dsc_model_is_sigmoid(model);
    size_t value = w->value_of[logits->index];
    dsc_status status = value == EXCHANGE_IS_IMAGE
                            ? dsc_fail(w->error, DSC_ERROR_UNSUPPORTED, "the logits are the image")
                            : floats_of(&value, w);
    if (!status) status = exchange_plan_add_call(&call, w->plan, w->error);
    if (status) return status;
    call->operands[call->count++] = (exchange_operand){.kind = EXCHANGE_ANSWER};
    call->operands[call->count++] = (exchange_operand){.kind = EXCHANGE_VALUE, .index = value};
    if (!sigmoid) call->operands[call->count++] = (exchange_operand){.kind = EXCHANGE_WHOLE, .whole = 1};
    call->operands[call->count++] =
        (exchange_operand){.kind = EXCHANGE_WHOLE, .whole = (int64_t)model->classes};
    (void)snprintf(call->function, sizeof call->function, "%s", sigmoid ? "sigmoid_shares" : "softmax");
    (void)snprintf(call->about, sizeof call->about, "probabilities");
    (void)exchange_functions_want(&w->plan->functions, call->function, strlen(call->function));
    return DSC_OK;
}

/* The functions use int for sizes. */
static dsc_status check_sizes(const exchange_plan *plan, dsc_error *error) {
    bool fits = plan->scratch <= INT32_MAX;
    for (size_t i = 0; i < plan->weight_count; i++)
        fits = fits && plan->weights[i].count <= INT32_MAX / 8 && plan->weights[i].bytes <= INT32_MAX;
    return fits ? DSC_OK
                : dsc_fail(
                      error, DSC_ERROR_UNSUPPORTED,
                      "the network is too large for exported C: a value or weight has more than %d numbers",
                      INT32_MAX / 8);
}

static dsc_status write_graph(exchange_work *w, const dsc_node *image, const dsc_node *logits,
                              const dsc_model *model) {
    bool *done = dsc_allocate(w->graph->count, sizeof *done); /* handled together with the op before it */
    if (!done) return dsc_fail_memory(w->error, w->graph->count, "a plan");
    dsc_status status = begin(w, model, image);
    for (size_t i = 0; i < w->graph->count && !status; i++) {
        const dsc_node *node = w->graph->nodes[i];
        if (!w->needed[i] || node->kind != DSC_NODE_OP) continue;
        w->plan->multiply_adds += node->multiply_adds;
        if (done[i]) continue;
        status = write_op(w, node);
        if (w->after) done[w->after->index] = true;
    }
    free(done);
    if (!status) status = end(w, model, logits);
    if (!status) status = exchange_plan_memory(w->plan, w->error);
    return status ? status : check_sizes(w->plan, w->error);
}

/* Converts the graph to calls; `slab` holds its numbers. */
static dsc_status make(exchange_work *w, const dsc_node *image, const dsc_node *logits,
                       const dsc_model *model) {
    bool *needed = dsc_allocate(w->graph->count, sizeof *needed);
    w->value_of = dsc_allocate(w->graph->count, sizeof *w->value_of);
    dsc_status status = DSC_OK;
    if (needed && w->value_of) {
        find_needed(needed, w->graph, logits);
        w->needed = needed;
        w->logits = logits;
        status = write_graph(w, image, logits, model);
    } else {
        status = dsc_fail_memory(w->error, w->graph->count * sizeof *needed, "a plan");
    }
    free(w->value_of);
    free(w->placed);
    free(needed);
    return status;
}

/* A quantised model: nothing is folded, and every number stays. */
static dsc_status make_whole(exchange_work *w, const dsc_model *model) {
    dsc_whole *whole = dsc_allocate(model->graph->count, sizeof *whole);
    if (!whole) return dsc_fail_memory(w->error, model->graph->count * sizeof *whole, "a plan");
    dsc_whole_numbers(whole, model);
    w->plan->whole = true;
    w->whole = whole;
    w->graph = model->graph;
    w->slab = model->values;
    const dsc_status status = make(w, model->image, model->logits, model);
    free(whole);
    return status;
}

/* Folding multiplies numbers, which may then no longer be finite. */
static dsc_status check_finite(const exchange_work *w) {
    for (size_t i = 0; i < w->graph->count; i++) {
        const dsc_node *node = w->graph->nodes[i];
        for (size_t k = 0; dsc_node_has_numbers(node) && k < dsc_shape_count(&node->shape); k++)
            if (!isfinite(w->slab[node->offset + k]))
                return dsc_fail(w->error, DSC_ERROR_DIVERGED,
                                "%s exceeds the range of floats when batch normalisation is folded into it",
                                node->name);
    }
    return DSC_OK;
}

static dsc_status make_folded(exchange_work *w, const dsc_model *model) {
    dsc_folded *folded = NULL;
    dsc_status status = dsc_folded_create(&folded, model->graph, NULL, w->error);
    if (status) return status;
    w->graph = dsc_folded_graph(folded);
    dsc_real *slab = dsc_allocate_aligned(dsc_graph_value_numbers(w->graph) + 1, sizeof *slab);
    w->slab = slab;
    if (slab) {
        dsc_folded_values(folded, slab, model->values);
        status = check_finite(w);
        if (!status)
            status =
                make(w, dsc_folded_node(folded, model->image), dsc_folded_node(folded, model->logits), model);
    } else {
        status =
            dsc_fail_memory(w->error, dsc_graph_value_numbers(w->graph) * sizeof *slab, "a folded model");
    }
    free(slab);
    dsc_folded_free(folded);
    return status;
}

dsc_status exchange_plan_make(exchange_plan *plan, const dsc_model *model, dsc_error *error) {
    *plan = (exchange_plan){.classes = model->classes};
    memcpy(plan->shape, model->image->shape.size, sizeof plan->shape);
    exchange_work w = {.plan = plan, .error = error};
    dsc_status status = dsc_model_check_values(model, NULL, error);
    if (status) return status;
    bool quantised;
    const dsc_node *because;
    status = dsc_check_quantised(&quantised, &because, model, error);
    if (status) return status;
    return quantised ? make_whole(&w, model) : make_folded(&w, model);
}
