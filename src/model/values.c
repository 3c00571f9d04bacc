/* SPDX-License-Identifier: MIT */
/* values.c: checks that a model's numbers are finite, and not negative where that is required. */
#include "model/model.h"

#include "base/error.h"

#include <math.h>
#include <stdio.h>

enum { BLOCK = 1024 };

/* No early exit, so that the loop vectorises. */
static bool all_finite(const dsc_real *x, size_t count) {
    int finite = 1;
    for (size_t i = 0; i < count; i++) finite &= isfinite((float)x[i]) != 0;
    return finite;
}

/* Index of the first number that is not finite; `count` if all are. */
static size_t find_not_finite(const dsc_real *x, size_t count) {
    for (size_t from = 0; from < count; from += BLOCK) {
        const size_t end = count - from < BLOCK ? count : from + BLOCK;
        if (all_finite(x + from, end - from)) continue;
        for (size_t i = from; i < end; i++)
            if (!isfinite((float)x[i])) return i;
    }
    return count;
}

/* "[2, 0, 13]" */
static void format_place(char out[128], const dsc_shape *shape, size_t index) {
    size_t below = dsc_shape_count(shape), length = 0;
    out[0] = '\0';
    for (size_t d = 0; d < shape->rank; d++) {
        below /= shape->size[d];
        length += (size_t)snprintf(out + length, 128 - length, "%s%zu", d ? ", " : "[", index / below);
        index %= below;
    }
    if (length) (void)snprintf(out + length, 128 - length, "]");
}

static dsc_status fail_at(const dsc_node *node, size_t index, const char *what, dsc_error *error) {
    char place[128];
    format_place(place, &node->shape, index);
    return dsc_fail(error, DSC_ERROR_DIVERGED, "'%.100s'%s is %s", node->name, place, what);
}

static dsc_status check_node(const dsc_node *node, const dsc_real *values, dsc_error *error) {
    const size_t count = dsc_shape_count(&node->shape), at = find_not_finite(values + node->offset, count);
    if (at == count) return DSC_OK;
    const double x = (double)values[node->offset + at];
    return fail_at(node, at, isnan(x) ? "NaN" : x < 0 ? "minus infinity" : "infinite", error);
}

static dsc_status check_signs(const dsc_node *op, const dsc_real *values, dsc_error *error) {
    for (size_t i = 0; i < op->input_count && op->op->never_negative >> i; i++) {
        const dsc_node *node = op->inputs[i];
        if (!(op->op->never_negative >> i & 1u) || dsc_node_is_sampled(node)) continue;
        for (size_t k = 0; k < dsc_shape_count(&node->shape); k++)
            if (values[node->offset + k] < 0) return fail_at(node, k, "negative", error);
    }
    return DSC_OK;
}

dsc_status dsc_model_check_values(const dsc_model *model, const dsc_real *values, dsc_error *error) {
    dsc_status status = DSC_OK;
    if (!values) values = model->values;
    for (size_t i = 0; i < model->graph->count && !status; i++) {
        const dsc_node *node = model->graph->nodes[i];
        if (node->kind == DSC_NODE_PARAMETER || node->kind == DSC_NODE_BUFFER)
            status = check_node(node, values, error);
        else if (node->kind == DSC_NODE_OP)
            status = check_signs(node, values, error);
    }
    return status;
}
