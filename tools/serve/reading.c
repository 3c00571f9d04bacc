/* SPDX-License-Identifier: MIT */
/* reading.c: a drawing through the network, with all that it shows on the way; see parts.h. */
#include "serve/parts.h"

#include "base/error.h"
#include "base/memory.h"
#include "image/notes.h"
#include "image/prepare.h"
#include "model/inspector.h"

#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { MAPS_MOST = 16, UNITS_MOST = 256, DIGITS_MOST = 64, SIDE = DSC_DIGIT_SIDE };

/* An answer takes well below a millisecond, so one at a time serves hundreds of clients. */
struct serve_reader {
    const dsc_model *model;
    dsc_images expected; /* by the model */
    dsc_predictor *predictor;
    dsc_workspace *workspace;
    dsc_inspector *inspector;
    float *probabilities;
    size_t classes;
    pthread_mutex_t lock;
};

dsc_status serve_reader_create(serve_reader **result, const dsc_model *model, dsc_error *error) {
    *result = NULL;
    size_t shape[3];
    dsc_model_shape(model, shape);
    if (shape[0] != 1 || shape[1] != SIDE || shape[2] != SIDE)
        return dsc_fail(
            error, DSC_ERROR_MISMATCH,
            "the model takes images of %zu x %zu x %zu (channels x height x width), a drawing becomes one "
            "of 1 x 28 x 28; read pictures with `descender predict`",
            shape[0], shape[1], shape[2]);
    serve_reader *r = dsc_allocate(1, sizeof *r);
    if (!r) return dsc_fail_memory(error, sizeof *r, "the server");
    (void)pthread_mutex_init(&r->lock, NULL);
    r->model = model;
    dsc_model_describe(&r->expected, model);
    r->classes = dsc_model_classes(model);
    r->probabilities = dsc_allocate(r->classes, sizeof *r->probabilities);
    dsc_predictor_options how = dsc_predictor_options_defaults();
    how.batch = 1;
    dsc_status status = r->probabilities ? dsc_predictor_create(&r->predictor, model, &how, error)
                                         : dsc_fail_memory(error, r->classes * sizeof(float), "the server");
    if (!status) status = dsc_workspace_create(&r->workspace, r->predictor, 1, error);
    if (!status) status = dsc_inspector_create(&r->inspector, model, true, error);
    if (status)
        serve_reader_free(r);
    else
        *result = r;
    return status;
}

void serve_reader_free(serve_reader *r) {
    if (!r) return;
    dsc_inspector_free(r->inspector);
    dsc_workspace_free(r->workspace);
    dsc_predictor_free(r->predictor);
    free(r->probabilities);
    (void)pthread_mutex_destroy(&r->lock);
    free(r);
}

/* ---- bytes as JSON ---- */

/* Base64 (RFC 4648), since JSON has no bytes. */
static json_t *bytes_json(const uint8_t *bytes, size_t count) {
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    char *text = dsc_allocate((count + 2) / 3 * 4 + 1, 1);
    if (!text) return NULL;
    char *to = text;
    for (size_t i = 0; i < count; i += 3) {
        const unsigned left = (unsigned)(count - i < 3 ? count - i : 3);
        unsigned word = (unsigned)bytes[i] << 16;
        if (left > 1) word |= (unsigned)bytes[i + 1] << 8;
        if (left > 2) word |= bytes[i + 2];
        *to++ = digits[word >> 18];
        *to++ = digits[word >> 12 & 63];
        *to++ = left > 1 ? digits[word >> 6 & 63] : '=';
        *to++ = left > 2 ? digits[word & 63] : '=';
    }
    json_t *json = json_stringn(text, (size_t)(to - text));
    free(text);
    return json;
}

