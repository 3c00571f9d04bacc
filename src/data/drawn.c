/* SPDX-License-Identifier: MIT */
/* drawn.c: data sets drawn by code, image by image, on all cores. */
#include "data/drawn.h"

#include "base/digit.h"
#include "base/error.h"
#include "base/limits.h"
#include "base/spec.h"
#include "base/threads.h"

#include <string.h>

const dsc_param dsc_hands_params[] = {
    DSC_CHOICE(dsc_hands_values, hands, "usual", "usual|world|print",
               "style of the hands: like MNIST's; varied: more of the world's shapes, pens of every width, "
               "and scans; or printed digits, like those of forms, and scans"),
    {0},
};

typedef struct drawing {
    const dsc_known_data *known;
    const void *values;
    uint8_t *images, *labels;
    size_t count;
    uint64_t seed;
} drawing;

enum { CHUNK = DSC_USUALLY(100, 1), IMAGE = DSC_DIGIT_SIDE * DSC_DIGIT_SIDE };

static void draw_chunk(void *context, size_t chunk, unsigned worker) {
    const drawing *d = context;
    (void)worker;
    for (size_t i = chunk * CHUNK; i < d->count && i < (chunk + 1) * CHUNK; i++)
        d->labels[i] = d->known->draw(d->images + i * IMAGE, d->seed, i, d->values);
}

static dsc_status draw_all(dsc_dataset **data, drawing *d, const char *name, unsigned threads,
                           dsc_error *error) {
    dsc_content images = {0}, labels = {0};
    dsc_threads *pool = NULL;
    const size_t shape[3] = {d->count, DSC_DIGIT_SIDE, DSC_DIGIT_SIDE};
    dsc_status status = dsc_array_create(&images.array, DSC_U8, 3, shape, error);
    if (!status) status = dsc_array_create(&labels.array, DSC_U8, 1, shape, error);
    if (!status) status = dsc_threads_create(&pool, threads, error);
    if (status) {
        dsc_content_clear(&images);
        dsc_content_clear(&labels);
        return status;
    }
    d->images = images.array.data;
    d->labels = labels.array.data;
    dsc_threads_run(pool, (d->count + CHUNK - 1) / CHUNK, draw_chunk, d);
    dsc_threads_free(pool);
    status = dsc_dataset_adopt(data, &images, &labels, d->known->classes, d->known->class_names, name, name,
                               name, error);
    if (!status) dsc_dataset_recognise(*data, d->known);
    return status;
}

dsc_status dsc_drawn_create(dsc_dataset **data, const dsc_known_data *known, const void *values, size_t count,
                            uint64_t seed, unsigned threads, dsc_error *error) {
    *data = NULL;
    if (count == 0 || count > UINT32_MAX)
        return dsc_fail(error, DSC_ERROR_ARGUMENT, "%s: expected a count from 1 to %lu, found %zu",
                        known->title, (unsigned long)UINT32_MAX, count);
    drawing d = {.known = known, .values = values, .count = count, .seed = seed};
    dsc_text name = {0};
    dsc_spec_format(&name, known->title, values ? known->params : NULL, values);
    dsc_text_append(&name, ", seed %llu", (unsigned long long)seed);
    dsc_status status = name.failed ? dsc_fail_memory(error, 64, "the name of a data set")
                                    : draw_all(data, &d, name.data, threads, error);
    dsc_text_free(&name);
    return status;
}

bool dsc_is_drawn(const char *text) {
    text += strspn(text, " ");
    return dsc_registry_find_slice(&dsc_drawn_data_registry, text, strcspn(text, " ")) != NULL;
}

dsc_status dsc_dataset_draw(dsc_dataset **data, const char *text, size_t count, uint64_t seed,
                            unsigned threads, dsc_error *error) {
    dsc_spec spec;
    const dsc_row *row;
    void *values;
    if (!text) text = "";
    const char *next = text;
    *data = NULL;
    dsc_status status = dsc_spec_read(&spec, &next, text, ",", error);
    if (!status && *next)
        return dsc_spec_fail(error, text, (size_t)(next - text) + 1, "expected a single data set");
    if (!status) status = dsc_spec_choose(&row, &values, &spec, text, &dsc_drawn_data_registry, error);
    if (status) return status;
    status = dsc_drawn_create(data, (const void *)row, values, count, seed, threads, error);
    dsc_row_release(row, values);
    return status;
}
