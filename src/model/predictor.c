/* SPDX-License-Identifier: MIT */
/* predictor.c: a model made ready to answer. The graph is folded (graph/fold.h), a program planned for
 * inference, and the weights are packed, once; after that nothing in it changes, so that threads may share
 * it. What changes is in workspaces. */
#include "graph/executor.h"
#include "graph/fold.h"
#include "kernel/choose.h"
#include "model/model.h"

#include "base/error.h"
#include "base/limits.h"
#include "base/memory.h"
#include "base/options.h"
#include "data/dataset.h"

#include <stdlib.h>
#include <string.h>

/* Parts of a batch: so few that a part's images share what is read of the weights, and enough for the threads
 * of a large machine. Each image gets the same bits in any of them. */
enum { TOGETHER = DSC_USUALLY(16, 1), LANES_MOST = 256, BATCH_MOST = 65536 };

static unsigned lanes_of(size_t batch) {
    const size_t lanes = (batch + TOGETHER - 1) / TOGETHER;
    return lanes > LANES_MOST ? LANES_MOST : (unsigned)lanes;
}

struct dsc_predictor {
    const dsc_kernels *kernels;
    dsc_folded *folded;
    dsc_executor *executor; /* its parameters prepared; does not run itself */
    const dsc_node *logits; /* of the folded graph */
    dsc_real *values;
    dsc_normalisation normalisation;
    size_t shape[3], classes, batch;
    char **class_names;
    bool sigmoid;
};

struct dsc_workspace {
    const dsc_predictor *predictor;
    dsc_executor *executor;
    dsc_real *row;               /* (classes) */
    const unsigned char *images; /* of the call */
    dsc_type type;
};

void dsc_predictor_options_initialise(dsc_predictor_options *options, size_t size) {
    const dsc_predictor_options own = {
        .size = sizeof(dsc_predictor_options), .batch = 256, .precision = "f32"};
    dsc_options_give(options, size, &own, sizeof own);
}

static dsc_status choose_kernels(dsc_predictor *p, bool *bf16, const dsc_predictor_options *how,
                                 dsc_error *error) {
    const char *precision = how->precision ? how->precision : "f32";
    dsc_kernels_choice choice;
    dsc_status status = dsc_kernels_choose(&choice, how->kernels, error);
    if (status) return status;
    p->kernels = choice.kernels;
    const bool automatic = !strcmp(precision, "auto");
    if (!automatic && strcmp(precision, "f32") != 0 && strcmp(precision, "bf16") != 0)
        return dsc_fail(error, DSC_ERROR_ARGUMENT, "precision '%s'; expected f32, bf16 or auto", precision);
    *bf16 = automatic ? choice.bf16 : !strcmp(precision, "bf16");
    return DSC_OK;
}

static dsc_status copy_model(dsc_predictor *p, const dsc_model *model, dsc_error *error) {
    const char *const *names = (const char *const *)(const void *)model->class_names;
    memcpy(p->shape, model->image->shape.size, sizeof p->shape);
    p->classes = model->classes;
    p->normalisation = model->normalisation;
    p->sigmoid = dsc_model_is_sigmoid(model);
    p->class_names = dsc_class_names_copy(names, model->classes);
    dsc_status status = p->class_names ? dsc_folded_create(&p->folded, model->graph, error)
                                       : dsc_fail_memory(error, model->classes, "the names of classes");
    if (status) return status;
    p->logits = dsc_folded_node(p->folded, model->logits);
    const size_t numbers = dsc_graph_value_numbers(dsc_folded_graph(p->folded));
    p->values = dsc_allocate_aligned(numbers + 1, sizeof(dsc_real));
    if (!p->values) return dsc_fail_memory(error, numbers * sizeof(dsc_real), "a predictor's parameters");
    dsc_folded_values(p->folded, p->values, model->values);
    return DSC_OK;
}

static dsc_status make(dsc_predictor *p, const dsc_model *model, const dsc_predictor_options *how,
                       dsc_error *error) {
    bool bf16 = false;
    if (how->batch < 1 || how->batch > BATCH_MOST)
        return dsc_fail(error, DSC_ERROR_ARGUMENT, "batch %zu; expected 1 to %d", how->batch, BATCH_MOST);
    p->batch = how->batch;
    dsc_status status = dsc_model_check_values(model, NULL, error);
    if (!status) status = choose_kernels(p, &bf16, how, error);
    if (!status) status = copy_model(p, model, error);
    if (status) return status;
    const dsc_executor_options options = {.batch = p->batch,
                                          .lanes = lanes_of(p->batch),
                                          .kept = {p->logits},
                                          .kept_count = 1,
                                          .kernels = p->kernels,
                                          .bf16 = bf16};
    status = dsc_executor_create(&p->executor, dsc_folded_graph(p->folded), &options, 1, error);
    if (!status) dsc_executor_prepare(p->executor, p->values); /* packs the weights */
    return status;
}