/* Values as bytes: 0 stays 128 - the middle - where some are negative, else 0; the largest is 255. */
static json_t *values_json(const dsc_real *values, size_t count, bool *is_signed) {
    double most = 0;
    *is_signed = false;
    for (size_t i = 0; i < count; i++) {
        if (isfinite(values[i])) most = fmax(most, fabs((double)values[i]));
        *is_signed = *is_signed || values[i] < 0;
    }
    uint8_t *bytes = dsc_allocate(count, 1);
    if (!bytes) return NULL;
    for (size_t i = 0; i < count; i++) {
        double share = most > 0 && isfinite(values[i]) ? (double)values[i] / most : 0;
        if (isinf(values[i])) share = values[i] > 0 ? 1 : -1; /* as far as it goes */
        bytes[i] = (uint8_t)lround(*is_signed ? 128 + 127 * share : 255 * share);
    }
    json_t *json = bytes_json(bytes, count);
    free(bytes);
    return json;
}

static json_t *layer_json(const dsc_inspected *layer) {
    const dsc_shape *shape = &layer->shape;
    const bool maps = shape->rank == 3;
    const size_t plane = maps ? shape->size[1] * shape->size[2] : 1;
    const size_t all = maps ? shape->size[0] : dsc_shape_count(shape), most = maps ? MAPS_MOST : UNITS_MOST;
    const size_t shown = all < most ? all : most;
    bool is_signed;
    json_t *values = values_json(layer->values, shown * plane, &is_signed);
    return json_pack("{s:s, s:I, s:I, s:I, s:I, s:b, s:o}", "name", layer->name, "channels", (json_int_t)all,
                     "shown", (json_int_t)shown, "height", (json_int_t)(maps ? shape->size[1] : 1), "width",
                     (json_int_t)(maps ? shape->size[2] : 1), "signed", is_signed, "values", values);
}

/* ---- digits ---- */

static size_t likeliest(const serve_reader *r) {
    size_t best = 0;
    for (size_t i = 1; i < r->classes; i++)
        if (r->probabilities[i] > r->probabilities[best]) best = i;
    return best;
}

static json_t *digit_json(const serve_reader *r, const dsc_digit *digit) {
    json_t *probabilities = json_array();
    for (size_t i = 0; i < r->classes; i++)
        (void)json_array_append_new(probabilities, json_real((double)r->probabilities[i]));
    return json_pack("{s:s, s:I, s:I, s:I, s:I, s:o, s:o}", "label",
                     dsc_model_class_name(r->model, likeliest(r)), "left", (json_int_t)digit->left, "top",
                     (json_int_t)digit->top, "width", (json_int_t)digit->width, "height",
                     (json_int_t)digit->height, "probabilities", probabilities, "seen",
                     bytes_json(digit->pixels, sizeof digit->pixels));
}

/* What the layers make of it, and what the answer depends on. */
static dsc_status add_insight(json_t *json, serve_reader *r, const dsc_digit *digit, dsc_error *error) {
    dsc_status status = dsc_inspector_run(r->inspector, digit->pixels, likeliest(r), error);
    if (status) return status;
    uint8_t depends[SIDE * SIDE];
    const float *saliency = dsc_inspector_saliency(r->inspector);
    for (size_t i = 0; i < sizeof depends; i++) depends[i] = (uint8_t)lroundf(255 * saliency[i]);
    json_t *layers = json_array();
    for (size_t i = 0; i < dsc_inspector_layers(r->inspector); i++) {
        const dsc_inspected layer = dsc_inspector_layer(r->inspector, i);
        (void)json_array_append_new(layers, layer_json(&layer));
    }
    if (json_object_set_new(json, "saliency", bytes_json(depends, sizeof depends)) ||
        json_object_set_new(json, "layers", layers))
        return dsc_fail_memory(error, 0, "an answer");
    return DSC_OK;
}

