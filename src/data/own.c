/* SPDX-License-Identifier: MIT */
/* own.c: makes data sets from a program's own arrays, or from images that its callback reads. */
#include "data/dataset.h"

#include "base/error.h"
#include "base/options.h"
#include "data/array.h"

#include <math.h>
#include <string.h>

void dsc_dataset_options_initialise(dsc_dataset_options *options, size_t size) {
    const dsc_dataset_options own = {
        .size = sizeof(dsc_dataset_options), .shape = {1, 28, 28}, .type = DSC_U8, .classes = 10};
    dsc_options_give(options, size, &own, sizeof own);
}

dsc_status dsc_floats_check(const float *numbers, const uint32_t *samples, size_t count, size_t size,
                            const char *name, dsc_error *error) {
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < size; k++)
            if (!isfinite(numbers[i * size + k]))
                return dsc_fail(
                    error, DSC_ERROR_FORMAT,
                    "%s: number %zu of image %zu is %s, expected a finite number; correct the image", name, k,
                    samples ? (size_t)samples[i] : i, isnan(numbers[i * size + k]) ? "NaN" : "infinite");
    return DSC_OK;
}

static dsc_status check_sizes(const dsc_dataset_options *how, const char *name, dsc_error *error) {
    size_t bytes;
    const size_t full[4] = {how->count, how->shape[0], how->shape[1], how->shape[2]};
    if (how->type != DSC_U8 && how->type != DSC_F32)
        return dsc_fail(error, DSC_ERROR_ARGUMENT, "%s: images of type %d; expected DSC_U8 or DSC_F32", name,
                        (int)how->type);
    if (!how->labels || (!how->images && !how->read))
        return dsc_fail(error, DSC_ERROR_ARGUMENT,
                        "%s: expected labels, and images or a callback that reads them, found NULL", name);
    if (how->images && how->read)
        return dsc_fail(error, DSC_ERROR_ARGUMENT,
                        "%s: there are both images and a callback that reads them; give one of the two",
                        name);
    if (!full[0] || !full[1] || !full[2] || !full[3])
        return dsc_fail(
            error, DSC_ERROR_ARGUMENT,
            "%s: %zu images of %zu x %zu x %zu (channels x height x width); expected at least one", name,
            full[0], full[1], full[2], full[3]);
    if (full[0] > UINT32_MAX ||
        !dsc_array_bytes(&bytes, how->type, how->read ? 3 : 4, full + (how->read != NULL)))
        return dsc_fail(error, DSC_ERROR_ARGUMENT, "%s: %zu images of %zu x %zu x %zu are too many", name,
                        full[0], full[1], full[2], full[3]);
    return DSC_OK;
}

static dsc_status check_classes(const dsc_dataset_options *how, const char *name, dsc_error *error) {
    if (how->classes < 1 || how->classes > 256)
        return dsc_fail(error, DSC_ERROR_ARGUMENT, "%s: expected 1 to 256 classes, found %zu", name,
                        how->classes);
    dsc_status status =
        how->class_names ? dsc_class_names_check(how->class_names, how->classes, error) : DSC_OK;
    if (status) return dsc_error_context(error, status, "%s", name);
    for (size_t i = 0; i < how->count; i++)
        if (how->labels[i] >= how->classes)
            return dsc_fail(error, DSC_ERROR_MISMATCH,
                            "%s: label %zu is %u, expected one below %zu, the number of classes; correct the "
                            "label or the number of classes",
                            name, i, how->labels[i], how->classes);
    return DSC_OK;
}

static dsc_status take_images(dsc_storage *storage, const dsc_dataset_options *how, const char *name,
                              dsc_error *error) {
    const size_t full[4] = {how->count, how->shape[0], how->shape[1], how->shape[2]};
    const size_t size = full[1] * full[2] * full[3];
    dsc_status status = DSC_OK;
    if (how->read) return DSC_OK;
    if (how->type == DSC_F32) status = dsc_floats_check(how->images, NULL, how->count, size, name, error);
    if (status) return status;
    if (how->borrow) {
        storage->borrowed = true;
        storage->images.array = (dsc_array){how->type,
                                            4,
                                            {full[0], full[1], full[2], full[3]},
                                            (void *)(uintptr_t)how->images}; /* only read */
        return DSC_OK;
    }
    status = dsc_array_create(&storage->images.array, how->type, 4, full, error);
    if (!status) memcpy(storage->images.array.data, how->images, full[0] * size * dsc_type_size(how->type));
    return status;
}