dsc_status dsc_predictor_create(dsc_predictor **result, const dsc_model *model,
                                const dsc_predictor_options *given, dsc_error *error) {
    dsc_predictor_options how = dsc_predictor_options_defaults();
    *result = NULL;
    dsc_status status = DSC_OPTIONS_TAKE(&how, given, dsc_predictor_options, batch, error);
    if (status) return status;
    dsc_predictor *p = dsc_allocate(1, sizeof *p);
    if (!p) return dsc_fail_memory(error, sizeof *p, "a predictor");
    status = make(p, model, &how, error);
    if (status)
        dsc_predictor_free(p);
    else
        *result = p;
    return status;
}

void dsc_predictor_free(dsc_predictor *p) {
    if (!p) return;
    dsc_executor_free(p->executor);
    dsc_folded_free(p->folded);
    free(p->values);
    free(p->class_names);
    free(p);
}

size_t dsc_predictor_classes(const dsc_predictor *p) { return p->classes; }
void dsc_predictor_shape(const dsc_predictor *p, size_t shape[3]) {
    memcpy(shape, p->shape, sizeof p->shape);
}
const char *dsc_predictor_class_name(const dsc_predictor *p, size_t label) {
    return label < p->classes ? p->class_names[label] : "?";
}

/* --- workspaces --- */

dsc_status dsc_workspace_create(dsc_workspace **result, const dsc_predictor *predictor, unsigned threads,
                                dsc_error *error) {
    *result = NULL;
    dsc_workspace *w = dsc_allocate(1, sizeof *w);
    if (!w) return dsc_fail_memory(error, sizeof *w, "a workspace");
    w->predictor = predictor;
    dsc_status status = dsc_executor_share(&w->executor, predictor->executor, threads, error);
    if (!status && !(w->row = dsc_allocate_aligned(predictor->classes, sizeof(dsc_real))))
        status = dsc_fail_memory(error, predictor->classes * sizeof(dsc_real), "a workspace");
    if (status)
        dsc_workspace_free(w);
    else
        *result = w;
    return status;
}

void dsc_workspace_free(dsc_workspace *w) {
    if (!w) return;
    dsc_executor_free(w->executor);
    free(w->row);
    free(w);
}

/* --- answers --- */

static void load(void *context, dsc_real *const *inputs, size_t first, size_t count, unsigned worker) {
    (void)worker;
    const dsc_workspace *w = context;
    const dsc_predictor *p = w->predictor;
    const size_t size = p->shape[0] * p->shape[1] * p->shape[2];
    dsc_normalisation_apply(&p->normalisation, inputs[0], w->images + first * size * dsc_type_size(w->type),
                            w->type, count, p->shape);
}

static dsc_status fail_not_finite(size_t bad, size_t count, size_t first, dsc_error *error) {
    return dsc_fail(
        error, DSC_ERROR_DIVERGED,
        "%zu of %zu answers are no finite numbers, the first that of image %zu of them: the "
        "network's numbers grew beyond the range of floats; train it anew with a smaller learning "
        "rate",
        bad, count, first);
}

dsc_status dsc_predict(float *probabilities, const dsc_predictor *p, dsc_workspace *w, const uint8_t *images,
                       size_t count, dsc_error *error) {
    if (w->predictor != p)
        return dsc_fail(error, DSC_ERROR_ARGUMENT, "this workspace was made for another predictor");
    w->images = images;
    w->type = DSC_U8;
    const dsc_run run = {.count = count, .load = load, .context = w, .values = p->values, .prepared = true};
    dsc_status status = dsc_executor_run(w->executor, &run, error);
    if (status) return status;
    size_t bad = 0, first = 0;
    const unsigned before = dsc_denormals_flush();
    const dsc_real *logits = dsc_executor_value(w->executor, p->logits);
    for (size_t i = 0; i < count; i++) {
        memcpy(w->row, logits + i * p->classes, p->classes * sizeof *w->row);
        if (dsc_probabilities(probabilities + i * p->classes, w->row, p->classes, p->sigmoid, p->kernels))
            continue;
        if (!bad++) first = i;
    }
    dsc_denormals_restore(before);
    return bad ? fail_not_finite(bad, count, first, error) : DSC_OK;
}
