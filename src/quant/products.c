/* SPDX-License-Identifier: MIT */
/* products.c: sums of products: rounds weights for each channel, and biases, so that no sum reaches 2^24. */
#include "quant/rules.h"

#include "base/error.h"
#include "base/memory.h"
#include "base/param.h"
#include "op/op.h"
#include "op/tables.h"
#include "quant/round.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

extern const dsc_op dsc_op_add;

static const double MOST = DSC_WHOLE_MOST;

/* "conv1.weight (folded)" -> "conv1.bias" */
static void renamed(char out[256], const char *name, const char *ending) {
    const char *end = strstr(name, ".weight");
    (void)snprintf(out, 256, "%.*s.%s", end ? (int)(end - name) : (int)strcspn(name, " "), name, ending);
}

static bool has_padding(const dsc_quant_product *p) {
    const dsc_param *padding = dsc_param_find(p->op->params, "padding");
    if (!padding || padding->type != DSC_PARAM_PAIR) return false;
    const int64_t *pair = (const void *)((const char *)p->values + padding->offset);
    return pair[0] || pair[1];
}

/* The input channel that element i of a weight row for output k multiplies. */
static size_t input_channel(const dsc_quant_product *p, size_t k, size_t i) {
    if (p->own_channel) return k;
    const size_t each = p->weight.rank == 4 ? p->weight.size[2] * p->weight.size[3] : 1;
    return i / each;
}

/* For an image with an offset whose padding is not its 0: subtracts the byte nearest to 0. */
static dsc_status shift_image(dsc_conversion *c, dsc_quant_value *x) {
    const dsc_shape shape = {.rank = 1, .size = {x->channels}};
    char name[64] = "image.zero";
    dsc_real *zero = dsc_allocate(x->channels, sizeof *zero);
    double low = 0, high = 0;
    if (c->shifted++) (void)snprintf(name, sizeof name, "image.zero%zu", c->shifted);
    for (size_t i = 0; zero && i < x->channels; i++) {
        const double at = fmax(fmin(rint(-x->offset[i] / x->scale[i]), 65535), -65535);
        zero[i] = (dsc_real)-at;
        low = fmin(low, x->low - at);
        high = fmax(high, x->high - at);
        x->offset[i] += x->scale[i] * at;
    }
    dsc_node *buffer = dsc_convert_number(c, name, shape, true, zero);
    if (!buffer) return DSC_ERROR_MEMORY;
    x->node = dsc_apply(&dsc_op_add, (dsc_node *[]){x->node, buffer}, 2, NULL);
    x->low = low;
    x->high = high;
    x->shifted = true;
    dsc_convert_report(c, x, 4 * x->channels);
    return dsc_graph_check(c->graph, c->error);
}

/* Rounds one row to integer weights and an integer bias; returns the scale of the result, or NaN if a weight
 * or the bias, multiplied by the scale of x, is not finite. The sums stay below 2^24. */
static double round_row(const dsc_quant_product *p, const dsc_quant_value *x, size_t k, dsc_real *whole,
                        dsc_real *bias, dsc_real *row, size_t each) {
    const double size = fmax(fabs(x->low), fabs(x->high));
    double b = p->b ? (double)p->b[k] : 0, up = 0, down = 0;
    bool finite = true;
    for (size_t i = 0; i < each; i++) {
        const size_t channel = input_channel(p, k, i);
        row[i] = (dsc_real)((double)p->w[i] * x->scale[channel]);
        if (x->offset) b += (double)p->w[i] * x->offset[channel];
        finite = finite && isfinite(row[i]);
    }
    if (!finite || !isfinite(b)) return NAN;
    double scale = dsc_round_channel(whole, row, each, p->levels);
    if (!(scale > 0)) scale = x->scale[0] > 0 ? x->scale[0] : 1;
    /* Least-squares scale for the levels. */
    for (size_t i = 0; i < each; i++) {
        const double level = rint((double)whole[i] / scale);
        up += level * (double)row[i];
        down += level * level;
        whole[i] = (dsc_real)level;
    }
    if (down > 0 && up > 0) scale = up / down;
    for (;;) {
        double sum = fabs(rint(b / scale));
        for (size_t i = 0; i < each; i++) sum += fabs((double)whole[i]) * size;
        if (sum < MOST) break;
        scale *= 1.0625; /* coarser until it fits */
        for (size_t i = 0; i < each; i++) whole[i] = (dsc_real)rint((double)row[i] / scale);
    }
    bias[k] = (dsc_real)rint(b / scale);
    return scale;
}