dsc_status dsc_dataset_create(dsc_dataset **data, const dsc_dataset_options *given, dsc_error *error) {
    dsc_dataset_options how = dsc_dataset_options_defaults();
    dsc_storage storage = {.borrowed = false};
    *data = NULL;
    dsc_status status = DSC_OPTIONS_TAKE(&how, given, dsc_dataset_options, classes, error);
    const char *name = how.name ? how.name : "data from memory";
    if (!status) status = check_sizes(&how, name, error);
    if (!status) status = check_classes(&how, name, error);
    if (!status) status = take_images(&storage, &how, name, error);
    if (!status) status = dsc_array_create(&storage.labels.array, DSC_U8, 1, &how.count, error);
    if (status) {
        if (!storage.borrowed) dsc_content_clear(&storage.images);
        return status;
    }
    memcpy(storage.labels.array.data, how.labels, how.count);
    storage.read = how.read;
    storage.user = how.user;
    storage.release = how.release;
    return dsc_dataset_build(data, &storage, how.type, how.shape, how.classes, how.class_names, name, error);
}

/* --- reading --- */

static const void *plain_images(const dsc_dataset *data, dsc_type type) {
    return data->index || data->type != type ? NULL : data->images;
}
const uint8_t *dsc_dataset_images(const dsc_dataset *data) { return plain_images(data, DSC_U8); }
const float *dsc_dataset_floats(const dsc_dataset *data) { return plain_images(data, DSC_F32); }

/* Calls the callback once. On failure the error names the data set, whatever the callback wrote. */
static dsc_status call_once(void *images, const dsc_dataset *data, const uint32_t *numbers, size_t count,
                            dsc_error *error) {
    dsc_storage *storage = data->storage;
    dsc_error own = {.code = DSC_OK};
    (void)pthread_mutex_lock(&storage->reading);
    const dsc_status status = storage->read(storage->user, images, numbers, count, &own);
    (void)pthread_mutex_unlock(&storage->reading);
    if (!status) return DSC_OK;
    own.message[DSC_MESSAGE_SIZE - 1] = 0;
    return dsc_fail(error, status, "%s: reading images: %s", data->name,
                    own.code ? own.message : "the callback failed, and did not say why");
}

/* Calls the callback, in pieces if a view has an index. */
static dsc_status call(unsigned char *images, const dsc_dataset *data, const uint32_t *samples, size_t count,
                       dsc_error *error) {
    enum { PIECE = 256 };
    uint32_t numbers[PIECE];
    dsc_status status = DSC_OK;
    for (size_t i = 0; i < count && !status; i += PIECE) {
        const size_t some = count - i < PIECE ? count - i : PIECE;
        for (size_t k = 0; k < some; k++)
            numbers[k] = data->index ? data->index[samples[i + k]] : samples[i + k];
        unsigned char *out = images + i * data->image_bytes;
        status = call_once(out, data, numbers, some, error);
        if (!status && data->type == DSC_F32)
            status = dsc_floats_check((const float *)(const void *)out, numbers, some, data->image_size,
                                      data->name, error);
    }
    return status;
}

dsc_status dsc_dataset_read(void *images, const dsc_dataset *data, const uint32_t *samples, size_t count,
                            dsc_error *error) {
    for (size_t i = 0; i < count; i++)
        if (samples[i] >= data->count)
            return dsc_fail(error, DSC_ERROR_ARGUMENT, "sample %u of %s: expected a number below %zu",
                            (unsigned)samples[i], data->name, data->count);
    if (!data->images) return call(images, data, samples, count, error);
    for (size_t i = 0; i < count; i++)
        memcpy((unsigned char *)images + i * data->image_bytes, dsc_dataset_at(data, samples[i]),
               data->image_bytes);
    return DSC_OK;
}
