/* SPDX-License-Identifier: MIT */
/* metrics.c: accuracy, top-k, confusion, precision, recall, F1, calibration. */
#include "measure/metrics.h"

#include "base/error.h"
#include "base/memory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

dsc_status dsc_metrics_initialise(dsc_metrics *metrics, size_t classes, dsc_error *error) {
    memset(metrics, 0, sizeof *metrics);
    metrics->confusion = dsc_allocate(classes * (classes + 1), sizeof(size_t));
    if (!metrics->confusion)
        return dsc_fail_memory(error, classes * (classes + 1) * sizeof(size_t), "a confusion matrix");
    metrics->no_answer = metrics->confusion + classes * classes;
    metrics->classes = classes;
    return DSC_OK;
}

void dsc_metrics_reset(dsc_metrics *metrics) {
    const size_t classes = metrics->classes;
    size_t *confusion = metrics->confusion;
    memset(confusion, 0, classes * (classes + 1) * sizeof *confusion);
    *metrics =
        (dsc_metrics){.classes = classes, .confusion = confusion, .no_answer = confusion + classes * classes};
}

void dsc_metrics_clear(dsc_metrics *metrics) {
    if (!metrics) return;
    free(metrics->confusion);
    memset(metrics, 0, sizeof *metrics);
}

static bool is_finite(const float *p, size_t classes, double loss) {
    bool finite = isfinite(loss);
    for (size_t k = 0; k < classes; k++) finite = finite && isfinite(p[k]);
    return finite;
}

size_t dsc_metrics_add(dsc_metrics *metrics, const float *p, size_t label, double loss) {
    metrics->count++;
    if (!is_finite(p, metrics->classes, loss)) {
        metrics->not_finite++;
        metrics->no_answer[label]++;
        return metrics->classes;
    }
    size_t best = 0, rank = 0; /* rank: number of classes before the label; equals keep their order */
    for (size_t k = 0; k < metrics->classes; k++) {
        if (p[k] > p[best]) best = k;
        if (p[k] > p[label] || (k < label && p[k] == p[label])) rank++;
    }
    metrics->loss += loss;
    for (size_t k = rank; k < DSC_TOP_MOST; k++) metrics->top[k]++;
    metrics->confusion[label * metrics->classes + best]++;
    double scaled = (double)p[best] * DSC_CALIBRATION_BINS;
    size_t bin = scaled >= DSC_CALIBRATION_BINS - 1 ? DSC_CALIBRATION_BINS - 1
                 : scaled > 0                       ? (size_t)scaled
                                                    : 0;
    metrics->bin_count[bin]++;
    metrics->bin_correct[bin] += best == label;
    metrics->bin_confidence[bin] += (double)p[best];
    return best;
}

double dsc_metrics_accuracy(const dsc_metrics *metrics) {
    return metrics->count ? (double)metrics->top[0] / (double)metrics->count : 0;
}

double dsc_metrics_loss(const dsc_metrics *metrics) {
    if (metrics->not_finite) return INFINITY;
    return metrics->count ? metrics->loss / (double)metrics->count : (double)NAN;
}

void dsc_wilson_interval(double interval[2], size_t hits, size_t count) {
    const double z = 1.959963984540054;
    interval[0] = 0;
    interval[1] = 1;
    if (!count) return;
    double n = (double)count, p = (double)hits / n, z2 = z * z;
    double middle = (p + z2 / (2 * n)) / (1 + z2 / n);
    double half = z / (1 + z2 / n) * sqrt(p * (1 - p) / n + z2 / (4 * n * n));
    interval[0] = fmax(0, middle - half);
    interval[1] = fmin(1, middle + half);
}

dsc_class_metrics dsc_metrics_of_class(const dsc_metrics *metrics, size_t label) {
    size_t n = metrics->classes, hit = metrics->confusion[label * n + label];
    size_t predicted = 0, support = metrics->no_answer[label];
    for (size_t k = 0; k < n; k++) {
        support += metrics->confusion[label * n + k];
        predicted += metrics->confusion[k * n + label];
    }
    dsc_class_metrics m = {.support = support, .precision = NAN, .recall = NAN, .f1 = NAN};
    if (predicted) m.precision = (double)hit / (double)predicted;
    if (support) m.recall = (double)hit / (double)support;
    if (predicted + support) m.f1 = 2 * (double)hit / (double)(predicted + support);
    return m;
}

double dsc_metrics_calibration_error(const dsc_metrics *metrics) {
    const size_t answered = metrics->count - metrics->not_finite;
    double error = 0;
    for (size_t i = 0; i < DSC_CALIBRATION_BINS; i++)
        error += fabs((double)metrics->bin_correct[i] - metrics->bin_confidence[i]);
    if (!answered) return metrics->count ? (double)NAN : 0;
    return error / (double)answered;
}