/* *layer: index in the report, from 1. */
static dsc_status report_layer(size_t *layer, const dsc_conversion *c, const dsc_node *weight,
                               const dsc_real *numbers) {
    dsc_quantised_report *r = c->report;
    *layer = 0;
    if (!r) return DSC_OK;
    if (!dsc_grow(&r->layers, &r->capacity, r->count + 1, sizeof *r->layers)) return dsc_convert_no_memory(c);
    dsc_whole whole = {true, 0, 0};
    const size_t count = dsc_shape_count(dsc_node_shape(weight));
    for (size_t i = 0; i < count; i++) {
        const int64_t number = (int64_t)numbers[i];
        if (number < whole.low) whole.low = number;
        if (number > whole.high) whole.high = number;
    }
    dsc_quantised_layer *to = &r->layers[r->count++];
    *to = (dsc_quantised_layer){
        .weight = weight, .weights = count, .bits = dsc_packed_bits(&whole), .clipped = NAN};
    to->bytes = dsc_packed_bytes(count, to->bits);
    r->weights += count;
    r->bytes += to->bytes;
    *layer = r->count;
    return DSC_OK;
}

dsc_status dsc_convert_product(dsc_conversion *c, const dsc_quant_product *p, dsc_quant_value *x,
                               dsc_quant_value *to) {
    const size_t rows = p->weight.size[0], all = dsc_shape_count(&p->weight), each = all / rows;
    char name[256];
    dsc_status status = p->levels < 127 && !p->own_channel ? dsc_convert_one_scale(c, x) : DSC_OK;
    if (!status && x->offset && !x->shifted && has_padding(p)) status = shift_image(c, x);
    dsc_real *whole = dsc_allocate(all, sizeof *whole), *bias = dsc_allocate(rows, sizeof *bias),
             *row = dsc_allocate(each, sizeof *row);
    double *scales = dsc_allocate(rows, sizeof *scales);
    const bool room = whole && bias && row && scales;
    if (!status && !room) status = dsc_convert_no_memory(c);
    for (size_t k = 0; room && !status && k < rows; k++) {
        dsc_quant_product at = *p;
        at.w += k * each;
        scales[k] = round_row(&at, x, k, whole + k * each, bias, row, each);
        if (isnan(scales[k]))
            status =
                dsc_fail(c->error, DSC_ERROR_UNSUPPORTED,
                         "%s: output %zu has a weight that is too large for the scale of its inputs, so it "
                         "cannot be quantised; train the model again with weight decay",
                         p->name, k);
    }
    free(row);
    if (status || !room) {
        free(whole);
        free(bias);
        free(scales);
        return status;
    }
    renamed(name, p->name, "weight");
    dsc_node *weight = dsc_convert_number(c, name, p->weight, false, whole), *b = NULL;
    renamed(name, p->name, "bias");
    if (weight)
        b = dsc_convert_number(c, name, (dsc_shape){.rank = 1, .size = {rows}}, false, bias);
    else
        free(bias);
    if (!weight || !b) {
        free(scales);
        return DSC_ERROR_MEMORY;
    }
    status = report_layer(&to->layer, c, weight, whole);
    dsc_convert_report(c, to, 4 * rows);
    dsc_node *node = dsc_apply(p->op, (dsc_node *[]){x->node, weight, b}, 3, p->values);
    if (!status) status = dsc_convert_set(c, to, node, -MOST + 1, MOST - 1);
    for (size_t k = 0; !status && k < rows; k++) to->scale[k] = scales[k];
    free(scales);
    return status;
}
