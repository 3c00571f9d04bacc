/* SPDX-License-Identifier: MIT */
/* speed.c: times the predictor, as users would call it: one image at a time on one thread, then batches on
 * all threads. */
#include "report/speed.h"

#include "base/clock.h"
#include "base/error.h"
#include "base/memory.h"
#include "base/threads.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { BATCH = 256, WARM = 8, LEAST = 20, MOST = 100000, ROUNDS_LEAST = 3 };

/* The state of a measurement. */
typedef struct bench {
    const dsc_dataset *data;
    dsc_predictor *predictor;
    dsc_workspace *workspace;
    float *probabilities; /* (BATCH, classes) */
    uint8_t *images;      /* (BATCH, C, H, W) */
    double *times;        /* (MOST) */
} bench;

static int by_value(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static dsc_status open_workspace(bench *b, unsigned threads, dsc_error *error) {
    dsc_workspace_free(b->workspace);
    b->workspace = NULL;
    return dsc_workspace_create(&b->workspace, b->predictor, threads, error);
}

/* Answers that are not finite take as long; others report them. */
static dsc_status predict(bench *b, const uint8_t *images, size_t count, dsc_error *error) {
    const dsc_status status = dsc_predict(b->probabilities, b->predictor, b->workspace, images, count, error);
    return status == DSC_ERROR_DIVERGED ? DSC_OK : status;
}

/* Each call uses another image, so that no branch predictor learns one. */
static dsc_status time_single(report_speed *speed, bench *b, double seconds, dsc_error *error) {
    dsc_status status = open_workspace(b, 1, error);
    double end = dsc_clock() + seconds;
    size_t runs = 0;
    for (size_t i = 0; !status && runs < MOST && (runs < LEAST || dsc_clock() < end); i++) {
        const uint8_t *image = dsc_dataset_image(b->data, i % b->data->count);
        double start = dsc_clock();
        status = predict(b, image, 1, error);
        if (i >= WARM) b->times[runs++] = dsc_clock() - start;
    }
    if (status) return status;
    qsort(b->times, runs, sizeof *b->times, by_value);
    speed->runs = runs;
    speed->latency_median = b->times[runs / 2];
    speed->latency_slow = b->times[runs - 1 - runs / 100];
    return DSC_OK;
}

static dsc_status time_batches(report_speed *speed, bench *b, double seconds, dsc_error *error) {
    dsc_status status = open_workspace(b, speed->threads, error);
    for (size_t i = 0; i < BATCH; i++)
        memcpy(b->images + i * b->data->image_size, dsc_dataset_image(b->data, i % b->data->count),
               b->data->image_size);
    double start = 0, last = 0;
    size_t rounds = 0;
    for (; !status && (rounds <= ROUNDS_LEAST || last - start < seconds); rounds++) {
        status = predict(b, b->images, BATCH, error);
        last = dsc_clock();
        if (!rounds) start = last; /* the first round warms the caches */
    }
    if (!status && last > start) speed->images_per_second = (double)((rounds - 1) * BATCH) / (last - start);
    return status;
}

dsc_status report_measure_speed(report_speed *speed, const dsc_model *model, const dsc_dataset *data,
                                const char *path, unsigned threads, double seconds, dsc_error *error) {
    struct stat info;
    *speed = (report_speed){.parameters = dsc_model_parameters(model),
                            .multiply_adds = dsc_model_multiply_adds(model),
                            .batch = BATCH,
                            .threads = threads ? threads : dsc_threads_available()};
    if (path && !stat(path, &info)) speed->file_bytes = (double)info.st_size;
    dsc_processor_name(speed->processor);
    bench b = {.data = data};
    b.probabilities = dsc_allocate(BATCH, model->classes * sizeof *b.probabilities);
    b.images = dsc_allocate(BATCH, data->image_size);
    b.times = dsc_allocate(MOST, sizeof *b.times);
    dsc_predictor_options options = dsc_predictor_options_defaults();
    options.batch = BATCH;
    dsc_status status = DSC_OK;
    if (!b.probabilities || !b.images || !b.times)
        status = dsc_fail_memory(error, BATCH * data->image_size, "a measurement of speed");
    if (!status) status = dsc_predictor_create(&b.predictor, model, &options, error);
    if (!status) status = time_single(speed, &b, seconds / 2, error);
    if (!status) status = time_batches(speed, &b, seconds / 2, error);
    dsc_workspace_free(b.workspace);
    dsc_predictor_free(b.predictor);
    free(b.probabilities);
    free(b.images);
    free(b.times);
    return status;
}
