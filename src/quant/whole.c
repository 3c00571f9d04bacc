/* SPDX-License-Identifier: MIT */
/* whole.c: which nodes of a graph are whole numbers, and how large: from the image on, node by node. */
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

/* --- rules: what an op makes of whole numbers --- */

typedef struct whole_rule_input {
    const dsc_node *node;
    const dsc_whole *in[DSC_RULE_INPUTS]; /* of its inputs, all whole */
    const dsc_real *slab;
} at;

typedef dsc_whole rule(const at *a);

static dsc_whole as_it_is(const at *a) { return *a->in[0]; }

static dsc_whole of_relu(const at *a) {
    return range(fmax((double)a->in[0]->low, 0), fmax((double)a->in[0]->high, 0));
}

static dsc_whole of_add(const at *a) {
    return range((double)a->in[0]->low + (double)a->in[1]->low,
                 (double)a->in[0]->high + (double)a->in[1]->high);
}

static dsc_whole of_concat(const at *a) {
    double low = INFINITY, high = -INFINITY;
    for (size_t i = 0; i < a->node->input_count; i++) {
        low = fmin(low, (double)a->in[i]->low);
        high = fmax(high, (double)a->in[i]->high);
    }
    return range(low, high);
}

static dsc_whole of_sum(const at *a) {
    const size_t pixels = dsc_shape_count(&a->node->in_shapes[0]) / a->node->in_shapes[0].size[0];
    return range(fmin((double)a->in[0]->low, 0) * (double)pixels,
                 fmax((double)a->in[0]->high, 0) * (double)pixels);
}

/* Padding counts as 0. */
static dsc_whole of_linear(const at *a) {
    const dsc_node *weight = a->node->inputs[1];
    const size_t channels = weight->shape.size[0], each = dsc_shape_count(&weight->shape) / channels;
    const dsc_real *w = a->slab + weight->offset;
    const dsc_real *bias = a->node->input_count > 2 ? a->slab + a->node->inputs[2]->offset : NULL;
    const double x_low = fmin((double)a->in[0]->low, 0), x_high = fmax((double)a->in[0]->high, 0);
    double low = INFINITY, high = -INFINITY;
    for (size_t c = 0; c < channels; c++) {
        double least = bias ? (double)bias[c] : 0, most = least, size = fabs(least);
        for (size_t i = 0; i < each; i++) {
            const double v = (double)w[c * each + i];
            least += v > 0 ? v * x_low : v * x_high;
            most += v > 0 ? v * x_high : v * x_low;
            size += fabs(v) * fmax(-x_low, x_high);
        }
        if (!(size < MOST)) return unknown;
        low = fmin(low, least);
        high = fmax(high, most);
    }
    return range(low, high);
}

double dsc_requantised(double x, double multiplier, double shift, double low, double high) {
    const double y = floor(x * ldexp(multiplier, -(int)shift) + 0.5);
    return y < low ? low : y > high ? high : y;
}

static dsc_whole of_requantise(const at *a) {
    const dsc_requantise_values *values = a->node->values;
    const size_t channels = a->node->in_shapes[0].size[0];
    const dsc_real *multiplier = a->slab + a->node->inputs[1]->offset;
    const dsc_real *shift = a->slab + a->node->inputs[2]->offset;
    double low = INFINITY, high = -INFINITY;
    if (a->in[1]->low < 0 || a->in[2]->low < 0 || a->in[2]->high > DSC_REQUANTISE_SHIFT_MOST) return unknown;
    for (size_t c = 0; c < channels; c++) {
        const double m = (double)multiplier[c], s = (double)shift[c], least = (double)values->low,
                     most = (double)values->high;
        low = fmin(low, dsc_requantised((double)a->in[0]->low, m, s, least, most));
        high = fmax(high, dsc_requantised((double)a->in[0]->high, m, s, least, most));
    }
    return range(low, high);
}

extern const dsc_op dsc_op_add, dsc_op_concat, dsc_op_global_max_pool, dsc_op_global_sum_pool,
    dsc_op_max_pool, dsc_op_requantise, dsc_op_slice;

/* The ops that no flag tells apart. What is in no line makes numbers that are not known to be whole. */
static const struct {
    const dsc_op *op;
    rule *rule;
} rules[] = {{&dsc_op_add, of_add},
             {&dsc_op_concat, of_concat},
             {&dsc_op_global_max_pool, as_it_is},
             {&dsc_op_global_sum_pool, of_sum},
             {&dsc_op_max_pool, as_it_is},
             {&dsc_op_requantise, of_requantise},
             {&dsc_op_slice, as_it_is}};

static rule *rule_of(const dsc_op *op) {
    if (op->flags & DSC_OP_LINEAR) return of_linear;
    if (op->flags & DSC_OP_RELU) return of_relu;
    if (op->flags & (DSC_OP_VIEW | DSC_OP_TRAINING_ONLY)) return as_it_is;
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
        if (rules[i].op == op) return rules[i].rule;
    return NULL;
}

static dsc_whole of_op(const dsc_whole *of, const dsc_node *node, const dsc_real *slab) {
    at a = {.node = node, .slab = slab};
    for (size_t i = 0; i < DSC_RULE_INPUTS; i++) a.in[i] = &unknown;
    rule *apply = rule_of(node->op);
    if (!apply || node->input_count > DSC_RULE_INPUTS) return unknown;
    for (size_t i = 0; i < node->input_count; i++) {
        a.in[i] = &of[node->inputs[i]->index];
        if (!a.in[i]->is_whole) return unknown;
    }
    /* cppcheck-suppress returnDanglingLifetime; a range is numbers only, no pointer to `a` */
    return apply(&a);
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
        return dsc_fail_memory(error, count * sizeof *of, "what is known of values");
    }
    dsc_whole_numbers(of, model);
    used[model->logits->index] = true;
    /* Walks back from the logits. Values that are not whole may appear only after the last whole value, one
     * input each. */
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
