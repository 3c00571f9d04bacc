/* SPDX-License-Identifier: MIT */
/* members.c: the members of an ensemble, and how far they agree.
 *
 * How much an answer is in doubt because the members differ, and not because the image could be either, is
 * the mutual information of answer and member: H(1/M sum over m of p_m) - 1/M sum over m of H(p_m), H the
 * entropy. 0: all say the same, however unsure. Houlsby, Huszar, Ghahramani and Lengyel, "Bayesian active
 * learning" (2011); Lakshminarayanan, Pritzel and Blundell, "Simple and scalable predictive uncertainty
 * estimation using deep ensembles" (2017). */
#include "model/members.h"

#include "base/elementary.h"
#include "model/model.h"
#include "op/op.h"

#include <math.h>

const dsc_node *dsc_model_members(const dsc_model *model, size_t *count) {
    const dsc_node *logits = model->logits;
    *count = 0;
    if (logits->kind != DSC_NODE_OP || logits->op != dsc_op_find("log-mean-softmax")) return NULL;
    const dsc_node *all = logits->inputs[0];
    while (all->kind == DSC_NODE_OP && all->op->flags & DSC_OP_VIEW) all = all->inputs[0];
    *count = dsc_shape_count(&all->shape) / model->classes;
    if (*count > 1 && all->kind == DSC_NODE_OP) return all;
    *count = 0;
    return NULL;
}

static size_t largest(const float *row, size_t classes) {
    size_t best = 0;
    for (size_t k = 1; k < classes; k++)
        if (row[k] > row[best]) best = k;
    return best;
}

/* exp(x - most) of a row, and the logarithm of its sum behind it. */
static double log_sum(const float *row, double most, size_t classes) {
    double sum = 0;
    for (size_t k = 0; k < classes; k++) sum += dsc_exp((double)row[k] - most);
    return most + dsc_log(sum);
}

static double times_log(double p) { return p > 0 ? p * dsc_log(p) : 0; }

size_t dsc_members_agree(double *information, size_t answer, const float *logits, size_t members,
                         size_t classes) {
    size_t agree = 0;
    for (size_t m = 0; m < members; m++) agree += largest(logits + m * classes, classes) == answer;
    if (!information) return agree;
    double both = 0;
    for (size_t k = 0; k < classes; k++) {
        double mean = 0;
        for (size_t m = 0; m < members; m++) {
            const float *row = logits + m * classes;
            const double most = (double)row[largest(row, classes)];
            const double p = dsc_exp((double)row[k] - log_sum(row, most, classes));
            mean += p / (double)members;
            both += times_log(p) / (double)members;
        }
        both -= times_log(mean);
    }
    *information = both > 0 ? both / dsc_log(2) : 0;
    return agree;
}
