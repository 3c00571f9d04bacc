/* SPDX-License-Identifier: MIT */
/* read.c: the listed images into two arrays; see pack.h. */
#include "pack/pack.h"

#include "base/digit.h"
#include "base/error.h"
#include "base/memory.h"
#include "picture/picture.h"

#include <stdlib.h>
#include <string.h>

/* One pixel as grey. Colours by their brightness as ITU-R BT.601 weighs them; equal parts stay as they are. */
static bool grey_of(uint8_t *grey, const uint8_t *pixel, size_t channels) {
    *grey = channels == 1 ? pixel[0] : dsc_luma(pixel);
    return channels < 4 || pixel[3] == 255;
}

static dsc_status take(uint8_t *out, const dsc_image *image, const char *path, dsc_error *error) {
    for (size_t i = 0; i < image->width * image->height; i++)
        if (!grey_of(&out[i], image->pixels + i * image->channels, image->channels))
            return dsc_fail(
                error, DSC_ERROR_FORMAT,
                "%s: expected an opaque image, found transparent pixels, which are neither ink nor "
                "ground; give it a ground first",
                path);
    return DSC_OK;
}

static dsc_status take_digit(uint8_t *out, dsc_notes_sum *left_out, const dsc_image *image, const char *path,
                             dsc_error *error) {
    dsc_digit digit;
    dsc_picture_notes notes;
    dsc_status status =
        dsc_prepare_digit(&digit, &notes, image->pixels, image->height, image->width, image->channels, error);
    if (status)
        return dsc_error_context(error, status,
                                 "%s: no digit can be prepared; take the picture out or mend it", path);
    dsc_notes_add(left_out, &notes);
    memcpy(out, digit.pixels, sizeof digit.pixels);
    return DSC_OK;
}

/* The arrays, as soon as the size of the images is known. */
static dsc_status make_arrays(dsc_array *images, dsc_array *labels, const size_t size[2], size_t count,
                              dsc_error *error) {
    size_t bytes;
    *labels = (dsc_array){.type = DSC_U8, .rank = 1, .shape = {count}};
    *images = (dsc_array){.type = DSC_U8, .rank = 3, .shape = {count, size[0], size[1]}};
    if (!dsc_multiply(&bytes, count, size[0] * size[1])) bytes = SIZE_MAX;
    images->data = dsc_allocate(bytes, 1);
    labels->data = dsc_allocate(count, 1);
    return images->data && labels->data ? DSC_OK : dsc_fail_memory(error, bytes, "the images");
}

static dsc_status fail_size(const size_t size[2], const dsc_image *image, const char *path, const char *first,
                            dsc_error *error) {
    return dsc_fail(
        error, DSC_ERROR_MISMATCH,
        "%s: expected %zu x %zu pixels (height x width)%s%s, found %zu x %zu; all images must have "
        "one size, or be digits to be prepared (--prepare)",
        path, size[0], size[1], first ? " as in " : "", first ? first : "", image->height, image->width);
}

dsc_status pack_read(dsc_array *images, dsc_array *labels, size_t size[2], const pack_list *list,
                     const size_t *order, size_t count, dsc_notes_sum *prepared, pack_on_progress *progress,
                     void *user, dsc_error *error) {
    *images = *labels = (dsc_array){0};
    if (prepared) size[0] = size[1] = DSC_DIGIT_SIDE;
    dsc_status status = DSC_OK;
    const char *first = NULL; /* the image that gave the size */
    for (size_t i = 0; !status && i < count; i++) {
        const struct pack_entry *entry = &list->entries[order ? order[i] : i];
        dsc_image image = {0};
        status = picture_read(&image, entry->path, error);
        if (!status && !size[0]) {
            size[0] = image.height;
            size[1] = image.width;
            first = entry->path;
        }
        if (!status && !images->data) status = make_arrays(images, labels, size, count, error);
        if (!status && !prepared && (image.height != size[0] || image.width != size[1]))
            status = fail_size(size, &image, entry->path, first, error);
        uint8_t *out = status ? NULL : (uint8_t *)images->data + i * size[0] * size[1];
        if (!status)
            status = prepared ? take_digit(out, prepared, &image, entry->path, error)
                              : take(out, &image, entry->path, error);
        if (!status) ((uint8_t *)labels->data)[i] = entry->label;
        dsc_image_clear(&image);
        if (!status && progress && progress(user, i + 1, count))
            status = dsc_fail(error, DSC_ERROR_STOPPED, "stopped after %zu of %zu images", i + 1, count);
    }
    if (!status) return DSC_OK;
    pack_array_free(images);
    pack_array_free(labels);
    return status;
}

void pack_array_free(dsc_array *array) {
    free(array->data);
    *array = (dsc_array){0};
}
