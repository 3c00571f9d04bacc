/* SPDX-License-Identifier: MIT */
/* whole.c: finds the integer nodes of a graph and their bounds, from the image on, node by node, with each
 * op's rule (dsc_op.whole). */
#include "quant/quantised.h"

#include "base/error.h"
#include "base/memory.h"
#include "op/op.h"
#include "op/tables.h"
#include "quant/rules.h"

#include <math.h>
#include <stdlib.h>

static const dsc_whole unknown = {false, 0, 0};
static const double MOST = DSC_WHOLE_MOST;

static dsc_whole range(double low, double high) {
    if (!(low <= high && low > -MOST && high < MOST)) return unknown;
    return (dsc_whole){true, (int64_t)low, (int64_t)high};
}

static dsc_whole of_numbers(const dsc_real *numbers, size_t count) {
    double low = INFINITY, high = -INFINITY;
    for (size_t i = 0; i < count; i++) {
        const double x = (double)numbers[i];
        if (x != floor(x)) return unknown; /* NaN too */
        low = x < low ? x : low;
        high = x > high ? x : high;
    }
    return range(low, high);
}

static dsc_whole of_op(const dsc_whole *of, const dsc_node *node, const dsc_real *slab) {
    double in_low[DSC_RULE_INPUTS] = {0}, in_high[DSC_RULE_INPUTS] = {0}, low = 0, high = 0;
    const dsc_real *numbers[DSC_RULE_INPUTS] = {NULL};
    if (node->input_count > DSC_RULE_INPUTS) return unknown;
    for (size_t i = 0; i < node->input_count; i++) {
        const dsc_node *in = node->inputs[i];
        if (!of[in->index].is_whole) return unknown;
        in_low[i] = (double)of[in->index].low;
        in_high[i] = (double)of[in->index].high;
        if (dsc_node_has_numbers(in)) numbers[i] = slab + in->offset;
    }
    if (node->op->flags & (DSC_OP_VIEW | DSC_OP_TRAINING_ONLY)) return of[node->inputs[0]->index];
    const dsc_whole_rule rule = {.values = node->values,
                                 .input_count = node->input_count,
                                 .in = node->in_shapes,
                                 .out = node->out_shapes,
                                 .role = node->roles,
                                 .numbers = numbers,
                                 .low = in_low,
                                 .high = in_high};
    if (!node->op->whole || !node->op->whole(&low, &high, &rule)) return unknown;
    return range(floor(low), ceil(high));
}

void dsc_whole_numbers(dsc_whole *of, const dsc_model *model) {
    for (size_t i = 0; i < model->graph->count; i++) {
        const dsc_node *node = model->graph->nodes[i];
        of[i] = unknown;
        if (node == model->image && model->normalisation.whole) of[i] = range(0, 255);
        if (dsc_node_has_numbers(node))
            of[i] = of_numbers(model->values + node->offset, dsc_shape_count(&node->shape));
        if (node->kind == DSC_NODE_OP) of[i] = of_op(of, node, model->values);
    }
}

dsc_status dsc_check_quantised(bool *is, const dsc_node **because, const dsc_model *model, dsc_error *error) {
    const dsc_node *found = NULL;
    const size_t count = model->graph->count;
    dsc_whole *of = dsc_allocate(count, sizeof *of);
    bool *used = dsc_allocate(count, sizeof *used), has = false;
    *is = false;
    *because = NULL;
    if (!of || !used) {
        free(of);
        free(used);
        return dsc_fail_memory(error, count * sizeof *of, "the bounds of values");
    }
    dsc_whole_numbers(of, model);
    used[model->logits->index] = true;
    /* Walks back from the logits. Values that are not integers may appear only after the last integer value,
     * with one input each. */
    for (size_t i = model->logits->index + 1; i-- > 0;) {
        const dsc_node *node = model->graph->nodes[i];
        if (!used[i]) continue;
        has = has || (of[i].is_whole && node->kind == DSC_NODE_OP);
        for (size_t k = 0; k < node->input_count; k++) used[node->inputs[k]->index] = true;
        if (!of[i].is_whole && (has || node->kind != DSC_NODE_OP || node->input_count != 1)) found = node;
    }
    free(of);
    free(used);
    *because = found;
    *is = has && !found;
    return DSC_OK;
}

unsigned dsc_whole_bits(const dsc_whole *whole) {
    unsigned bits = 1;
    if (whole->low >= 0)
        while (bits < 62 && whole->high >= (int64_t)1 << bits) bits++;
    else
        while (bits < 62 &&
               (whole->low < -((int64_t)1 << (bits - 1)) || whole->high >= (int64_t)1 << (bits - 1)))
            bits++;
    return bits;
}

unsigned dsc_packed_bits(const dsc_whole *whole) {
    dsc_whole both = *whole;
    if (both.high > 0 && both.low >= 0) both.low = -1;
    return dsc_whole_bits(&both);
}

size_t dsc_packed_bytes(size_t count, unsigned bits) { return (count * bits + 7) / 8; }
