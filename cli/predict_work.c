/* SPDX-License-Identifier: MIT */
/* predict_work.c: finds the digits of a file, prepares them, and asks the network; see predict_work.h. */
#include "predict_work.h"

#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

enum { DIGIT_SIDE = 28 };

/* ---- the model ---- */

static dsc_status check_shape(const predict_reader *r, dsc_error *error) {
    if (r->raw || (r->shape[0] == 1 && r->shape[1] == DIGIT_SIDE && r->shape[2] == DIGIT_SIDE)) return DSC_OK;
    return dsc_fail(error, DSC_ERROR_MISMATCH,
                    "the model takes images of %zu x %zu x %zu; digits are prepared as 1 x 28 x 28: give it "
                    "images of its own "
                    "size, with --raw",
                    r->shape[0], r->shape[1], r->shape[2]);
}

dsc_status predict_reader_make(predict_reader *r, dsc_model *model, bool raw, bool with_saliency,
                               dsc_error *error) {
    *r = (predict_reader){.model = model, .raw = raw, .classes = dsc_model_classes(model)};
    dsc_model_shape(model, r->shape);
    dsc_predictor_options how = dsc_predictor_options_defaults();
    how.batch = 1;
    dsc_status status = check_shape(r, error);
    if (!status) status = dsc_predictor_create(&r->predictor, model, &how, error);
    if (!status) status = dsc_workspace_create(&r->workspace, r->predictor, 1, error);
    if (!status && with_saliency) status = dsc_inspector_create(&r->inspector, model, false, error);
    return status;
}

void predict_reader_clear(predict_reader *r) {
    dsc_inspector_free(r->inspector);
    dsc_workspace_free(r->workspace);
    dsc_predictor_free(r->predictor);
    dsc_model_free(r->model);
    *r = (predict_reader){0};
}

/* ---- one image ---- */

static void sort_labels(predict_answer *a, size_t classes) {
    for (size_t i = 0; i < classes; i++) { /* few: by insertion, the lower label first among equals */
        size_t at = i;
        for (; at > 0 && a->probabilities[a->order[at - 1]] < a->probabilities[i]; at--)
            a->order[at] = a->order[at - 1];
        a->order[at] = i;
    }
}

/* The answer has `seen` already. */
static dsc_status ask(predict_answer *a, predict_reader *r, dsc_error *error) {
    const size_t plane = r->shape[1] * r->shape[2];
    a->probabilities = dsc_allocate(r->classes, sizeof *a->probabilities);
    a->order = dsc_allocate(r->classes, sizeof *a->order);
    if (r->inspector) a->depends = dsc_allocate(plane, sizeof *a->depends);
    if (!a->probabilities || !a->order || (r->inspector && !a->depends))
        return dsc_fail_memory(error, r->classes * sizeof *a->order, "an answer");
    dsc_status status = dsc_predict(a->probabilities, r->predictor, r->workspace, a->seen, 1, error);
    if (status) return status;
    sort_labels(a, r->classes);
    if (!r->inspector) return DSC_OK;
    status = dsc_inspector_run(r->inspector, a->seen, a->order[0], error);
    if (!status) memcpy(a->depends, dsc_inspector_saliency(r->inspector), plane * sizeof *a->depends);
    return status;
}

static dsc_status see(predict_answer *a, const uint8_t *pixels, size_t size, dsc_error *error) {
    a->seen = dsc_allocate(size, 1);
    if (!a->seen) return dsc_fail_memory(error, size, "an image");
    memcpy(a->seen, pixels, size);
    return DSC_OK;
}

static dsc_status make_room(predict_result *result, size_t count, dsc_error *error) {
    result->answers = dsc_allocate(count, sizeof *result->answers);
    if (!result->answers) return dsc_fail_memory(error, count * sizeof *result->answers, "the answers");
    return DSC_OK;
}

/* ---- pictures ---- */

static dsc_status answer_prepared(predict_result *result, predict_reader *r, const dsc_digit *digits,
                                  size_t count, dsc_error *error) {
    dsc_status status = make_room(result, count, error);
    for (size_t i = 0; i < count && !status; i++) {
        predict_answer *a = &result->answers[result->count++];
        a->left = digits[i].left, a->top = digits[i].top, a->width = digits[i].width,
        a->height = digits[i].height;
        status = see(a, digits[i].pixels, sizeof digits[i].pixels, error);
        if (!status) status = ask(a, r, error);
    }
    return status;
}

