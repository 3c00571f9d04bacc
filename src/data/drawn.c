/* SPDX-License-Identifier: MIT */
/* drawn.c: data sets that code draws, image by image, on all cores. */
#include "data/drawn.h"

#include "base/digit.h"
#include "base/error.h"
#include "base/limits.h"
#include "base/threads.h"

#include <stdio.h>

typedef struct drawing {
    const dsc_drawn *drawn;
    uint8_t *images, *labels;
} drawing;

enum { CHUNK = DSC_USUALLY(100, 1), IMAGE = DSC_DIGIT_SIDE * DSC_DIGIT_SIDE };

static void draw_chunk(void *context, size_t chunk, unsigned worker) {
    const drawing *d = context;
    const dsc_drawn *what = d->drawn;
    (void)worker;
    for (size_t i = chunk * CHUNK; i < what->count && i < (chunk + 1) * CHUNK; i++)
        d->labels[i] = what->draw(d->images + i * IMAGE, what->seed, i, what->how);
}

dsc_status dsc_drawn_create(dsc_dataset **data, const dsc_drawn *drawn, dsc_error *error) {
    const dsc_known_data *known = drawn->known;
    *data = NULL;
    if (drawn->count == 0 || drawn->count > UINT32_MAX)
        return dsc_fail(error, DSC_ERROR_ARGUMENT, "%s: expected a count from 1 to %lu, found %zu",
                        known->title, (unsigned long)UINT32_MAX, drawn->count);
    dsc_content images = {0}, labels = {0};
    dsc_threads *pool = NULL;
    const size_t shape[3] = {drawn->count, DSC_DIGIT_SIDE, DSC_DIGIT_SIDE};
    char name[96];
    (void)snprintf(name, sizeof name, "%s, seed %llu", known->title, (unsigned long long)drawn->seed);
    dsc_status status = dsc_array_create(&images.array, DSC_U8, 3, shape, error);
    if (!status) status = dsc_array_create(&labels.array, DSC_U8, 1, shape, error);
    if (!status) status = dsc_threads_create(&pool, drawn->threads, error);
    if (status) {
        dsc_content_clear(&images);
        dsc_content_clear(&labels);
        return status;
    }
    drawing d = {drawn, images.array.data, labels.array.data};
    dsc_threads_run(pool, (drawn->count + CHUNK - 1) / CHUNK, draw_chunk, &d);
    dsc_threads_free(pool);
    status = dsc_dataset_adopt(data, &images, &labels, known->classes, known->class_names, name, name, name,
                               error);
    if (!status) dsc_dataset_recognise(*data, known);
    return status;
}
