/* SPDX-License-Identifier: MIT */
/* strokes.c: traits of images, and accuracy by thirds of a trait. */
#include "report/strokes.h"

#include "base/error.h"
#include "base/memory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

const char *const report_trait_names[REPORT_TRAITS] = {"stroke thickness", "slant", "size", "brightness",
                                                       "contrast"};
const char *const report_trait_units[REPORT_TRAITS] = {"pixels", "degrees", "percent of the image", "percent",
                                                       "percent"};

bool report_is_handwriting(const dsc_images *images) { return images->preparation == DSC_PREPARATION_DIGITS; }

bool report_trait_applies(size_t trait, const dsc_images *images) {
    return (trait <= REPORT_SIZE) == report_is_handwriting(images);
}

/* Mean over the channels. */
static double grey_at(const uint8_t *image, const size_t shape[3], size_t y, size_t x) {
    double sum = 0;
    for (size_t c = 0; c < shape[0]; c++) sum += image[(c * shape[1] + y) * shape[2] + x];
    return sum / (double)shape[0];
}

/* Median of the outermost pixels, rounded to a byte. */
static double background_of(const uint8_t *image, const size_t shape[3]) {
    size_t counts[256] = {0}, all = 0, below = 0, height = shape[1], width = shape[2];
    for (size_t y = 0; y < height; y++)
        for (size_t x = 0; x < width; x++) {
            if (y && x && y + 1 < height && x + 1 < width) continue;
            counts[(size_t)(grey_at(image, shape, y, x) + 0.5)]++;
            all++;
        }
    for (size_t value = 0; value < 256; value++) {
        below += counts[value];
        if (2 * below > all) return (double)value;
    }
    return 255;
}

typedef struct ink {
    const uint8_t *image;
    const size_t *shape;
    double background;
} ink;

static double ink_at(const ink *k, size_t y, size_t x) {
    if (y >= k->shape[1] || x >= k->shape[2]) return 0;
    return fabs(grey_at(k->image, k->shape, y, x) - k->background);
}

/* The sum of gradient lengths, with differences from each pixel to its right and lower neighbours; index 0 is
 * the edge before the first pixel. */
static double edge_of(const ink *k) {
    double edge = 0;
    for (size_t y = 0; y <= k->shape[1]; y++)
        for (size_t x = 0; x <= k->shape[2]; x++) {
            double here = y && x ? ink_at(k, y - 1, x - 1) : 0;
            double right = (y ? ink_at(k, y - 1, x) : 0) - here, below = (x ? ink_at(k, y, x - 1) : 0) - here;
            edge += sqrt(right * right + below * below);
        }
    return edge;
}

static double slant_of(const ink *k, double sum, double mean_x, double mean_y) {
    double xy = 0, yy = 0;
    for (size_t y = 0; y < k->shape[1]; y++)
        for (size_t x = 0; x < k->shape[2]; x++) {
            double w = ink_at(k, y, x) / sum, dx = (double)x - mean_x, dy = (double)y - mean_y;
            xy += w * dx * dy;
            yy += w * dy * dy;
        }
    return yy > 0 ? atan2(-xy, yy) * (180 / 3.14159265358979323846) : (double)NAN; /* y points down */
}

static double size_of(const ink *k, double darkest) {
    size_t left = SIZE_MAX, right = 0, top = SIZE_MAX, bottom = 0;
    for (size_t y = 0; y < k->shape[1]; y++)
        for (size_t x = 0; x < k->shape[2]; x++) {
            if (2 * ink_at(k, y, x) < darkest) continue;
            left = x < left ? x : left;
            right = x > right ? x : right;
            top = y < top ? y : top;
            bottom = y;
        }
    return (double)((right - left + 1) * (bottom - top + 1)) / (double)(k->shape[1] * k->shape[2]);
}

