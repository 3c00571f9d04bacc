/* SPDX-License-Identifier: MIT */
/* hidden.c: runs an inference program that keeps the last hidden value. */
#include "measure/hidden.h"

#include "base/error.h"
#include "base/limits.h"
#include "base/memory.h"
#include "graph/executor.h"
#include "measure/evaluator.h"

#include <math.h>
#include <stdlib.h>

enum { BATCH = DSC_USUALLY(256, 3), LANES = DSC_USUALLY(8, 2) };

/* The op's first sampled input; *learns: whether it also reads a parameter. */
static const dsc_node *sampled_input(const dsc_node *node, bool *learns) {
    const dsc_node *found = NULL;
    *learns = false;
    for (size_t i = 0; i < node->input_count; i++) {
        if (node->inputs[i]->kind == DSC_NODE_PARAMETER) *learns = true;
        if (!found && dsc_node_is_sampled(node->inputs[i])) found = node->inputs[i];
    }
    return found;
}

/* Whether the node is the image, possibly reshaped. */
static bool is_image(const dsc_model *model, const dsc_node *node) {
    while (node && node != model->image) {
        if (node->kind != DSC_NODE_OP || !(node->op->flags & DSC_OP_VIEW)) return false;
        node = node->inputs[0];
    }
    return true;
}

const dsc_node *dsc_model_hidden(const dsc_model *model) {
    const dsc_node *node = model->logits;
    while (node) {
        bool learns = false;
        const dsc_node *before =
            node->kind == DSC_NODE_OP || node->kind == DSC_NODE_OUTPUT ? sampled_input(node, &learns) : NULL;
        node = before;
        if (learns) break;
    }
    return node && !is_image(model, node) ? node : NULL;
}

typedef struct reading {
    const dsc_model *model;
    const dsc_dataset *data;
    const uint32_t *index; /* of the batch */
} reading;

static void load(void *context, dsc_real *const *inputs, size_t first, size_t count, unsigned worker) {
    (void)worker;
    const reading *r = context;
    for (size_t i = 0; i < count; i++)
        dsc_model_load_images(r->model, inputs[0] + i * r->data->image_size,
                              dsc_dataset_at(r->data, r->index[first + i]), r->data->type, 1);
}

static dsc_status run_all(float *rows, dsc_executor *executor, const dsc_model *model, const dsc_node *node,
                          const dsc_dataset *data, const uint32_t *index, size_t count, dsc_error *error) {
    size_t width = dsc_shape_count(&node->shape);
    reading r = {model, data, index};
    dsc_run run = {.load = load, .context = &r, .values = model->values};
    for (size_t start = 0; start < count; start += run.count) {
        r.index = index + start;
        run.count = count - start < BATCH ? count - start : BATCH;
        dsc_status status = dsc_executor_run(executor, &run, error);
        if (status) return status;
        run.prepared = true;
        const dsc_real *values = dsc_executor_value(executor, node);
        for (size_t i = 0; i < run.count * width; i++) {
            rows[start * width + i] = (float)values[i];
            if (!isfinite(rows[start * width + i]))
                return dsc_fail(error, DSC_ERROR_DIVERGED, "the hidden values of image %u are not finite",
                                (unsigned)index[start + i / width]);
        }
    }
    return DSC_OK;
}

dsc_status dsc_hidden_values(float **rows, const dsc_model *model, const dsc_node *node,
                             const dsc_dataset *data, const uint32_t *index, size_t count, dsc_error *error) {
    *rows = NULL;
    dsc_status status = dsc_model_check_data(model, data, error);
    if (status) return status;
    dsc_executor *executor = NULL;
    dsc_executor_options options = {.batch = BATCH, .lanes = LANES, .kept = {node}, .kept_count = 1};
    float *values = dsc_allocate(count, dsc_shape_count(&node->shape) * sizeof *values);
    if (!values) status = dsc_fail_memory(error, count * dsc_shape_count(&node->shape), "hidden values");
    if (!status) status = dsc_executor_create(&executor, model->graph, &options, 1, error);
    if (!status) status = run_all(values, executor, model, node, data, index, count, error);
    dsc_executor_free(executor);
    if (status)
        free(values);
    else
        *rows = values;
    return status;
}
