/* SPDX-License-Identifier: MIT */
/* calibrate.c: two runs over the images. The first finds the largest magnitude of each value; the second
 * builds histograms of magnitudes. A histogram gives the cost of each bound: a number within the bound is
 * rounded, which costs step^2 / 12; a number beyond it is clipped, which costs its squared distance. */
#include "quant/calibrate.h"

#include "base/error.h"
#include "base/limits.h"
#include "base/memory.h"
#include "graph/executor.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { BATCH = DSC_USUALLY(64, 3), BINS = 512, BOUNDS = 32 };

typedef struct calibration {
    const dsc_graph *graph;
    const dsc_model *model;
    const dsc_dataset *data;
    dsc_value_range *ranges;
    uint32_t *counts; /* BINS for each node */
    dsc_executor *executor;
    unsigned char *images;
    size_t start;
    bool counting;
} calibration;

static void load(void *context, dsc_real *const *inputs, size_t first, size_t count, unsigned worker) {
    (void)worker;
    const calibration *c = context;
    for (size_t i = first; i < first + count; i++)
        dsc_model_load_images(c->model, inputs[0] + (i - first) * c->data->image_size,
                              c->images + i * c->data->image_bytes, c->data->type, 1);
}

static bool add_numbers(calibration *c, const dsc_node *node, const dsc_real *numbers, size_t count) {
    dsc_value_range *range = &c->ranges[node->index];
    uint32_t *counts = c->counts + node->index * BINS;
    const double most = fmax(fabs(range->low), range->high), bins = most > 0 ? (BINS - 1) / most : 0;
    for (size_t i = 0; i < count; i++) {
        const double x = (double)numbers[i];
        if (!isfinite(x)) return false;
        if (!c->counting) {
            range->low = x < range->low ? x : range->low;
            range->high = x > range->high ? x : range->high;
        } else {
            counts[(size_t)fmin(fabs(x) * bins, BINS - 1)]++;
        }
    }
    return true;
}

static dsc_status read_images(const calibration *c, size_t count, dsc_error *error) {
    uint32_t samples[BATCH];
    for (size_t i = 0; i < count; i++) samples[i] = (uint32_t)(c->start + i);
    if (!c->data->images) return dsc_dataset_read(c->images, c->data, samples, count, error);
    for (size_t i = 0; i < count; i++)
        memcpy(c->images + i * c->data->image_bytes, dsc_dataset_at(c->data, samples[i]),
               c->data->image_bytes);
    return DSC_OK;
}

static dsc_status look(calibration *c, dsc_real *values, size_t all, dsc_error *error) {
    dsc_run run = {.load = load, .context = c, .values = values};
    for (c->start = 0; c->start < all; c->start += run.count) {
        run.count = all - c->start < BATCH ? all - c->start : BATCH;
        dsc_status status = read_images(c, run.count, error);
        if (!status) status = dsc_executor_run(c->executor, &run, error);
        if (status) return status;
        for (size_t i = 0; i < c->graph->count; i++) {
            const dsc_node *node = c->graph->nodes[i];
            const dsc_real *numbers =
                dsc_node_is_sampled(node) ? dsc_executor_value(c->executor, node) : NULL;
            if (numbers && !add_numbers(c, node, numbers, run.count * dsc_shape_count(&node->shape)))
                return dsc_fail(error, DSC_ERROR_DIVERGED,
                                "values of %s are not finite; the network cannot be quantised",
                                node->layer ? node->layer
                                : node->op  ? node->op->name
                                            : "the image");
        }
    }
    return DSC_OK;
}

/* Number of levels on each side of 0: all of 8 bits if no number is negative. */
static void choose_bound(dsc_value_range *range, const uint32_t *counts) {
    const double most = fmax(fabs(range->low), range->high), width = most / (BINS - 1),
                 levels = range->low < 0 ? 127 : 255;
    double best = INFINITY, all = 0;
    for (size_t b = 0; b < BINS; b++) all += counts[b];
    range->bound = most;
    for (int i = 0; i < BOUNDS; i++) {
        const double bound = most * (1 - (double)i / (BOUNDS + 2)), step = bound / levels;
        double cost = 0, clipped = 0;
        for (size_t b = 1; b < BINS; b++) { /* zeros cost nothing */
            const double beyond = ((double)b + 0.5) * width - bound;
            if (beyond > 0) clipped += counts[b];
            cost += counts[b] * (beyond > 0 ? beyond * beyond : step * step / 12);
        }
        if (cost < best) {
            best = cost;
            range->bound = bound;
            range->clipped = all > 0 ? clipped / all : 0;
        }
    }
}

dsc_status dsc_calibrate(dsc_value_range *ranges, const dsc_folded *folded, dsc_real *values,
                         const dsc_model *model, const dsc_dataset *data, size_t count, dsc_error *error) {
    const dsc_graph *graph = dsc_folded_graph(folded);
    const dsc_node *logits = dsc_folded_node(folded, model->logits);
    calibration c = {.graph = graph, .model = model, .data = data, .ranges = ranges};
    const dsc_executor_options options = {
        .batch = BATCH, .lanes = 1, .kept = {logits}, .kept_count = 1, .keeps_all = true};
    if (count > data->count) count = data->count;
    c.counts = dsc_allocate(graph->count * BINS, sizeof *c.counts);
    c.images = dsc_allocate_aligned(BATCH, data->image_bytes);
    dsc_status status = c.counts && c.images ? DSC_OK
                                             : dsc_fail_memory(error, graph->count * BINS * sizeof *c.counts,
                                                               "looking at values");
    if (!status) status = dsc_executor_create(&c.executor, graph, &options, 1, error);
    if (!status) status = look(&c, values, count, error);
    c.counting = true;
    if (!status) status = look(&c, values, count, error);
    for (size_t i = 0; !status && i < graph->count; i++) choose_bound(&ranges[i], c.counts + i * BINS);
    dsc_executor_free(c.executor);
    free(c.counts);
    free(c.images);
    return status;
}
