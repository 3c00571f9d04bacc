/* SPDX-License-Identifier: MIT */
/* evaluator.c: batches through an inference program. */
#include "train/evaluator.h"

#include "base/error.h"
#include "base/memory.h"
#include "graph/program.h"
#include "kernel/vectors.h"

#include <stdlib.h>
#include <string.h>

enum { BATCH = 256, LANES = 8 };

struct dsc_evaluator {
    const dsc_model *model;
    const dsc_kernels *kernels;
    dsc_program *program;
    dsc_program_workspace *workspace;
    void *shared;
    float *probabilities;
    /* of the run in progress */
    const dsc_dataset *data;
    size_t start;
};

dsc_status dsc_evaluator_create(dsc_evaluator **result, const dsc_model *model, unsigned threads,
                                const dsc_kernels *kernels, bool bf16, dsc_error *error) {
    *result = NULL;
    dsc_evaluator *evaluator = dsc_allocate(1, sizeof *evaluator);
    if (!evaluator) return dsc_fail_memory(error, sizeof *evaluator, "an evaluation");
    evaluator->model = model;
    evaluator->kernels = kernels ? kernels : dsc_kernels_find(NULL);
    dsc_program_options options = {.batch = BATCH,
                                   .lanes = LANES,
                                   .kept = {model->logits, model->loss},
                                   .kept_count = 2,
                                   .kernels = evaluator->kernels,
                                   .bf16 = bf16};
    dsc_status status = dsc_program_create(&evaluator->program, model->graph, &options, error);
    if (!status)
        status = dsc_program_workspace_create(&evaluator->workspace, evaluator->program, threads, error);
    if (!status) {
        evaluator->shared = dsc_allocate_aligned(1, dsc_program_shared_bytes(evaluator->program));
        evaluator->probabilities = dsc_allocate(model->classes, sizeof(float));
        if (!evaluator->shared || !evaluator->probabilities)
            status = dsc_fail(error, DSC_ERROR_MEMORY, "out of memory for an evaluation");
    }
    if (status) {
        dsc_evaluator_free(evaluator);
        return status;
    }
    *result = evaluator;
    return DSC_OK;
}

void dsc_evaluator_free(dsc_evaluator *evaluator) {
    if (!evaluator) return;
    dsc_program_workspace_free(evaluator->workspace);
    dsc_program_free(evaluator->program);
    free(evaluator->shared);
    free(evaluator->probabilities);
    free(evaluator);
}

void dsc_model_probabilities(const dsc_model *model, float *probabilities, const dsc_real *logits,
                             const dsc_kernels *kernels) {
    size_t classes = model->classes;
    dsc_real numbers[256];
    if (!strncmp(model->loss_text, "binary-cross-entropy", 20)) {
        kernels->vector->sigmoid(numbers, logits, classes);
        dsc_real sum = kernels->vector->sum(numbers, classes);
        for (size_t k = 0; k < classes; k++) numbers[k] /= sum > 0 ? sum : 1;
    } else {
        kernels->vector->softmax(numbers, logits, classes);
    }
    for (size_t k = 0; k < classes; k++) probabilities[k] = (float)numbers[k];
}

dsc_status dsc_model_check_data(const dsc_model *model, const dsc_dataset *data, dsc_error *error) {
    const dsc_shape *wanted = &model->image->shape;
    for (size_t i = 0; i < 3; i++)
        if (wanted->size[i] != data->shape[i])
            return dsc_fail(error, DSC_ERROR_MISMATCH,
                            "%s has images of %zu x %zu x %zu, the model was made for %zu x %zu x %zu",
                            data->name, data->shape[0], data->shape[1], data->shape[2], wanted->size[0],
                            wanted->size[1], wanted->size[2]);
    if (dsc_dataset_classes(data) > model->classes)
        return dsc_fail(error, DSC_ERROR_MISMATCH, "%s has %zu classes, the model was made for %zu",
                        data->name, dsc_dataset_classes(data), model->classes);
    return DSC_OK;
}

static void load(void *context, dsc_real *const *inputs, size_t first, size_t count, unsigned worker) {
    (void)worker;
    const dsc_evaluator *e = context;
    size_t size = e->data->image_size;
    for (size_t i = 0; i < count; i++) {
        size_t sample = e->start + first + i;
        dsc_model_load_images(e->model, inputs[0] + i * size, dsc_dataset_image(e->data, sample), 1);
        inputs[1][i] = (dsc_real)dsc_dataset_label(e->data, sample);
    }
}

static void add_batch(dsc_evaluator *e, dsc_metrics *metrics, size_t count, dsc_on_answer *on_answer,
                      void *user) {
    const dsc_real *logits = dsc_program_workspace_value(e->workspace, e->model->logits);
    const dsc_real *losses = dsc_program_workspace_value(e->workspace, e->model->loss);
    for (size_t i = 0; i < count; i++) {
        size_t label = dsc_dataset_label(e->data, e->start + i);
        dsc_model_probabilities(e->model, e->probabilities, logits + i * e->model->classes, e->kernels);
        size_t prediction = dsc_metrics_add(metrics, e->probabilities, label, (double)losses[i]);
        if (on_answer)
            on_answer(user,
                      &(dsc_answer){e->start + i, label, prediction, e->probabilities, (double)losses[i]});
    }
}

dsc_status dsc_evaluator_run(dsc_evaluator *e, dsc_metrics *metrics, dsc_threads *pool,
                             const dsc_real *values, const dsc_dataset *data, dsc_on_answer *on_answer,
                             void *user, dsc_error *error) {
    dsc_status status = dsc_model_check_data(e->model, data, error);
    if (status) return status;
    size_t *confusion = metrics->confusion;
    memset(confusion, 0, e->model->classes * e->model->classes * sizeof *confusion);
    *metrics = (dsc_metrics){.classes = e->model->classes, .confusion = confusion};
    e->data = data;
    dsc_run run = {.load = load, .context = e, .shared = e->shared};
    /* Inference only reads the slab. */
    run.values = (dsc_real *)(uintptr_t)(values ? values : e->model->values);
    for (e->start = 0; !status && e->start < data->count; e->start += run.count) {
        run.count = data->count - e->start < BATCH ? data->count - e->start : BATCH;
        status = dsc_program_run(e->program, e->workspace, pool, &run, error);
        run.prepared = true;
        if (!status) add_batch(e, metrics, run.count, on_answer, user);
    }
    return status;
}
