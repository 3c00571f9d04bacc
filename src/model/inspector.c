/* SPDX-License-Identifier: MIT */
/* inspector.c: a program of one image that keeps what layers make, and goes back to the pixels. */
#include "model/inspector.h"

#include "base/error.h"
#include "base/memory.h"
#include "graph/executor.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct dsc_inspector {
    const dsc_model *model;
    dsc_executor *executor;
    bool prepared;
    float *saliency;
    const dsc_node *layers[DSC_KEPT_MOST];
    size_t count;
    const uint8_t *image; /* of the run in progress */
    size_t label;
};

/* The last node of each layer up to the logits. What only sees another's values in another shape is passed over. */
static void find_layers(dsc_inspector *s) {
    const dsc_model *model = s->model;
    for (size_t i = 0; i <= model->logits->index; i++) {
        const dsc_node *node = model->graph->nodes[i];
        if (node->kind != DSC_NODE_OP || !node->layer || node->op->flags & DSC_OP_VIEW) continue;
        const bool same = s->count && !strcmp(s->layers[s->count - 1]->layer, node->layer);
        if (!same && s->count == DSC_KEPT_MOST - 1) return; /* one place is the loss's */
        s->layers[same ? s->count - 1 : s->count++] = node;
    }
}

static dsc_status make(dsc_inspector *s, bool layers, dsc_error *error) {
    const dsc_model *model = s->model;
    const size_t *shape = model->image->shape.size;
    if (layers) find_layers(s);
    dsc_executor_options options = {.batch = 1,
                                    .lanes = 1,
                                    .loss = model->loss,
                                    .input_gradient = model->image,
                                    .kept = {model->loss},
                                    .kept_count = 1 + s->count};
    for (size_t i = 0; i < s->count; i++) options.kept[1 + i] = s->layers[i];
    s->saliency = dsc_allocate(shape[1] * shape[2], sizeof *s->saliency);
    if (!s->saliency)
        return dsc_fail_memory(error, shape[1] * shape[2] * sizeof *s->saliency, "an inspector");
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
    free(s->saliency);
    free(s);
}

static void load(void *context, dsc_real *const *inputs, size_t first, size_t count, unsigned worker) {
    (void)first;
    (void)count;
    (void)worker;
    const dsc_inspector *s = context;
    dsc_model_load_images(s->model, inputs[0], s->image, 1);
    inputs[1][0] = (dsc_real)s->label;
}

static void scale(float *out, const dsc_real *gradient, size_t channels, size_t plane) {
    double largest = 0;
    for (size_t i = 0; i < plane; i++) {
        double size = 0;
        for (size_t c = 0; c < channels;
             c++) { /* no fmax: GCC 12 for aarch64 crashes when it vectorises that */
            const double x = fabs((double)gradient[c * plane + i]);
            if (x > size && isfinite(x)) size = x; /* what is not finite says nothing */
        }
        out[i] = (float)size;
        if (size > largest) largest = size;
    }
    for (size_t i = 0; i < plane; i++) out[i] = largest > 0 ? (float)((double)out[i] / largest) : 0;
}

dsc_status dsc_inspector_run(dsc_inspector *s, const uint8_t *image, size_t label, dsc_error *error) {
    const size_t *shape = s->model->image->shape.size;
    s->image = image;
    s->label = label;
    dsc_run run = {
        .count = 1, .load = load, .context = s, .values = s->model->values, .prepared = s->prepared};
    dsc_status status = dsc_executor_run(s->executor, &run, error);
    if (status) return status;
    s->prepared = true;
    scale(s->saliency, dsc_executor_input_gradient(s->executor), shape[0], shape[1] * shape[2]);
    return DSC_OK;
}

const float *dsc_inspector_saliency(const dsc_inspector *s) { return s->saliency; }
size_t dsc_inspector_layers(const dsc_inspector *s) { return s->count; }

dsc_inspected dsc_inspector_layer(const dsc_inspector *s, size_t index) {
    const dsc_node *node = s->layers[index];
    return (dsc_inspected){node->layer, node->shape, dsc_executor_value(s->executor, node)};
}
