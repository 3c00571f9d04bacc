/* SPDX-License-Identifier: MIT */
/* intervals.c: Wilson's intervals for proportions, the bootstrap for F1.
 *
 * An image enters the metrics only through its cell of the confusion matrix. Images are therefore drawn as
 * cells, once for all classes, and each round needs only three counts per class: hits, labels,
 * predictions. */
#include "measure/intervals.h"

#include "base/error.h"
#include "base/memory.h"
#include "base/random.h"
#include "base/stream.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct cell {
    uint32_t label, prediction; /* prediction = classes: no finite answer */
} cell;

typedef struct bootstrap {
    const dsc_metrics *metrics;
    cell *cells;                         /* one per image */
    size_t *hits, *labels, *predictions; /* (classes) of the round; predictions: one more, for none */
    double *f1;                          /* (classes + 1, rounds); the last row is the mean */
    size_t drawn;
} bootstrap;

static double f1_of(size_t hits, size_t labels, size_t predictions) {
    return labels + predictions ? 2 * (double)hits / (double)(labels + predictions) : (double)NAN;
}

double dsc_metrics_macro_f1(const dsc_metrics *metrics) {
    double sum = 0;
    size_t count = 0;
    for (size_t k = 0; k < metrics->classes; k++) {
        double f1 = dsc_metrics_of_class(metrics, k).f1;
        if (isnan(f1)) continue;
        sum += f1;
        count++;
    }
    return count ? sum / (double)count : (double)NAN;
}

static dsc_status allocate(bootstrap *b, dsc_error *error) {
    size_t classes = b->metrics->classes;
    b->cells = dsc_allocate(b->metrics->count, sizeof *b->cells);
    b->hits = dsc_allocate(3 * classes + 1, sizeof *b->hits);
    b->f1 = dsc_allocate(classes + 1, DSC_BOOTSTRAP_ROUNDS * sizeof *b->f1);
    if (!b->cells || !b->hits || !b->f1)
        return dsc_fail_memory(error, b->metrics->count * sizeof *b->cells, "intervals of metrics");
    b->labels = b->hits + classes;
    b->predictions = b->labels + classes;
    return DSC_OK;
}

static void spread_cells(bootstrap *b) {
    size_t n = b->metrics->classes, at = 0;
    for (size_t i = 0; i < n * n; i++)
        for (size_t c = 0; c < b->metrics->confusion[i]; c++)
            b->cells[at++] = (cell){(uint32_t)(i / n), (uint32_t)(i % n)};
    for (size_t k = 0; k < n; k++)
        for (size_t c = 0; c < b->metrics->no_answer[k]; c++)
            b->cells[at++] = (cell){(uint32_t)k, (uint32_t)n};
}

static void run_round(bootstrap *b, dsc_rng *rng, size_t round) {
    size_t classes = b->metrics->classes, count = 0;
    double sum = 0;
    memset(b->hits, 0, (3 * classes + 1) * sizeof *b->hits);
    for (size_t i = 0; i < b->drawn; i++) {
        cell c = b->cells[dsc_rng_up_to(rng, b->metrics->count - 1)];
        b->labels[c.label]++;
        b->predictions[c.prediction]++;
        b->hits[c.label] += c.label == c.prediction;
    }
    for (size_t k = 0; k < classes; k++) {
        double f1 = f1_of(b->hits[k], b->labels[k], b->predictions[k]);
        b->f1[k * DSC_BOOTSTRAP_ROUNDS + round] = f1;
        if (isnan(f1)) continue;
        sum += f1;
        count++;
    }
    b->f1[classes * DSC_BOOTSTRAP_ROUNDS + round] = count ? sum / (double)count : (double)NAN;
}

static int by_value(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* The quantile of sorted values, interpolated linearly. */
static double quantile(const double *sorted, size_t count, double share) {
    double place = share * (double)(count - 1);
    size_t below = (size_t)place;
    if (below + 1 >= count) return sorted[count - 1];
    return sorted[below] + (place - (double)below) * (sorted[below + 1] - sorted[below]);
}

/* Rounds without the class have no F1 and are omitted. */
static void percentiles(double interval[2], double *values) {
    size_t count = 0;
    for (size_t i = 0; i < DSC_BOOTSTRAP_ROUNDS; i++)
        if (!isnan(values[i])) values[count++] = values[i];
    interval[0] = interval[1] = (double)NAN;
    if (!count) return;
    qsort(values, count, sizeof *values, by_value);
    interval[0] = quantile(values, count, 0.025);
    interval[1] = quantile(values, count, 0.975);
}

static void share_interval(double interval[2], size_t hits, size_t count) {
    interval[0] = interval[1] = (double)NAN;
    if (count) dsc_wilson_interval(interval, hits, count);
}

static void finish(dsc_class_intervals *intervals, double macro[2], const bootstrap *b) {
    size_t n = b->metrics->classes;
    for (size_t k = 0; k < n; k++) {
        size_t hits = b->metrics->confusion[k * n + k];
        size_t labels = b->metrics->no_answer[k], predictions = 0;
        for (size_t i = 0; i < n; i++) {
            labels += b->metrics->confusion[k * n + i];
            predictions += b->metrics->confusion[i * n + k];
        }
        share_interval(intervals[k].precision, hits, predictions);
        share_interval(intervals[k].recall, hits, labels);
        percentiles(intervals[k].f1, b->f1 + k * DSC_BOOTSTRAP_ROUNDS);
    }
    percentiles(macro, b->f1 + n * DSC_BOOTSTRAP_ROUNDS);
}

dsc_status dsc_metrics_intervals(dsc_class_intervals *intervals, double macro_f1[2],
                                 const dsc_metrics *metrics, uint64_t seed, dsc_error *error) {
    bootstrap b = {.metrics = metrics};
    b.drawn = metrics->count < DSC_BOOTSTRAP_MOST ? metrics->count : DSC_BOOTSTRAP_MOST;
    dsc_status status = allocate(&b, error);
    if (!status) {
        dsc_rng rng;
        dsc_rng_philox(&rng, (const uint64_t[2]){seed, DSC_STREAM_BOOTSTRAP}, (const uint64_t[4]){0});
        spread_cells(&b);
        for (size_t round = 0; round < DSC_BOOTSTRAP_ROUNDS; round++) run_round(&b, &rng, round);
        finish(intervals, macro_f1, &b);
    }
    free(b.cells);
    free(b.hits);
    free(b.f1);
    return status;
}
