/* SPDX-License-Identifier: MIT */
/* predictor.c: a model prepared for inference. The graph is folded (graph/fold.h), a program is planned, and
 * the weights are packed, once; afterwards a predictor is immutable, so threads may share it. Mutable state
 * is in workspaces. */
#include "graph/executor.h"
#include "graph/fold.h"
#include "kernel/choose.h"
#include "model/model.h"

#include "base/error.h"
#include "base/limits.h"
#include "base/memory.h"
#include "base/options.h"
#include "data/dataset.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Images of a batch that are computed together: few enough that they share cached weights, and many parts,
 * enough for the threads of a large machine. An image gets the same bits in any part. */
enum { TOGETHER = DSC_USUALLY(16, 1), LANES_MOST = 256, BATCH_MOST = 65536 };

static unsigned lanes_of(size_t batch) {
    const size_t lanes = (batch + TOGETHER - 1) / TOGETHER;
    return lanes > LANES_MOST ? LANES_MOST : (unsigned)lanes;
}

struct dsc_predictor {
    const dsc_kernels *kernels;
    dsc_folded *folded;
    dsc_executor *executor;             /* parameters prepared; does not run itself */
    const dsc_node *logits, *embedding; /* of the folded graph; embedding may be NULL */
    dsc_real *values;
    dsc_normalisation normalisation;
    size_t shape[3], classes, batch;
    char **class_names;
    bool sigmoid;
    dsc_ground ground; /* of the images that the model expects */
    bool knows_others; /* the model refuses images of no class */
};

struct dsc_workspace {
    const dsc_predictor *predictor;
    dsc_executor *executor;
    dsc_real *row;               /* (classes) */
    float *probabilities;        /* (classes) */
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
    dsc_kernels_choice choice;
    dsc_status status = dsc_kernels_choose(&choice, how->kernels, error);
    if (status) return status;
    p->kernels = choice.kernels;
    return dsc_precision_choose(bf16, how->precision, &choice, error);
}

/* Finds the node that computes the embedding; a view has the numbers of its input. */
static dsc_status find_embedding(const dsc_node **node, const dsc_model *model, dsc_error *error) {
    if (!*node) return DSC_OK;
    if ((*node)->graph != model->graph)
        return dsc_fail(error, DSC_ERROR_ARGUMENT, "the embedding is a node of another graph");
    while ((*node)->kind == DSC_NODE_OP && (*node)->op->flags & DSC_OP_VIEW) *node = (*node)->inputs[0];
    if ((*node)->kind != DSC_NODE_OP && (*node)->kind != DSC_NODE_OUTPUT)
        return dsc_fail(
            error, DSC_ERROR_ARGUMENT,
            "the embedding must be a value per sample that an op computes, not an input or a parameter");
    if ((*node)->index > model->logits->index)
        return dsc_fail(
            error, DSC_ERROR_ARGUMENT,
            "the embedding comes after the logits, where prediction ends; choose an earlier node");
    return DSC_OK;
}

