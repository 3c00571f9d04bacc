/* SPDX-License-Identifier: MIT */
/* inspector.c: runs a program with a backward pass to the pixels, on one image and on images interpolated
 * between an empty image and it. */
#include "model/inspector.h"

#include "base/error.h"
#include "base/memory.h"
#include "graph/executor.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Gauss-Legendre quadrature on -1 to 1 (Abramowitz and Stegun, table 25.4): half of the points, and their
 * weights. */
enum { HALF = 4, POINTS = 2 * HALF };
static const double gauss_point[HALF] = {0.183434642495649805, 0.525532409916328986, 0.796666477413626740,
                                         0.960289856497536232},
                    gauss_weight[HALF] = {0.362683783378361983, 0.313706645877887287, 0.222381034453374471,
                                          0.101228536290376259};

/* The position of point i between the empty image, 0, and the image, 1; and its weight in the mean. */
static double place_of(size_t i) { return 0.5 + (i < HALF ? 0.5 : -0.5) * gauss_point[i % HALF]; }
static double part_of(size_t i) { return 0.5 * gauss_weight[i % HALF]; }

/* The image itself, whose layers are shown, and the quadrature points. */
enum { BATCH = 1 + POINTS };

struct dsc_inspector {
    const dsc_model *model;
    dsc_executor *executor;
    bool prepared;
    dsc_real *image, *empty; /* (C, H, W), normalised */
    float *attribution, *shares;
    const dsc_node *layers[DSC_KEPT_MOST];
    size_t count, label;
};

/* Finds the last node of each layer up to the logits; skips reshaped views. */
static void find_layers(dsc_inspector *s) {
    const dsc_model *model = s->model;
    for (size_t i = 0; i <= model->logits->index; i++) {
        const dsc_node *node = model->graph->nodes[i];
        if (node->kind != DSC_NODE_OP || !node->layer || node->op->flags & DSC_OP_VIEW) continue;
        const bool same = s->count && !strcmp(s->layers[s->count - 1]->layer, node->layer);
        if (!same && s->count == DSC_KEPT_MOST - 1) return; /* one slot is for the loss */
        s->layers[same ? s->count - 1 : s->count++] = node;
    }
}

static dsc_status make(dsc_inspector *s, bool layers, dsc_error *error) {
    const dsc_model *model = s->model;
    const size_t *shape = model->image->shape.size;
    if (layers) find_layers(s);
    dsc_executor_options options = {.batch = BATCH,
                                    .lanes = 1,
                                    .loss = model->loss,
                                    .input_gradient = model->image,
                                    .kept = {model->loss},
                                    .kept_count = 1 + s->count};
    for (size_t i = 0; i < s->count; i++) options.kept[1 + i] = s->layers[i];
    const size_t plane = shape[1] * shape[2], all = shape[0] * plane;
    s->image = dsc_allocate(all, sizeof *s->image);
    s->empty = dsc_allocate(all, sizeof *s->empty);
    s->attribution = dsc_allocate(plane, sizeof *s->attribution);
    s->shares = dsc_allocate(plane, sizeof *s->shares);
    uint8_t *ground = dsc_allocate(all, 1);
    if (!s->image || !s->empty || !s->attribution || !s->shares || !ground) {
        free(ground);
        return dsc_fail_memory(error, all * sizeof *s->image, "an inspector");
    }
    dsc_images expected;
    dsc_model_describe(&expected, model);
    memset(ground, expected.ground == DSC_GROUND_LIGHT ? 255 : 0, all);
    dsc_model_load_images(model, s->empty, ground, DSC_U8, 1);
    free(ground);
    return dsc_executor_create(&s->executor, model->graph, &options, 1, error);
}

dsc_status dsc_inspector_create(dsc_inspector **result, const dsc_model *model, bool layers,
                                dsc_error *error) {
    *result = NULL;
    dsc_inspector *s = dsc_allocate(1, sizeof *s);
    if (!s) return dsc_fail_memory(error, sizeof *s, "an inspector");
    s->model = model;
    dsc_status status = make(s, layers, error);
    if (status)
        dsc_inspector_free(s);
    else
        *result = s;
    return status;
}

