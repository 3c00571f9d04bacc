/* SPDX-License-Identifier: MIT */
/* round.c: see round.h. Scales have 16 significant bits, so that integer multiples of them are exact as
 * floats. */
#include "quant/round.h"

#include "base/memory.h"

#include <math.h>
#include <string.h>

enum { SCALE_BITS = 16, TRIED = 15, WEIGHT = 1 };
static const double APART = 0.05;

static double short_number(double x) {
    int exponent;
    const double part = frexp(x, &exponent);
    return ldexp(rint(ldexp(part, SCALE_BITS)), exponent - SCALE_BITS);
}

static double level(double x, double inverse, double most) {
    const double k = rint(x * inverse);
    return k > most ? most : k < -most ? -most : k;
}

static double error_of(const dsc_real *x, size_t count, double scale, double most) {
    const double inverse = 1 / scale;
    double sum = 0;
    for (size_t i = 0; i < count; i++) {
        const double e = (double)x[i] - level((double)x[i], inverse, most) * scale;
        sum += e * e;
    }
    return sum;
}

double dsc_round_channel(dsc_real *to, const dsc_real *from, size_t count, int levels) {
    const double most = levels;
    double largest = 0, best = 0, best_error = INFINITY;
    bool finite = true;
    for (size_t i = 0; i < count; i++) {
        const double size = fabs((double)from[i]);
        finite = finite && isfinite(size);
        if (size > largest) largest = size;
    }
    if (to != from) memcpy(to, from, count * sizeof *to);
    if (!finite || short_number(largest / most) < 1e-30) return 0;
    for (int i = 0; i < TRIED && best_error > 0; i++) {
        const double scale = short_number(largest / most * (1 - APART * i)),
                     error = error_of(from, count, scale, most);
        if (error < best_error) {
            best_error = error;
            best = scale;
        }
    }
    for (size_t i = 0; i < count; i++) to[i] = (dsc_real)(level((double)from[i], 1 / best, most) * best);
    return best;
}

static bool is_linear(const dsc_node *node) {
    return node->kind == DSC_NODE_OP && (node->op->flags & DSC_OP_LINEAR) && node->input_count > WEIGHT &&
           dsc_node_has_numbers(node->inputs[WEIGHT]);
}

int dsc_round_levels_of(int choice) {
    static const int levels[] = {0, 127, 7, 3, 1};
    return levels[choice];
}

void dsc_round_weights(dsc_real *to, const dsc_real *from, const dsc_graph *graph, int most) {
    if (to != from) memcpy(to, from, dsc_graph_value_numbers(graph) * sizeof *to);
    for (size_t i = 0; i < graph->count; i++) {
        if (!is_linear(graph->nodes[i])) continue;
        const dsc_node *weight = graph->nodes[i]->inputs[WEIGHT];
        const size_t channels = weight->shape.size[0], each = dsc_shape_count(&weight->shape) / channels;
        for (size_t c = 0; c < channels; c++)
            (void)dsc_round_channel(to + weight->offset + c * each, from + weight->offset + c * each, each,
                                    most);
    }
}

/* Whether every number is an integer multiple, from -most to most, of one scale. */
static bool lies_on(const dsc_real *x, size_t count, double most) {
    double largest = 0;
    for (size_t i = 0; i < count; i++) { /* no fmax: GCC 12 for ARM crashes on such loops */
        const double size = fabs((double)x[i]);
        if (size > largest) largest = size;
    }
    /* The largest number need not be at the outermost level. */
    for (int top = (int)most; top >= 1; top--) {
        const double scale = largest / (double)top;
        bool on = true;
        for (size_t i = 0; on && i < count; i++) {
            const double k = (double)x[i] / scale;
            on = largest == 0 || fabs(k - rint(k)) < 1e-4;
        }
        if (on) return true;
    }
    return false;
}

int dsc_round_levels(const dsc_real *slab, const dsc_graph *graph) {
    static const int levels[] = {1, 3, 7};
    for (size_t l = 0; l < sizeof levels / sizeof *levels; l++) {
        bool on = true, any = false;
        for (size_t i = 0; on && i < graph->count; i++) {
            if (!is_linear(graph->nodes[i])) continue;
            const dsc_node *weight = graph->nodes[i]->inputs[WEIGHT];
            const size_t channels = weight->shape.size[0], each = dsc_shape_count(&weight->shape) / channels;
            any = true;
            for (size_t c = 0; on && c < channels; c++)
                on = lies_on(slab + weight->offset + c * each, each, levels[l]);
        }
        if (on && any) return levels[l];
    }
    return 127;
}
