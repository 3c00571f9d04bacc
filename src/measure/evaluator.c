/* SPDX-License-Identifier: MIT */
/* evaluator.c: runs batches through an inference program of the folded graph. Unlike a predictor it handles
 * labels and losses, and accepts other parameter values for each run: the current ones, or their average. */
#include "measure/evaluator.h"

#include "base/error.h"
#include "base/limits.h"
#include "base/memory.h"
#include "data/read_ahead.h"
#include "graph/fold.h"
#include "kernel/choose.h"
#include "kernel/vectors.h"

#include <stdlib.h>
#include <string.h>

enum { BATCH = DSC_USUALLY(256, 3), LANES = DSC_USUALLY(32, 2) };

struct dsc_evaluator {
    const dsc_model *model;
    const dsc_kernels *kernels;
    dsc_folded *folded;
    const dsc_node *logits, *loss, *members; /* of the folded graph; members may be NULL */
    size_t member_count;
    float *member_logits; /* (members, classes), of one sample */
    dsc_executor *executor;
    dsc_real *values; /* folded */
    float *probabilities;
    dsc_real *row; /* (classes) */
    bool sigmoid;
    /* of the current run */
    const dsc_dataset *data;
    dsc_read_ahead *reader; /* for images read by a callback; otherwise NULL */
    const unsigned char *staged;
    size_t start;
};

static dsc_status make_executor(dsc_evaluator *e, unsigned threads, dsc_executor *beside, bool bf16,
                                dsc_error *error) {
    const dsc_node *members = dsc_model_members(e->model, &e->member_count);
    dsc_status status = dsc_folded_create(&e->folded, e->model->graph, members, error);
    if (status) return status;
    e->members = members ? dsc_folded_node(e->folded, members) : NULL;
    e->logits = dsc_folded_node(e->folded, e->model->logits);
    e->loss = dsc_folded_node(e->folded, e->model->loss);
    const dsc_executor_options options = {.batch = BATCH,
                                          .lanes = LANES,
                                          .kept = {e->logits, e->loss, e->members},
                                          .kept_count = e->members ? 3 : 2,
                                          .kernels = e->kernels,
                                          .bf16 = bf16};
    const dsc_graph *graph = dsc_folded_graph(e->folded);
    return beside ? dsc_executor_create_beside(&e->executor, beside, graph, &options, error)
                  : dsc_executor_create(&e->executor, graph, &options, threads, error);
}

static dsc_status make_room(dsc_evaluator *e, dsc_error *error) {
    const size_t classes = e->model->classes;
    e->values =
        dsc_allocate_aligned(dsc_graph_value_numbers(dsc_folded_graph(e->folded)) + 1, sizeof(dsc_real));
    e->probabilities = dsc_allocate(classes, sizeof(float));
    e->row = dsc_allocate(classes, sizeof(dsc_real));
    e->member_logits = dsc_allocate(classes, e->member_count * sizeof(float));
    if (e->values && e->probabilities && e->row && e->member_logits) return DSC_OK;
    return dsc_fail(error, DSC_ERROR_MEMORY, "out of memory for an evaluation");
}

dsc_status dsc_evaluator_create(dsc_evaluator **result, const dsc_model *model, unsigned threads,
                                dsc_executor *beside, const dsc_kernels *kernels, bool bf16,
                                dsc_error *error) {
    *result = NULL;
    dsc_evaluator *evaluator = dsc_allocate(1, sizeof *evaluator);
    if (!evaluator) return dsc_fail_memory(error, sizeof *evaluator, "an evaluation");
    evaluator->model = model;
    evaluator->kernels = kernels ? kernels : dsc_kernels_auto();
    evaluator->sigmoid = dsc_model_is_sigmoid(model);
    dsc_status status = make_executor(evaluator, threads, beside, bf16, error);
    if (!status) status = make_room(evaluator, error);
    if (status) {
        dsc_evaluator_free(evaluator);
        return status;
    }
    *result = evaluator;
    return DSC_OK;
}

void dsc_evaluator_free(dsc_evaluator *evaluator) {
    if (!evaluator) return;
    dsc_executor_free(evaluator->executor);
    dsc_folded_free(evaluator->folded);
    free(evaluator->values);
    free(evaluator->probabilities);
    free(evaluator->row);
    free(evaluator->member_logits);
    free(evaluator);
}