void dsc_inspector_free(dsc_inspector *s) {
    if (!s) return;
    dsc_executor_free(s->executor);
    free(s->image);
    free(s->empty);
    free(s->attribution);
    free(s->shares);
    free(s);
}

static void load(void *context, dsc_real *const *inputs, size_t first, size_t count, unsigned worker) {
    (void)worker;
    const dsc_inspector *s = context;
    const size_t all = dsc_shape_count(&s->model->image->shape);
    for (size_t n = 0; n < count; n++) {
        const size_t point = first + n;
        const double share = point ? place_of(point - 1) : 1;
        dsc_real *out = inputs[0] + n * all;
        for (size_t i = 0; i < all; i++)
            out[i] = (dsc_real)((double)s->empty[i] + share * ((double)s->image[i] - (double)s->empty[i]));
        if (inputs[1]) dsc_model_load_target(s->model, inputs[1], n, s->label);
    }
}

static void attribute(dsc_inspector *s) {
    const size_t *shape = s->model->image->shape.size, plane = shape[1] * shape[2], all = shape[0] * plane;
    const dsc_real *gradients = dsc_executor_input_gradient(s->executor);
    double largest = DSC_INSPECTOR_PALE / (double)plane;
    for (size_t i = 0; i < plane; i++) {
        double sum = 0;
        for (size_t at = i; at < all; at += plane) {
            double slope = 0;
            for (size_t point = 1; point < BATCH; point++)
                slope -= part_of(point - 1) * (double)gradients[point * all + at];
            const double a = slope * ((double)s->image[at] - (double)s->empty[at]);
            if (isfinite(a)) sum += a; /* values that are not finite are ignored */
        }
        s->attribution[i] = (float)sum;
        const double size = fabs(sum); /* no fmax: GCC 12 for aarch64 crashes when it vectorises it */
        if (size > largest) largest = size;
    }
    for (size_t i = 0; i < plane; i++) s->shares[i] = (float)((double)s->attribution[i] / largest);
}

dsc_status dsc_inspector_run(dsc_inspector *s, const uint8_t *image, size_t label, dsc_error *error) {
    dsc_model_load_images(s->model, s->image, image, DSC_U8, 1);
    s->label = label;
    dsc_run run = {.count = BATCH,
                   .load = load,
                   .context = s,
                   .values = s->model->values,
                   .prepared = s->prepared,
                   .loss_scale = 1};
    dsc_status status = dsc_executor_run(s->executor, &run, error);
    if (status) return status;
    s->prepared = true;
    attribute(s);
    return DSC_OK;
}

const float *dsc_inspector_attribution(const dsc_inspector *s) { return s->attribution; }
const float *dsc_inspector_shares(const dsc_inspector *s) { return s->shares; }
size_t dsc_inspector_layers(const dsc_inspector *s) { return s->count; }

dsc_inspected dsc_inspector_layer(const dsc_inspector *s, size_t index) {
    const dsc_node *node = s->layers[index];
    return (dsc_inspected){node->layer, node->shape, dsc_executor_value(s->executor, node)};
}

const dsc_node *dsc_model_first_weights(const dsc_model *model) {
    const size_t *image = model->image->shape.size;
    for (size_t i = 0; i <= model->logits->index; i++) {
        const dsc_node *node = model->graph->nodes[i];
        if (node->kind != DSC_NODE_OP) continue;
        for (size_t k = 0; k < node->input_count; k++) {
            const dsc_node *weight = node->inputs[k];
            if (weight->kind != DSC_NODE_PARAMETER) continue;
            const dsc_shape *s = &weight->shape;
            if (s->rank == 4 && s->size[2] * s->size[3] > 1) return weight;
            if (s->rank == 2 && s->size[1] == image[0] * image[1] * image[2]) return weight;
            return NULL;
        }
    }
    return NULL;
}
