/* SPDX-License-Identifier: MIT */
/* pictures.c: combines the listed pictures, scaled, in one array; see pictures.h. */
#include "forms/pictures.h"

#include "base/digit.h"
#include "base/error.h"
#include "base/file.h"
#include "base/memory.h"
#include "data/array.h"
#include "image/fit.h"
#include "picture/picture.h"

#include <stdlib.h>
#include <string.h>

static const size_t MOST_BYTES = sizeof(size_t) > 4 ? (size_t)1 << 33 : (size_t)1 << 30;

static dsc_status take_digit(uint8_t **out, pictures_how *how, const dsc_image *image, const char *path,
                             dsc_error *error) {
    dsc_digit digit;
    dsc_picture_notes notes;
    dsc_status status =
        dsc_prepare_digit(&digit, &notes, image->pixels, image->height, image->width, image->channels, error);
    if (status)
        return dsc_error_context(error, status,
                                 "%s: no digit can be prepared; remove the picture or correct it", path);
    dsc_notes_add(&how->left_out, &notes);
    *out = dsc_allocate(sizeof digit.pixels, 1);
    if (!*out) return dsc_fail_memory(error, sizeof digit.pixels, path);
    memcpy(*out, digit.pixels, sizeof digit.pixels);
    return DSC_OK;
}

static dsc_status fail_size(const pictures_how *how, const dsc_image *image, const char *path,
                            dsc_error *error) {
    return dsc_fail(
        error, DSC_ERROR_MISMATCH,
        "%s: expected %zu x %zu pixels (height x width)%s%s, found %zu x %zu; all pictures must have one "
        "size, or be digits to prepare (--prepare), or be scaled: --size 64x64 --fit crop (or pad, stretch)",
        path, how->size[0], how->size[1], how->first ? " as in " : "", how->first ? how->first : "",
        image->height, image->width);
}

static dsc_status take(uint8_t **out, bool *coloured, pictures_how *how, const dsc_image *image,
                       const char *path, dsc_error *error) {
    const dsc_fit fit = (dsc_fit)how->reading->fit;
    if (!how->size[0]) {
        how->size[0] = image->height;
        how->size[1] = image->width;
        how->first = path;
    }
    if (fit == DSC_FIT_NONE && (image->height != how->size[0] || image->width != how->size[1]))
        return fail_size(how, image, path, error);
    *coloured = how->reading->colour == DSC_COLOUR_RGB ||
                (how->reading->colour == DSC_COLOUR_AUTO && dsc_image_has_colour(image));
    how->colour = how->colour || *coloured;
    const size_t shape[3] = {*coloured ? 3 : 1, how->size[0], how->size[1]};
    size_t bytes;
    if (!dsc_multiply(&bytes, shape[0] * shape[1] * shape[2], how->total) || bytes > MOST_BYTES)
        return dsc_fail(error, DSC_ERROR_UNSUPPORTED,
                        "%s: %zu pictures of %zu x %zu pixels would fill more than %zu bytes; scale them "
                        "down: --size 64x64 --fit crop",
                        path, how->total, shape[1], shape[2], MOST_BYTES);
    *out = dsc_allocate(shape[0] * shape[1] * shape[2], 1);
    if (!*out) return dsc_fail_memory(error, shape[0] * shape[1] * shape[2], path);
    dsc_status status =
        dsc_fit_image(*out, shape, fit, image->pixels, image->height, image->width, image->channels, error);
    return status ? dsc_error_context(error, status, "%s", path) : DSC_OK;
}

static dsc_status read_first_page(dsc_image *image, pictures_how *how, const char *path, dsc_error *error) {
    unsigned char *bytes;
    size_t size, pages = 1;
    dsc_status status = dsc_file_read(&bytes, &size, path, DSC_IMAGE_FILE_LIMIT, error);
    if (status) return status;
    status = picture_count(&pages, bytes, size, path, error);
    if (!status) status = picture_parse(image, bytes, size, path, error);
    how->with_pages += pages > 1;
    free(bytes);
    return status;
}

dsc_status pictures_read_all(pictures_read *read, pictures_how *how, const pictures_list *list,
                             dsc_error *error) {
    read->images = dsc_allocate(list->count, sizeof *read->images);
    read->coloured = dsc_allocate(list->count, sizeof *read->coloured);
    read->count = list->count;
    if (!read->images || !read->coloured) {
        pictures_read_free(read);
        return dsc_fail_memory(error, list->count * sizeof *read->images, "the pictures");
    }
    if (how->reading->prepare) how->size[0] = how->size[1] = DSC_DIGIT_SIDE;
    dsc_status status = DSC_OK;
    for (size_t i = 0; !status && i < list->count; i++) {
        const char *path = list->entries[i].path;
        dsc_image image = {0};
        status = read_first_page(&image, how, path, error);
        if (!status)
            status = how->reading->prepare
                         ? take_digit(&read->images[i], how, &image, path, error)
                         : take(&read->images[i], &read->coloured[i], how, &image, path, error);
        dsc_image_clear(&image);
        how->done++;
        if (!status && how->on_progress && how->on_progress(how->user, "reading", how->done, how->total))
            status = dsc_fail(error, DSC_ERROR_STOPPED, "stopped after %zu of %zu pictures", how->done,
                              how->total);
    }
    if (status) pictures_read_free(read);
    return status;
}

dsc_status pictures_join(dsc_array *images, pictures_read *read, const pictures_how *how, dsc_error *error) {
    const size_t each = how->size[0] * how->size[1], channels = how->colour ? 3 : 1;
    const size_t shape[4] = {read->count, channels, how->size[0], how->size[1]};
    dsc_status status = dsc_array_create(images, DSC_U8, 4, shape, error);
    for (size_t i = 0; i < read->count && !status; i++) {
        uint8_t *to = (uint8_t *)images->data + i * channels * each;
        for (size_t c = 0; c < channels; c++)
            memcpy(to + c * each, read->images[i] + (read->coloured[i] ? c * each : 0), each);
        free(read->images[i]); /* frees as it copies, so that memory does not double */
        read->images[i] = NULL;
    }
    pictures_read_free(read);
    return status;
}

void pictures_read_free(pictures_read *read) {
    for (size_t i = 0; i < read->count && read->images; i++) free(read->images[i]);
    free(read->images);
    free(read->coloured);
    *read = (pictures_read){0};
}
