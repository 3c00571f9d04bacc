/* SPDX-License-Identifier: MIT */
/* robustness.c: evaluates a model on images changed by known amounts. */
#include "report/robustness.h"

#include "augment/warp.h"
#include "base/elementary.h"
#include "base/error.h"
#include "base/memory.h"
#include "base/random.h"
#include "base/stream.h"
#include "kernel/kernel.h"
#include "measure/score.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { REACH_MOST = 16, SEED = 1, STRENGTHS = 4 };

static const struct {
    const char *name, *unit;
    double strengths[STRENGTHS];
} changes[] = {
    [REPORT_NO_CHANGE] = {"none", "", {0}},
    [REPORT_ROTATION] = {"rotation", "degrees", {10, 20, 30, 45}},
    [REPORT_SHIFT] = {"shift", "pixels", {1, 2, 3, 4}},
    [REPORT_NOISE] = {"noise", "sigma, white being 255", {16, 32, 64, 96}},
    [REPORT_BLUR] = {"blur", "sigma in pixels", {0.5, 1, 1.5, 2}},
    [REPORT_CONTRAST] = {"contrast", "share of it left", {0.75, 0.5, 0.25, 0.1}},
};

/* --- one image --- */

size_t report_change_work(const size_t shape[3]) {
    return 3 * shape[0] * shape[1] * shape[2] + dsc_warp_scratch(shape);
}

static void warp(float *out, const float *in, const size_t shape[3], const dsc_affine *change,
                 float *scratch) {
    dsc_augment_call call = {
        .out = out, .in = in, .scratch = scratch, .kernels = dsc_kernels_find("portable")};
    double back[6];
    memcpy(call.shape, shape, sizeof call.shape);
    dsc_affine_back(back, change, shape[1], shape[2]);
    dsc_warp_affine(&call, back);
}

static void add_noise(float *out, const float *in, size_t count, double sigma, size_t number) {
    dsc_rng rng;
    dsc_rng_philox(&rng, (const uint64_t[2]){SEED, DSC_STREAM_AUGMENT}, (const uint64_t[4]){0, number, 0, 0});
    for (size_t i = 0; i < count; i++) out[i] = in[i] + (float)(sigma * dsc_rng_normal(&rng));
}

/* Filters lines of `size` values `step` apart. */
static void blur_lines(float *out, const float *in, size_t lines, size_t next, size_t size, size_t step,
                       const double *weight, size_t reach) {
    for (size_t l = 0; l < lines; l++, out += next, in += next)
        for (size_t i = 0; i < size; i++) {
            double sum = weight[0] * (double)in[i * step];
            for (size_t k = 1; k <= reach; k++) {
                size_t before = i > k ? i - k : 0, behind = i + k < size ? i + k : size - 1;
                sum += weight[k] * ((double)in[before * step] + (double)in[behind * step]);
            }
            out[i * step] = (float)sum;
        }
}

static void blur(float *out, const float *in, const size_t shape[3], double sigma, float *between) {
    double weight[REACH_MOST + 1] = {1}, sum = 1;
    size_t reach = 0, plane = shape[1] * shape[2];
    while (reach < REACH_MOST && (double)reach < 3 * sigma) {
        double u = (double)++reach / sigma;
        weight[reach] = dsc_exp(-0.5 * u * u);
        sum += 2 * weight[reach];
    }
    for (size_t k = 0; k <= reach; k++) weight[k] /= sum;
    for (size_t c = 0; c < shape[0]; c++) {
        blur_lines(between, in + c * plane, shape[1], shape[2], shape[2], 1, weight, reach);
        blur_lines(out + c * plane, between, shape[2], 1, shape[1], shape[2], weight, reach);
    }
}

static void lower_contrast(float *out, const float *in, size_t count, double share) {
    double mean = 0;
    for (size_t i = 0; i < count; i++) mean += (double)in[i];
    mean /= (double)count;
    for (size_t i = 0; i < count; i++) out[i] = (float)(mean + share * ((double)in[i] - mean));
}

