/* SPDX-License-Identifier: MIT */
/* digits.c: the built-in digits as a dataset. Digit `index` has a Philox stream of its own, keyed by the
 * seed and counted by the index, so it depends neither on the number of digits nor on which thread draws
 * it. */
#include "data/digits.h"

#include "base/error.h"
#include "base/limits.h"
#include "base/threads.h"
#include "data/dataset.h"
#include "data/known.h"

#include <stdio.h>

enum { STREAM_SHAPE, STREAM_LABEL };

int dsc_digit_label(uint64_t seed, uint64_t index) {
    dsc_digit_random random;
    dsc_digit_random_start(&random, seed, STREAM_LABEL, index / 10);
    int order[10] = {0};
    for (int i = 0; i < 10; i++) { /* Fisher and Yates's shuffle, inside out */
        int j = (int)(dsc_digit_uniform(&random) * (float)(i + 1));
        order[i] = order[j];
        order[j] = i;
    }
    return order[index % 10];
}

void dsc_digit_draw(uint8_t *image, int digit, uint64_t seed, uint64_t index, const dsc_digit_variation *v) {
    dsc_digit_random random;
    dsc_digit_shape shape;
    dsc_digit_random_start(&random, seed, STREAM_SHAPE, index);
    dsc_digit_shape_draw(&shape, digit, v, &random);
    dsc_digit_ink(image, &shape);
}

typedef struct drawing {
    uint8_t *images, *labels;
    size_t count;
    uint64_t seed;
} drawing;

enum { CHUNK = DSC_USUALLY(100, 1) };

static void draw_chunk(void *context, size_t chunk, unsigned worker) {
    const drawing *d = context;
    (void)worker;
    for (size_t i = chunk * CHUNK; i < d->count && i < (chunk + 1) * CHUNK; i++) {
        int digit = dsc_digit_label(d->seed, i);
        d->labels[i] = (uint8_t)digit;
        dsc_digit_draw(d->images + i * DSC_DIGIT_BYTES, digit, d->seed, i, &dsc_digit_variation_default);
    }
}

dsc_status dsc_digits_create(dsc_dataset **data, size_t count, uint64_t seed, unsigned threads,
                             dsc_error *error) {
    *data = NULL;
    if (count == 0 || count > UINT32_MAX)
        return dsc_fail(error, DSC_ERROR_ARGUMENT,
                        "built-in digits: expected a count from 1 to %lu, found %zu",
                        (unsigned long)UINT32_MAX, count);
    dsc_content images = {0}, labels = {0};
    dsc_threads *pool = NULL;
    const size_t shape[3] = {count, DSC_DIGIT_SIDE, DSC_DIGIT_SIDE};
    char name[64];
    (void)snprintf(name, sizeof name, "built-in digits, seed %llu", (unsigned long long)seed);
    dsc_status status = dsc_array_create(&images.array, DSC_U8, 3, shape, error);
    if (!status) status = dsc_array_create(&labels.array, DSC_U8, 1, shape, error);
    if (!status) status = dsc_threads_create(&pool, threads, error);
    if (status) {
        dsc_content_clear(&images);
        dsc_content_clear(&labels);
        return status;
    }
    drawing d = {images.array.data, labels.array.data, count, seed};
    dsc_threads_run(pool, (count + CHUNK - 1) / CHUNK, draw_chunk, &d);
    dsc_threads_free(pool);
    status = dsc_dataset_adopt(data, &images, &labels, 10, NULL, name, name, name, error);
    if (!status) dsc_dataset_recognise(*data, &dsc_known_data_digits);
    return status;
}