/* Mean and deviation of all values of the image, in percent of 255. */
static void light_of(double *mean, double *deviation, const uint8_t *image, const size_t shape[3]) {
    const size_t count = shape[0] * shape[1] * shape[2];
    double sum = 0, squares = 0;
    for (size_t i = 0; i < count; i++) {
        sum += image[i];
        squares += (double)image[i] * image[i];
    }
    *mean = sum / (double)count;
    *deviation = sqrt(fmax(0, squares / (double)count - *mean * *mean)) / 2.55;
    *mean /= 2.55;
}

void report_traits_of(double traits[REPORT_TRAITS], const uint8_t *image, const size_t shape[3]) {
    ink k = {image, shape, background_of(image, shape)};
    double sum = 0, mean_x = 0, mean_y = 0, darkest = 0;
    for (size_t y = 0; y < shape[1]; y++)
        for (size_t x = 0; x < shape[2]; x++) {
            double w = ink_at(&k, y, x);
            sum += w;
            mean_x += w * (double)x;
            mean_y += w * (double)y;
            darkest = fmax(darkest, w);
        }
    for (size_t t = 0; t <= REPORT_SIZE; t++) traits[t] = (double)NAN;
    light_of(&traits[REPORT_BRIGHTNESS], &traits[REPORT_CONTRAST_OF_PIXELS], image, shape);
    if (!(sum > 0)) return;
    traits[REPORT_THICKNESS] = 2 * sum / edge_of(&k);
    traits[REPORT_SLANT] = slant_of(&k, sum, mean_x / sum, mean_y / sum);
    traits[REPORT_SIZE] = 100 * size_of(&k, darkest);
}

/* --- thirds --- */

static int by_value(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void slice_one(report_slice slices[REPORT_SLICES], size_t *crossed, const double *values,
                      double *sorted, const report_exam *exam) {
    size_t n = 0, count = exam->metrics.count;
    for (size_t i = 0; i < REPORT_SLICES; i++) slices[i] = (report_slice){0};
    for (size_t i = 0; i < count; i++)
        if (!isnan(values[i])) sorted[n++] = values[i];
    if (!n) return;
    qsort(sorted, n, sizeof *sorted, by_value);
    for (size_t i = 0; i < REPORT_SLICES; i++) {
        slices[i].from = sorted[i * n / REPORT_SLICES];
        slices[i].to = i + 1 < REPORT_SLICES ? sorted[(i + 1) * n / REPORT_SLICES] : sorted[n - 1];
    }
    for (size_t i = 0; i < count; i++) {
        if (isnan(values[i])) continue;
        size_t at = values[i] < slices[1].from ? 0 : values[i] < slices[2].from ? 1 : 2;
        const report_answer *answer = &exam->answers[i];
        bool right = answer->label == answer->prediction;
        slices[at].count++;
        slices[at].correct += right;
        if (!crossed) continue;
        size_t *cell = crossed + 2 * (at * exam->metrics.classes + answer->label);
        cell[0]++;
        cell[1] += right;
    }
}

dsc_status report_slice_up(report_slice slices[REPORT_TRAITS][REPORT_SLICES], size_t *crossed,
                           const report_exam *exam, dsc_error *error) {
    size_t count = exam->metrics.count;
    double *values = dsc_allocate(count, (REPORT_TRAITS + 1) * sizeof *values);
    if (!values) return dsc_fail_memory(error, count * sizeof *values, "measures of strokes");
    for (size_t i = 0; i < count; i++) {
        double traits[REPORT_TRAITS];
        report_traits_of(traits, dsc_dataset_image(exam->data, i), exam->data->shape);
        for (size_t t = 0; t < REPORT_TRAITS; t++) values[t * count + i] = traits[t];
    }
    size_t each = REPORT_SLICES * 2 * exam->metrics.classes;
    if (crossed) memset(crossed, 0, REPORT_TRAITS * each * sizeof *crossed);
    for (size_t t = 0; t < REPORT_TRAITS; t++)
        slice_one(slices[t], crossed ? crossed + t * each : NULL, values + t * count,
                  values + REPORT_TRAITS * count, exam);
    free(values);
    return DSC_OK;
}
