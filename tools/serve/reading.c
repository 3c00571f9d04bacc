/* SPDX-License-Identifier: MIT */
/* reading.c: runs a drawing through the network and collects everything to show; see parts.h. */
#include "serve/parts.h"

#include "base/base64.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/memory.h"
#include "image/notes.h"
#include "image/prepare.h"
#include "model/inspector.h"

#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum { MAPS_MOST = 16, UNITS_MOST = 256, FILTERS_MOST = 64 };

/* An answer takes milliseconds, so one at a time serves hundreds of clients. */
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
    dsc_images expected;
    dsc_model_describe(&expected, model);
    if (expected.shape[0] != 1 && expected.shape[0] != 3)
        return dsc_fail(error, DSC_ERROR_MISMATCH,
                        "the model takes images of %zu channels, but pictures have 1 or 3",
                        expected.shape[0]);
    serve_reader *r = dsc_allocate(1, sizeof *r);
    if (!r) return dsc_fail_memory(error, sizeof *r, "the server");
    (void)pthread_mutex_init(&r->lock, NULL);
    r->model = model;
    r->expected = expected;
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

const dsc_model *serve_reader_model(const serve_reader *r) { return r->model; }

/* ---- bytes as JSON ---- */

/* Base64, because JSON has no bytes. */
static json_t *bytes_json(const uint8_t *bytes, size_t count) {
    dsc_text text = {0};
    dsc_text_append_base64(&text, bytes, count);
    json_t *json = text.failed ? NULL : json_stringn(text.data ? text.data : "", text.length);
    dsc_text_free(&text);
    return json;
}

/* Scales values to bytes: 0 becomes 128, the largest magnitude is 127 away from it. */
static void signed_bytes(uint8_t *bytes, const dsc_real *values, size_t count) {
    double most = 0;
    for (size_t i = 0; i < count; i++)
        if (isfinite(values[i]) && fabs((double)values[i]) > most) most = fabs((double)values[i]);
    for (size_t i = 0; i < count; i++) {
        double share = most > 0 && isfinite(values[i]) ? (double)values[i] / most : 0;
        if (isinf(values[i])) share = values[i] > 0 ? 1 : -1; /* clamp infinities */
        bytes[i] = (uint8_t)lround(128 + 127 * share);
    }
}

/* The same if some are negative; otherwise scales to 0 .. 255. */
static json_t *values_json(const dsc_real *values, size_t count, bool *is_signed, double *most) {
    *most = 0;
    *is_signed = false;
    for (size_t i = 0; i < count; i++) {
        if (isfinite(values[i]) && fabs((double)values[i]) > *most) *most = fabs((double)values[i]);
        *is_signed = *is_signed || values[i] < 0;
    }
    uint8_t *bytes = dsc_allocate(count, 1);
    if (!bytes) return NULL;
    signed_bytes(bytes, values, count);
    for (size_t i = 0; i < count && !*is_signed; i++)
        bytes[i] = bytes[i] > 128 ? (uint8_t)((bytes[i] - 128) * 255 / 127) : 0;
    json_t *json = bytes_json(bytes, count);
    free(bytes);
    return json;
}

static bool prepares(const serve_reader *r) { return r->expected.preparation == DSC_PREPARATION_DIGITS; }

static json_t *layer_json(const dsc_inspected *layer) {
    const dsc_shape *shape = &layer->shape;
    const bool maps = shape->rank == 3;
    const size_t plane = maps ? shape->size[1] * shape->size[2] : 1;
    const size_t all = maps ? shape->size[0] : dsc_shape_count(shape), most = maps ? MAPS_MOST : UNITS_MOST;
    const size_t shown = all < most ? all : most;
    bool is_signed;
    double largest;
    json_t *values = values_json(layer->values, shown * plane, &is_signed, &largest);
    return json_pack(
        "{s:s, s:I, s:I, s:I, s:I, s:b, s:f, s:o}", "name", layer->name, "channels", (json_int_t)all, "shown",
        (json_int_t)shown, "height", (json_int_t)(maps ? shape->size[1] : 1), "width",
        (json_int_t)(maps ? shape->size[2] : 1), "signed", is_signed, "most", largest, "values", values);
}

/* ---- the network itself ---- */