void report_change_image(uint8_t *out, const uint8_t *image, const size_t shape[3], report_change change,
                         double strength, size_t number, float *work) {
    static const int directions[8][2] = {{1, 0}, {-1, 0},  {0, 1},  {0, -1},
                                         {1, 1}, {-1, -1}, {1, -1}, {-1, 1}};
    size_t count = shape[0] * shape[1] * shape[2];
    float *in = work, *to = work + count, *scratch = work + 2 * count;
    dsc_affine how = {.scale_x = 1, .scale_y = 1};
    for (size_t i = 0; i < count; i++) in[i] = to[i] = image[i];
    switch (change) {
    case REPORT_NO_CHANGE:
        break;
    case REPORT_ROTATION:
        how.degrees = number % 2 ? -strength : strength;
        warp(to, in, shape, &how, scratch);
        break;
    case REPORT_SHIFT:
        how.shift_x = strength * directions[number % 8][0];
        how.shift_y = strength * directions[number % 8][1];
        warp(to, in, shape, &how, scratch);
        break;
    case REPORT_NOISE:
        add_noise(to, in, count, strength, number);
        break;
    case REPORT_BLUR:
        blur(to, in, shape, strength, scratch);
        break;
    case REPORT_CONTRAST:
        lower_contrast(to, in, count, strength);
        break;
    }
    for (size_t i = 0; i < count; i++) out[i] = (uint8_t)lround(fmin(fmax((double)to[i], 0), 255));
}

/* --- all trials --- */

/* State shared by all trials. */
typedef struct subject {
    const report_exam *exam;
    uint32_t *samples;
    size_t count;
    uint8_t *images, *labels;
    float *work;
    unsigned threads;
} subject;

static dsc_status allocate(subject *s, dsc_error *error) {
    const dsc_dataset *data = s->exam->data;
    s->samples = dsc_allocate(s->count, sizeof *s->samples);
    s->images = dsc_allocate(s->count, data->image_size);
    s->labels = dsc_allocate(s->count, 1);
    s->work = dsc_allocate(report_change_work(data->shape), sizeof *s->work);
    if (s->samples && s->images && s->labels && s->work) return DSC_OK;
    return dsc_fail_memory(error, s->count * data->image_size, "changed images");
}

static dsc_status try_one(report_trial *trial, const subject *s, dsc_error *error) {
    const dsc_dataset *data = s->exam->data;
    for (size_t i = 0; i < s->count; i++) {
        report_change_image(s->images + i * data->image_size, dsc_dataset_image(data, s->samples[i]),
                            data->shape, trial->change, trial->strength, i, s->work);
        s->labels[i] = dsc_dataset_label(data, s->samples[i]);
    }
    dsc_dataset_options options = dsc_dataset_options_defaults();
    dsc_dataset *changed;
    dsc_metrics metrics = {0};
    options.images = s->images;
    options.borrow = true;
    options.labels = s->labels;
    options.count = s->count;
    dsc_dataset_shape(data, options.shape);
    options.classes = data->classes;
    options.class_names = (const char *const *)data->class_names;
    options.name = "changed images";
    dsc_status status = dsc_dataset_create(&changed, &options, error);
    if (!status) status = dsc_model_measure(&metrics, s->exam->model, changed, s->threads, NULL, NULL, error);
    trial->count = metrics.count;
    trial->correct = metrics.top[0];
    trial->not_finite = metrics.not_finite;
    dsc_metrics_clear(&metrics);
    dsc_dataset_free(changed);
    return status;
}

dsc_status report_try_all(report_trial trials[REPORT_TRIALS], const report_exam *exam, size_t samples,
                          unsigned threads, const report_watch *watch, dsc_error *error) {
    subject s = {.exam = exam, .count = exam->data->count, .threads = threads};
    if (samples && samples < s.count) s.count = samples;
    for (size_t i = 0; i < REPORT_TRIALS; i++) {
        report_change change = i ? (report_change)(1 + (i - 1) / STRENGTHS) : REPORT_NO_CHANGE;
        trials[i] = (report_trial){.change = change,
                                   .name = changes[change].name,
                                   .unit = changes[change].unit,
                                   .strength = i ? changes[change].strengths[(i - 1) % STRENGTHS] : 0};
    }
    dsc_status status = allocate(&s, error);
    if (!status) report_spread(s.samples, s.count, exam->data);
    for (size_t i = 0; i < REPORT_TRIALS && !status; i++) {
        status = try_one(&trials[i], &s, error);
        if (!status) status = report_tell(watch, "changing images", i + 1, REPORT_TRIALS, error);
    }
    free(s.samples);
    free(s.images);
    free(s.labels);
    free(s.work);
    return status;
}