static dsc_status copy_model(dsc_predictor *p, const dsc_model *model, const dsc_node *embedding,
                             dsc_error *error) {
    const char *const *names = (const char *const *)(const void *)model->class_names;
    memcpy(p->shape, model->image->shape.size, sizeof p->shape);
    p->classes = model->classes;
    p->normalisation = model->normalisation;
    p->sigmoid = dsc_model_is_sigmoid(model);
    dsc_images expected;
    dsc_model_describe(&expected, model);
    p->ground = expected.ground;
    p->knows_others = model->refuse_below > 0;
    p->class_names = dsc_class_names_copy(names, model->classes);
    dsc_status status = p->class_names ? dsc_folded_create(&p->folded, model->graph, embedding, error)
                                       : dsc_fail_memory(error, model->classes, "the names of classes");
    if (status) return status;
    p->logits = dsc_folded_node(p->folded, model->logits);
    p->embedding = embedding ? dsc_folded_node(p->folded, embedding) : NULL;
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
    const dsc_node *embedding = how->embedding;
    if (!status) status = find_embedding(&embedding, model, error);
    if (!status) status = copy_model(p, model, embedding, error);
    if (status) return status;
    const dsc_executor_options options = {.batch = p->batch,
                                          .lanes = lanes_of(p->batch),
                                          .kept = {p->logits, p->embedding},
                                          .kept_count = p->embedding && p->embedding != p->logits ? 2 : 1,
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

dsc_ground dsc_predictor_ground(const dsc_predictor *p) { return p->ground; }
bool dsc_predictor_knows_others(const dsc_predictor *p) { return p->knows_others; }

size_t dsc_predictor_embedding_size(const dsc_predictor *p) {
    return p->embedding ? dsc_shape_count(&p->embedding->shape) : 0;
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
    w->row = dsc_allocate_aligned(predictor->classes, sizeof(dsc_real));
    w->probabilities = dsc_allocate(predictor->classes, sizeof(float));
    if (!status && (!w->row || !w->probabilities))
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
    free(w->probabilities);
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
        "%zu of %zu answers are not finite, the first that of image %zu of them: the network's numbers "
        "exceeded the range of floats; train the model again with a smaller learning rate",
        bad, count, first);
}

void dsc_prediction_initialise(dsc_prediction *prediction, size_t size) {
    const dsc_prediction own = {.size = sizeof(dsc_prediction)};
    dsc_options_give(prediction, size, &own, sizeof own);
}

static dsc_status check_prediction(const dsc_prediction *wanted, const dsc_predictor *p,
                                   const dsc_workspace *w, dsc_error *error) {
    if (w->predictor != p)
        return dsc_fail(error, DSC_ERROR_ARGUMENT, "this workspace was made for another predictor");
    if (!wanted->images == !wanted->floats)
        return dsc_fail(error, DSC_ERROR_ARGUMENT, "expected images as bytes or as floats, found %s",
                        wanted->images ? "both" : "none");
    if (wanted->top > p->classes)
        return dsc_fail(error, DSC_ERROR_ARGUMENT,
                        "asked for the %zu likeliest of %zu classes; ask for fewer", wanted->top, p->classes);
    if (wanted->top && !wanted->top_classes)
        return dsc_fail(error, DSC_ERROR_ARGUMENT,
                        "asked for the %zu likeliest classes without a place for them; set top_classes",
                        wanted->top);
    if (wanted->embeddings && !p->embedding)
        return dsc_fail(
            error, DSC_ERROR_ARGUMENT,
            "asked for embeddings, but the predictor was created without; name a node in its options");
    return DSC_OK;
}

/* The `top` most probable classes in order, by insertion. Equal ones keep the order of their numbers. */
static void find_top(uint32_t *classes, const float *row, size_t count, size_t top) {
    size_t found = 0;
    for (uint32_t k = 0; k < count; k++) {
        size_t at = found;
        while (at > 0 && row[k] > row[classes[at - 1]]) at--;
        if (at == top) continue;
        if (found < top) found++;
        memmove(classes + at + 1, classes + at, (found - at - 1) * sizeof *classes);
        classes[at] = k;
    }
}

static void give_top(const dsc_prediction *wanted, const dsc_predictor *p, size_t i, const float *row,
                     bool finite) {
    const size_t top = wanted->top;
    uint32_t *classes = top ? wanted->top_classes + i * top : NULL;
    if (finite && top) find_top(classes, row, p->classes, top);
    for (size_t place = 0; place < top; place++) {
        if (!finite) classes[place] = (uint32_t)p->classes;
        if (wanted->top_probabilities)
            wanted->top_probabilities[i * top + place] = finite ? row[classes[place]] : NAN;
    }
}

static void give_embeddings(float *to, const dsc_predictor *p, const dsc_workspace *w, size_t count) {
    const dsc_real *values = dsc_executor_value(w->executor, p->embedding);
    const size_t all = count * dsc_shape_count(&p->embedding->shape);
    for (size_t i = 0; i < all; i++) to[i] = (float)values[i];
}

dsc_status dsc_predict_all(const dsc_predictor *p, dsc_workspace *w, const dsc_prediction *given,
                           dsc_error *error) {
    dsc_prediction wanted = dsc_prediction_defaults();
    dsc_status status = DSC_OPTIONS_TAKE(&wanted, given, dsc_prediction, probabilities, error);
    if (!status) status = check_prediction(&wanted, p, w, error);
    if (status) return status;
    w->images = wanted.images ? wanted.images : (const unsigned char *)wanted.floats;
    w->type = wanted.images ? DSC_U8 : DSC_F32;
    const size_t classes = p->classes;
    const dsc_run run = {
        .count = wanted.count, .load = load, .context = w, .values = p->values, .prepared = true};
    status = dsc_executor_run(w->executor, &run, error);
    if (status) return status;
    size_t bad = 0, first = 0;
    const unsigned before = dsc_denormals_flush();
    const dsc_real *logits = dsc_executor_value(w->executor, p->logits);
    for (size_t i = 0; i < wanted.count; i++) {
        float *row = wanted.probabilities ? wanted.probabilities + i * classes : w->probabilities;
        memcpy(w->row, logits + i * classes, classes * sizeof *w->row);
        for (size_t k = 0; k < classes && wanted.logits; k++)
            wanted.logits[i * classes + k] = (float)w->row[k];
        const bool finite = dsc_probabilities(row, w->row, classes, p->sigmoid, p->kernels);
        give_top(&wanted, p, i, row, finite);
        if (!finite && !bad++) first = i;
    }
    dsc_denormals_restore(before);
    if (wanted.embeddings) give_embeddings(wanted.embeddings, p, w, wanted.count);
    return bad ? fail_not_finite(bad, wanted.count, first, error) : DSC_OK;
}

dsc_status dsc_predict(float *probabilities, const dsc_predictor *p, dsc_workspace *w, const uint8_t *images,
                       size_t count, dsc_error *error) {
    dsc_prediction wanted = dsc_prediction_defaults();
    wanted.count = count;
    wanted.images = images;
    wanted.probabilities = probabilities;
    return dsc_predict_all(p, w, &wanted, error);
}
