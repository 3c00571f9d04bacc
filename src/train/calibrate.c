/* SPDX-License-Identifier: MIT */
/* calibrate.c: temperature scaling. Guo, Pleiss, Sun and Weinberger, "On calibration of modern neural
 * networks" (2017): the logits of a finished model are multiplied by b = 1 / T,
 *
 *   p_k = softmax(b z)_k    b minimises the mean of -log p_label over the validation set
 *
 * This changes the confidence of an answer, not the answer. The loss is convex in b. Bisection finds the zero
 * of its slope, the mean of (sum over k of p_k z_k) - z_label. The weights and the bias of the last layer are
 * multiplied by b, so the file format of the model does not change. */
#include "train/trainer.h"

#include "base/elementary.h"
#include "base/error.h"
#include "base/memory.h"
#include "train/sanity.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double LEAST = 0.1, MOST = 10; /* range of b: without errors, or without right answers, the
                                             * optimum is infinite */
enum { HALVINGS = 40 };
static const float TINY = 1e-30F; /* least probability */

/* Log-probabilities: logits up to a constant per sample. */
typedef struct answers {
    double *z; /* (count, classes) */
    size_t *label;
    size_t count, classes;
} answers;

static int keep(void *user, const dsc_answer *answer) {
    answers *l = user;
    double *z = l->z + l->count * l->classes;
    for (size_t k = 0; k < l->classes; k++) z[k] = dsc_log((double)fmaxf(answer->probabilities[k], TINY));
    l->label[l->count++] = answer->label;
    return 0;
}

static double slope(const answers *l, double b) {
    double sum = 0;
    for (size_t i = 0; i < l->count; i++) {
        const double *z = l->z + i * l->classes;
        double most = z[0], all = 0, mean = 0;
        for (size_t k = 1; k < l->classes; k++)
            if (z[k] > most) most = z[k];
        for (size_t k = 0; k < l->classes; k++) {
            const double p = dsc_exp(b * (z[k] - most));
            all += p;
            mean += p * z[k];
        }
        sum += mean / all - z[l->label[i]];
    }
    return sum;
}

static double find_factor(const answers *l) {
    double low = dsc_log(LEAST), high = dsc_log(MOST);
    for (size_t i = 0; i < HALVINGS; i++) {
        const double middle = (low + high) / 2;
        *(slope(l, dsc_exp(middle)) < 0 ? &low : &high) = middle;
    }
    return dsc_exp((low + high) / 2);
}

/* Whether the node is learned and only the logits use it. */
static bool is_their_own(const dsc_graph *graph, const dsc_node *node) {
    size_t uses = 0;
    for (size_t i = 0; i < graph->count; i++)
        for (size_t k = 0; k < graph->nodes[i]->input_count; k++) uses += graph->nodes[i]->inputs[k] == node;
    return uses == 1 && node->kind == DSC_NODE_PARAMETER && !node->frozen;
}

static bool can_be_scaled(const dsc_model *model) {
    const dsc_node *logits = model->logits;
    if (logits->kind != DSC_NODE_OP || logits->op != dsc_op_find("matmul")) return false;
    for (size_t k = 1; k < logits->input_count; k++)
        if (!is_their_own(model->graph, logits->inputs[k])) return false;
    return true;
}

dsc_status dsc_trainer_check_calibration(const dsc_trainer *t, dsc_error *error) {
    if (!t->recipe.calibrate) return DSC_OK;
    if (!t->validation)
        return dsc_fail(error, DSC_ERROR_ARGUMENT,
                        "calibrate needs a validation set; set validation to 0.1, or calibrate to off");
    if (!(t->model->loss->op->flags & DSC_OP_ENTROPY) || !can_be_scaled(t->model))
        return dsc_fail(
            error, DSC_ERROR_ARGUMENT,
            "calibrate: expected softmax-cross-entropy, and a dense layer that learns as the last one; set "
            "calibrate to off");
    return DSC_OK;
}

static void scale(const dsc_model *model, double factor) {
    for (size_t k = 1; k < model->logits->input_count; k++) {
        const dsc_node *node = model->logits->inputs[k];
        for (size_t i = 0; i < dsc_shape_count(&node->shape); i++)
            model->values[node->offset + i] = (dsc_real)((double)model->values[node->offset + i] * factor);
    }
}

dsc_status dsc_trainer_calibrate(dsc_trainer *t, dsc_error *error) {
    t->temperature = 1;
    if (!t->recipe.calibrate) return DSC_OK;
    dsc_metrics metrics = {0};
    answers l = {.classes = t->model->classes};
    l.z = dsc_allocate(t->validation->count, l.classes * sizeof *l.z);
    l.label = dsc_allocate(t->validation->count, sizeof *l.label);
    dsc_status status = l.z && l.label
                            ? dsc_metrics_initialise(&metrics, l.classes, error)
                            : dsc_fail_memory(error, t->validation->count * sizeof *l.z, "a temperature");
    if (!status) status = dsc_evaluator_run(t->evaluator, &metrics, NULL, t->validation, keep, &l, error);
    if (!status && metrics.not_finite)
        status = dsc_trainer_fail_answers(t, &metrics, "held-out images", error);
    if (!status) {
        const double factor = find_factor(&l);
        t->temperature = 1 / factor;
        scale(t->model, factor);
    }
    dsc_metrics_clear(&metrics);
    free(l.z);
    free(l.label);
    return status;
}