/* The first layer's weights as pictures, each scaled to its largest weight; null if they are not pictures. */
static json_t *filters_json(const dsc_model *model) {
    const dsc_node *weight = dsc_model_first_weights(model);
    if (!weight) return json_null();
    const bool dense = weight->shape.rank == 2;
    const size_t *image = model->image->shape.size, *size = weight->shape.size;
    const size_t height = dense ? image[1] : size[2], width = dense ? image[2] : size[3];
    const size_t plane = height * width, all = dsc_shape_count(&weight->shape) / plane,
                 shown = all < FILTERS_MOST ? all : FILTERS_MOST;
    uint8_t *bytes = dsc_allocate(shown * plane, 1);
    if (!bytes) return NULL;
    for (size_t i = 0; i < shown; i++)
        signed_bytes(bytes + i * plane, model->values + weight->offset + i * plane, plane);
    json_t *values = bytes_json(bytes, shown * plane);
    free(bytes);
    return json_pack("{s:I, s:I, s:I, s:I, s:b, s:o}", "all", (json_int_t)all, "shown", (json_int_t)shown,
                     "height", (json_int_t)height, "width", (json_int_t)width, "dense", dense, "values",
                     values);
}

json_t *serve_reader_json(const serve_reader *r) {
    json_t *classes = json_array();
    const size_t *shape = r->expected.shape;
    for (size_t i = 0; i < r->classes; i++)
        (void)json_array_append_new(classes, json_string(dsc_model_class_name(r->model, i)));
    return json_pack("{s:s, s:I, s:[I, I, I], s:b, s:b, s:f, s:o, s:o}", "text", dsc_model_text(r->model),
                     "parameters", (json_int_t)dsc_model_parameters(r->model), "shape", (json_int_t)shape[0],
                     (json_int_t)shape[1], (json_int_t)shape[2], "prepares", prepares(r), "draws",
                     shape[0] == 1 && shape[1] == DSC_DIGIT_SIDE && shape[2] == DSC_DIGIT_SIDE,
                     "refuse_below", dsc_model_refuse_below(r->model), "classes", classes, "filters",
                     filters_json(r->model));
}

/* ---- digits ---- */

static size_t likeliest(const serve_reader *r) {
    size_t best = 0;
    for (size_t i = 1; i < r->classes; i++)
        if (r->probabilities[i] > r->probabilities[best]) best = i;
    return best;
}

/* A digit of a picture, or the whole picture; the image is (C, H, W) as the model expects. */
typedef struct found {
    size_t left, top, width, height;
    uint32_t marks; /* see dsc_digit */
    const uint8_t *image;
} found;

static size_t image_size(const serve_reader *r) {
    return r->expected.shape[0] * r->expected.shape[1] * r->expected.shape[2];
}

/* The newest answer is none: what was found is no digit. */
static bool is_refused(const serve_reader *r, const found *digit) {
    return (double)r->probabilities[likeliest(r)] < dsc_digit_refuse_below(r->model, digit->marks);
}

/* `index`: among all that was found. */
static json_t *digit_json(const serve_reader *r, const found *digit, size_t index) {
    json_t *probabilities = json_array();
    const size_t *shape = r->expected.shape;
    for (size_t i = 0; i < r->classes; i++)
        (void)json_array_append_new(probabilities, json_real((double)r->probabilities[i]));
    json_t *json = json_pack("{s:s, s:I, s:I, s:I, s:I, s:I, s:o, s:[I, I, I], s:o}", "label",
                             dsc_model_class_name(r->model, likeliest(r)), "index", (json_int_t)index, "left",
                             (json_int_t)digit->left, "top", (json_int_t)digit->top, "width",
                             (json_int_t)digit->width, "height", (json_int_t)digit->height, "probabilities",
                             probabilities, "shape", (json_int_t)shape[0], (json_int_t)shape[1],
                             (json_int_t)shape[2], "seen", bytes_json(digit->image, image_size(r)));
    if (json && is_refused(r, digit))
        (void)json_object_set_new(json, "below", json_real(dsc_digit_refuse_below(r->model, digit->marks)));
    return json;
}

/* Adds the outputs of the layers and the attribution: 128 is neutral, larger values support the answer. */
static dsc_status add_insight(json_t *json, serve_reader *r, const found *digit, dsc_error *error) {
    dsc_status status = dsc_inspector_run(r->inspector, digit->image, likeliest(r), error);
    if (status) return status;
    const size_t plane = r->expected.shape[1] * r->expected.shape[2];
    const float *shares = dsc_inspector_shares(r->inspector);
    uint8_t *went_by = dsc_allocate(plane, 1);
    if (!went_by) return dsc_fail_memory(error, plane, "an answer");
    for (size_t i = 0; i < plane; i++) went_by[i] = (uint8_t)lround(128 + 127 * (double)shares[i]);
    json_t *attribution = bytes_json(went_by, plane), *layers = json_array();
    free(went_by);
    for (size_t i = 0; i < dsc_inspector_layers(r->inspector); i++) {
        const dsc_inspected layer = dsc_inspector_layer(r->inspector, i);
        (void)json_array_append_new(layers, layer_json(&layer));
    }
    const bool failed = json_object_set_new(json, "attribution", attribution);
    if (json_object_set_new(json, "layers", layers) || failed) return dsc_fail_memory(error, 0, "an answer");
    return DSC_OK;
}