static void load(void *context, dsc_real *const *inputs, size_t first, size_t count, unsigned worker) {
    (void)worker;
    const dsc_evaluator *e = context;
    size_t size = e->data->image_size;
    for (size_t i = 0; i < count; i++) {
        size_t sample = e->start + first + i;
        const void *image =
            e->reader ? e->staged + (first + i) * e->data->image_bytes : dsc_dataset_at(e->data, sample);
        dsc_model_load_images(e->model, inputs[0] + i * size, image, e->data->type, 1);
        dsc_model_load_target(e->model, inputs[1], i, dsc_dataset_label(e->data, sample));
    }
}

/* What the members say of sample i of the batch; NULL: there are none. */
static const float *members_of(dsc_evaluator *e, size_t i) {
    if (!e->members) return NULL;
    const size_t numbers = e->member_count * e->model->classes;
    const dsc_real *all = dsc_executor_value(e->executor, e->members);
    for (size_t k = 0; k < numbers; k++) e->member_logits[k] = (float)all[i * numbers + k];
    return e->member_logits;
}

/* False: no more are wanted. */
static bool add_batch(dsc_evaluator *e, dsc_metrics *metrics, size_t count, dsc_on_answer *on_answer,
                      void *user) {
    const dsc_real *logits = dsc_executor_value(e->executor, e->logits);
    const dsc_real *losses = dsc_executor_value(e->executor, e->loss);
    for (size_t i = 0; i < count; i++) {
        size_t label = dsc_dataset_label(e->data, e->start + i);
        memcpy(e->row, logits + i * e->model->classes, e->model->classes * sizeof *e->row);
        (void)dsc_probabilities(e->probabilities, e->row, e->model->classes, e->sigmoid, e->kernels);
        size_t prediction = dsc_metrics_add(metrics, e->probabilities, label, (double)losses[i]);
        if (!on_answer) continue;
        const dsc_answer answer = {e->start + i,      label,
                                   prediction,        e->probabilities,
                                   (double)losses[i], prediction < e->model->classes,
                                   members_of(e, i),  e->member_count};
        if (on_answer(user, &answer)) return false;
    }
    return true;
}

static size_t batch_at(const dsc_dataset *data, size_t start) {
    return data->count - start < BATCH ? data->count - start : BATCH;
}

/* Takes this batch's images from the reader and starts reading the next batch. */
static dsc_status stage_images(dsc_evaluator *e, size_t count, dsc_error *error) {
    uint32_t samples[BATCH];
    const size_t next = e->start + count, more = batch_at(e->data, next);
    if (!e->reader) return DSC_OK;
    for (size_t i = 0; i < count; i++) samples[i] = (uint32_t)(e->start + i);
    dsc_status status = dsc_read_ahead_take(&e->staged, e->reader, samples, count, error);
    for (size_t i = 0; i < more; i++) samples[i] = (uint32_t)(next + i);
    if (!status && more) dsc_read_ahead_begin(e->reader, samples, more);
    return status;
}

dsc_status dsc_evaluator_run(dsc_evaluator *e, dsc_metrics *metrics, const dsc_real *values,
                             const dsc_dataset *data, dsc_on_answer *on_answer, void *user,
                             dsc_error *error) {
    dsc_status status = dsc_model_check_data(e->model, data, error);
    if (status) return status;
    dsc_metrics_reset(metrics);
    e->data = data;
    dsc_folded_values(e->folded, e->values, values ? values : e->model->values);
    dsc_run run = {.load = load, .context = e, .values = e->values};
    if (!data->images) status = dsc_read_ahead_create(&e->reader, data, BATCH, error);
    for (e->start = 0; !status && e->start < data->count; e->start += run.count) {
        run.count = batch_at(data, e->start);
        status = stage_images(e, run.count, error);
        if (!status) status = dsc_executor_run(e->executor, &run, error);
        run.prepared = true;
        if (!status && !add_batch(e, metrics, run.count, on_answer, user))
            status = dsc_fail(error, DSC_ERROR_STOPPED, "the evaluation was stopped");
    }
    dsc_read_ahead_free(e->reader);
    e->reader = NULL;
    return status;
}