static dsc_status read_digits(json_t *all, serve_reader *r, const dsc_digit *digits, size_t count,
                              size_t chosen, dsc_error *error) {
    for (size_t i = 0; i < count && i < DIGITS_MOST; i++) {
        dsc_status status =
            dsc_predict(r->probabilities, r->predictor, r->workspace, digits[i].pixels, 1, error);
        if (status) return status;
        json_t *one = digit_json(r, &digits[i]);
        if (json_array_append_new(all, one)) return dsc_fail_memory(error, 0, "an answer");
        if (i == chosen) status = add_insight(one, r, &digits[i], error);
        if (status) return status;
    }
    return DSC_OK;
}

/* Where the model was not trained on prepared digits, the whole drawing is its image. */
static dsc_status take_whole(dsc_digit **digits, size_t *count, const serve_reader *r,
                             const unsigned char *pixels, size_t width, size_t height, dsc_error *error) {
    *count = 0;
    *digits = dsc_allocate(1, sizeof **digits);
    if (!*digits) return dsc_fail_memory(error, sizeof **digits, "a drawing");
    dsc_digit *digit = *digits;
    *digit = (dsc_digit){.width = width, .height = height};
    dsc_status status =
        dsc_prepare_image(digit->pixels, NULL, NULL, &r->expected, pixels, height, width, 1, error);
    if (!status && !memcmp(digit->pixels, digit->pixels + 1, sizeof digit->pixels - 1))
        status = dsc_fail(error, DSC_ERROR_FORMAT, "there is nothing to read: all of it is of one grey");
    *count = !status;
    return status;
}

/* On the ground that the model learned. */
static dsc_status find_digits(dsc_digit **digits, size_t *count, dsc_picture_notes *notes,
                              const serve_reader *r, const unsigned char *pixels, size_t width, size_t height,
                              dsc_error *error) {
    dsc_status status = dsc_find_digits(digits, count, notes, pixels, height, width, 1, error);
    for (size_t i = 0; i < *count && !status; i++) {
        const dsc_digit found = (*digits)[i];
        dsc_digit_as_expected((*digits)[i].pixels, &r->expected, &found);
    }
    return status;
}

static dsc_status find(dsc_digit **digits, size_t *count, dsc_picture_notes *notes, const serve_reader *r,
                       const unsigned char *pixels, size_t width, size_t height, dsc_error *error) {
    *notes = (dsc_picture_notes){0};
    if (r->expected.preparation == DSC_PREPARATION_DIGITS)
        return find_digits(digits, count, notes, r, pixels, width, height, error);
    dsc_status status = take_whole(digits, count, r, pixels, width, height, error);
    if (!status) return DSC_OK;
    dsc_digits_free(*digits);
    *digits = NULL;
    return status;
}

dsc_status serve_read(json_t **json, serve_reader *r, const unsigned char *pixels, size_t width,
                      size_t height, size_t digit, dsc_error *error) {
    struct timespec start, end;
    (void)clock_gettime(CLOCK_MONOTONIC, &start);
    dsc_digit *digits;
    dsc_picture_notes notes;
    size_t count;
    *json = NULL;
    dsc_status status = find(&digits, &count, &notes, r, pixels, width, height, error);
    if (status) return status;
    json_t *all = json_array();
    (void)pthread_mutex_lock(&r->lock);
    status = read_digits(all, r, digits, count, digit < count ? digit : 0, error);
    (void)pthread_mutex_unlock(&r->lock);
    dsc_digits_free(digits);
    (void)clock_gettime(CLOCK_MONOTONIC, &end);
    const double milliseconds =
        1e3 * (double)(end.tv_sec - start.tv_sec) + 1e-6 * (double)(end.tv_nsec - start.tv_nsec);
    dsc_text remark = {0};
    dsc_notes_remark(&remark, &notes);
    if (!status) {
        *json = remark.failed
                    ? NULL
                    : json_pack("{s:O, s:I, s:s, s:f}", "digits", all, "count", (json_int_t)count, "remark",
                                remark.data ? remark.data : "", "milliseconds", milliseconds);
        if (!*json) status = dsc_fail_memory(error, 0, "an answer");
    }
    dsc_text_free(&remark);
    json_decref(all);
    return status;
}