/* (H, W, channels) as (C, H, W), grey where the model wants it. */
static dsc_status answer_raw(predict_result *result, predict_reader *r, const char *path, dsc_error *error) {
    const dsc_image *p = &result->content.picture;
    if (p->width != r->shape[2] || p->height != r->shape[1])
        return dsc_fail(error, DSC_ERROR_MISMATCH,
                        "%s: is %zu x %zu pixels; with --raw it must have the model's size, %zu x %zu", path,
                        p->width, p->height, r->shape[2], r->shape[1]);
    if (r->shape[0] != 1 && !(r->shape[0] == 3 && p->channels >= 3))
        return dsc_fail(error, DSC_ERROR_MISMATCH, "%s: has %zu channels, and the model wants %zu", path,
                        p->channels, r->shape[0]);
    dsc_status status = make_room(result, 1, error);
    if (status) return status;
    predict_answer *a = &result->answers[result->count++];
    const size_t plane = p->width * p->height, channels = p->channels;
    a->seen = dsc_allocate(plane, r->shape[0]);
    if (!a->seen) return dsc_fail_memory(error, plane, "an image");
    for (size_t i = 0; i < plane; i++) {
        const uint8_t *from = p->pixels + i * channels;
        if (r->shape[0] == 3)
            for (size_t c = 0; c < 3; c++) a->seen[c * plane + i] = from[c];
        else
            a->seen[i] = channels == 1 ? from[0] : dsc_luma(from);
    }
    return ask(a, r, error);
}

static dsc_status answer_picture(predict_result *result, predict_reader *r, const char *path, bool one,
                                 dsc_error *error) {
    const dsc_image *p = &result->content.picture;
    if (r->raw) return answer_raw(result, r, path, error);
    if (one) {
        dsc_digit digit;
        dsc_status status =
            dsc_prepare_digit(&digit, &result->notes, p->pixels, p->height, p->width, p->channels, error);
        return status ? dsc_error_context(error, status, "%s", path)
                      : answer_prepared(result, r, &digit, 1, error);
    }
    dsc_digit *digits;
    size_t count;
    dsc_status status =
        dsc_find_digits(&digits, &count, &result->notes, p->pixels, p->height, p->width, p->channels, error);
    if (status) return dsc_error_context(error, status, "%s", path);
    status = answer_prepared(result, r, digits, count, error);
    dsc_digits_free(digits);
    return status;
}

/* ---- arrays ---- */

/* Images of the model's own shape are raw by themselves; others are prepared, each a picture of one digit. */
static dsc_status answer_array(predict_result *result, predict_reader *r, const char *path,
                               dsc_error *error) {
    size_t count, shape[3];
    const dsc_array *array = &result->content.array;
    (void)read_array_shape(&count, shape, array);
    const bool own = shape[0] == r->shape[0] && shape[1] == r->shape[1] && shape[2] == r->shape[2];
    if (!own && (r->raw || shape[0] != 1))
        return dsc_fail(error, DSC_ERROR_MISMATCH,
                        "%s: has images of %zu x %zu x %zu, and the model wants %zu x %zu x %zu", path,
                        shape[0], shape[1], shape[2], r->shape[0], r->shape[1], r->shape[2]);
    const size_t size = shape[0] * shape[1] * shape[2];
    dsc_status status = make_room(result, count, error);
    for (size_t i = 0; i < count && !status && !command_should_stop(); i++) {
        predict_answer *a = &result->answers[result->count++];
        const uint8_t *image = (const uint8_t *)array->data + i * size;
        dsc_digit digit;
        a->image = i;
        if (!own) status = dsc_prepare_digit(&digit, NULL, image, shape[1], shape[2], 1, error);
        if (status) return dsc_error_context(error, status, "%s: image %zu", path, i);
        status = own ? see(a, image, size, error) : see(a, digit.pixels, sizeof digit.pixels, error);
        if (!status) status = ask(a, r, error);
    }
    return status;
}

dsc_status predict_read(predict_result *result, predict_reader *reader, const char *path, bool one,
                        dsc_error *error) {
    *result = (predict_result){.name = strcmp(path, "-") == 0 ? "standard input" : path};
    dsc_status status = read_file(&result->content, path, error);
    if (status) return status;
    return result->content.is_array ? answer_array(result, reader, result->name, error)
                                    : answer_picture(result, reader, result->name, one, error);
}

void predict_result_clear(predict_result *result) {
    for (size_t i = 0; i < result->count; i++) {
        free(result->answers[i].seen);
        free(result->answers[i].probabilities);
        free(result->answers[i].depends);
        free(result->answers[i].order);
    }
    free(result->answers);
    read_content_clear(&result->content);
    *result = (predict_result){0};
}