/* Digits, and apart from them what is none. */
typedef struct answers {
    json_t *digits, *refused;
} answers;

static dsc_status read_digits(answers *all, serve_reader *r, const found *digits, size_t count, size_t chosen,
                              dsc_error *error) {
    for (size_t i = 0; i < count && i < SERVE_DIGITS_MOST; i++) {
        dsc_status status =
            dsc_predict(r->probabilities, r->predictor, r->workspace, digits[i].image, 1, error);
        if (status) return status;
        json_t *one = digit_json(r, &digits[i], i);
        if (json_array_append_new(is_refused(r, &digits[i]) ? all->refused : all->digits, one))
            return dsc_fail_memory(error, 0, "an answer");
        if (i == chosen) status = add_insight(one, r, &digits[i], error);
        if (status) return status;
    }
    return DSC_OK;
}

/* The digits of a picture; `images` owns their pixels. */
typedef struct finding {
    found *digits;
    uint8_t *images;
    size_t count;
    dsc_picture_notes notes;
} finding;

static dsc_status make_room(finding *f, const serve_reader *r, size_t count, dsc_error *error) {
    f->digits = dsc_allocate(count, sizeof *f->digits);
    f->images = dsc_allocate(count, image_size(r));
    if (!f->digits || !f->images) return dsc_fail_memory(error, count * image_size(r), "a drawing");
    for (size_t i = 0; i < count; i++) f->digits[i].image = f->images + i * image_size(r);
    f->count = count;
    return DSC_OK;
}

/* If the model was not trained on prepared digits, the whole picture is its image. */
static dsc_status take_whole(finding *f, const serve_reader *r, const serve_drawing *d, dsc_error *error) {
    dsc_status status = make_room(f, r, 1, error);
    if (status) return status;
    f->digits->width = d->width, f->digits->height = d->height;
    status = dsc_prepare_image(f->images, NULL, NULL, &r->expected, d->pixels, d->height, d->width,
                               d->channels, error);
    if (!status && !memcmp(f->images, f->images + 1, image_size(r) - 1))
        status = dsc_fail(error, DSC_ERROR_FORMAT,
                          "there is nothing to read: the whole picture has one grey level");
    return status;
}

/* Finds digits on the ground that the model was trained on. The caller holds the lock. */
static dsc_status find_digits(finding *f, const serve_reader *r, const serve_drawing *d, dsc_error *error) {
    dsc_digit *digits = NULL;
    size_t count = 0;
    dsc_status status = dsc_digit_check_shape(r->expected.shape, error);
    if (!status)
        status = dsc_read_digits(&digits, &count, &f->notes, d->pixels, d->height, d->width, d->channels,
                                 r->predictor, r->workspace, error);
    if (!status) status = make_room(f, r, count, error);
    for (size_t i = 0; i < count && !status; i++) {
        found *digit = &f->digits[i];
        digit->left = digits[i].left, digit->top = digits[i].top;
        digit->width = digits[i].width, digit->height = digits[i].height, digit->marks = digits[i].marks;
        dsc_digit_as_expected(f->images + i * image_size(r), &r->expected, &digits[i]);
    }
    dsc_digits_free(digits);
    return status;
}

static json_t *answer_json(const answers *all, const finding *f, double milliseconds) {
    dsc_text remark = {0};
    dsc_notes_remark(&remark, &f->notes);
    json_t *json = remark.failed ? NULL
                                 : json_pack("{s:O, s:O, s:I, s:s, s:f}", "digits", all->digits, "refused",
                                             all->refused, "count", (json_int_t)f->count, "remark",
                                             remark.data ? remark.data : "", "milliseconds", milliseconds);
    dsc_text_free(&remark);
    return json;
}

dsc_status serve_read(json_t **json, serve_reader *r, const serve_drawing *drawing, size_t digit,
                      dsc_error *error) {
    const double begun = dsc_clock();
    finding f = {0};
    *json = NULL;
    answers all = {json_array(), json_array()};
    (void)pthread_mutex_lock(&r->lock); /* the workspace serves one caller at a time */
    dsc_status status = prepares(r) ? find_digits(&f, r, drawing, error) : take_whole(&f, r, drawing, error);
    if (!status) status = read_digits(&all, r, f.digits, f.count, digit < f.count ? digit : 0, error);
    (void)pthread_mutex_unlock(&r->lock);
    const double milliseconds = 1e3 * (dsc_clock() - begun);
    if (!status) {
        *json = answer_json(&all, &f, milliseconds);
        if (!*json) status = dsc_fail_memory(error, 0, "an answer");
    }
    free(f.digits);
    free(f.images);
    json_decref(all.digits);
    json_decref(all.refused);
    return status;
}
