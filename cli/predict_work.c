/* SPDX-License-Identifier: MIT */
/* predict_work.c: finds the digits of a file, prepares them, and runs the network; see predict_work.h. */
#include "predict_tell.h"

#include "base/memory.h"
#include "base/recognise.h"
#include "image/ground.h"
#include "image/prepare.h"

#include <stdlib.h>
#include <string.h>

enum { MANY = 10 /* Least number of an array's images that look unprepared; fewer may be chance. */ };

/* ---- the model ---- */

static dsc_status check_shape(const predict_reader *r, dsc_error *error) {
    dsc_error why;
    if (!r->digits || !dsc_digit_check_shape(r->shape, &why)) return DSC_OK;
    return dsc_fail(error, why.code, "%s; omit --prepare, and give the model images of its own size",
                    why.message);
}

dsc_status predict_reader_make(predict_reader *r, dsc_model *model, predict_manner manner, dsc_fit fit,
                               bool with_reasons, dsc_error *error) {
    *r = (predict_reader){.model = model, .manner = manner, .classes = dsc_model_classes(model)};
    dsc_model_shape(model, r->shape);
    dsc_model_describe(&r->expected, model);
    if (manner == PREDICT_PREPARE) r->expected.preparation = DSC_PREPARATION_DIGITS;
    if (fit != DSC_FIT_NONE) r->expected.preparation = DSC_PREPARATION_NONE, r->expected.fit = fit;
    r->digits = manner != PREDICT_RAW && r->expected.preparation == DSC_PREPARATION_DIGITS;
    dsc_predictor_options how = dsc_predictor_options_defaults();
    how.batch = 1;
    how.embedding = dsc_model_members(model, &r->members);
    dsc_status status = check_shape(r, error);
    if (!status) status = dsc_predictor_create(&r->predictor, model, &how, error);
    if (!status) status = dsc_workspace_create(&r->workspace, r->predictor, 1, error);
    if (!status && !(r->member_logits = dsc_allocate(r->classes, r->members * sizeof(float))))
        status = dsc_fail_memory(error, r->classes * r->members * sizeof(float), "the members' answers");
    if (!status && with_reasons) status = dsc_inspector_create(&r->inspector, model, false, error);
    return status;
}

void predict_reader_clear(predict_reader *r) {
    dsc_inspector_free(r->inspector);
    dsc_workspace_free(r->workspace);
    dsc_predictor_free(r->predictor);
    free(r->member_logits);
    dsc_model_free(r->model);
    *r = (predict_reader){0};
}

/* ---- one image ---- */

static void sort_labels(predict_answer *a, size_t classes) {
    for (size_t i = 0; i < classes; i++) { /* few classes: insertion sort; ties by lower label */
        size_t at = i;
        for (; at > 0 && a->probabilities[a->order[at - 1]] < a->probabilities[i]; at--)
            a->order[at] = a->order[at - 1];
        a->order[at] = i;
    }
}

/* Runs the network on a->seen. */
static dsc_status ask(predict_answer *a, predict_reader *r, dsc_error *error) {
    const size_t plane = r->shape[1] * r->shape[2];
    a->probabilities = dsc_allocate(r->classes, sizeof *a->probabilities);
    a->order = dsc_allocate(r->classes, sizeof *a->order);
    if (r->inspector) a->shares = dsc_allocate(plane, sizeof *a->shares);
    if (!a->probabilities || !a->order || (r->inspector && !a->shares))
        return dsc_fail_memory(error, r->classes * sizeof *a->order, "an answer");
    dsc_prediction wanted = dsc_prediction_defaults();
    wanted.count = 1;
    wanted.images = a->seen;
    wanted.probabilities = a->probabilities;
    wanted.embeddings = r->members ? r->member_logits : NULL;
    dsc_status status = dsc_predict_all(r->predictor, r->workspace, &wanted, error);
    /* The other images of the file are still answered, and the failures are reported at the end. */
    a->failed = status == DSC_ERROR_DIVERGED;
    if (status) return a->failed ? DSC_OK : status;
    sort_labels(a, r->classes);
    if (r->members)
        a->agree = dsc_members_agree(&a->information, a->order[0], r->member_logits, r->members, r->classes);
    if (!r->inspector) return DSC_OK;
    status = dsc_inspector_run(r->inspector, a->seen, a->order[0], error);
    if (!status) memcpy(a->shares, dsc_inspector_shares(r->inspector), plane * sizeof *a->shares);
    return status;
}

/* Allocates the image that the network sees. */
static dsc_status make_image(predict_answer *a, const predict_reader *r, dsc_error *error) {
    const size_t size = r->shape[0] * r->shape[1] * r->shape[2];
    a->seen = dsc_allocate(size, 1);
    return a->seen ? DSC_OK : dsc_fail_memory(error, size, "an image");
}

/* Prepares a picture (height, width, channels) like the model's training images. */
static dsc_status see_picture(predict_answer *a, dsc_picture_notes *notes, const predict_reader *r,
                              const uint8_t *pixels, size_t height, size_t width, size_t channels,
                              dsc_error *error) {
    dsc_error why;
    const dsc_status status =
        dsc_prepare_image(a->seen, &a->did, notes, &r->expected, pixels, height, width, channels, &why);
    if (!status) return DSC_OK;
    const bool whole = status == DSC_ERROR_MISMATCH && !r->digits;
    const bool helps = whole && !dsc_digit_check_shape(r->shape, NULL);
    return dsc_fail(error, status, "%s%s%s", why.message, whole ? " (--fit)" : "",
                    helps ? "; or give --prepare, which finds digits in the picture and prepares them" : "");
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
        a->height = digits[i].height, a->line = digits[i].line, a->marks = digits[i].marks;
        status = make_image(a, r, error);
        if (status) return status;
        dsc_digit_as_expected(a->seen, &r->expected, &digits[i]);
        a->did = DSC_DID_PREPARE;
        status = ask(a, r, error);
    }
    return status;
}

/* Takes a picture of the model's size without preparation, except for its channels. */
static dsc_status answer_raw(predict_result *result, predict_reader *r, const char *path, dsc_error *error) {
    const dsc_image *p = &result->content.picture;
    if (p->width != r->shape[2] || p->height != r->shape[1])
        return dsc_fail(error, DSC_ERROR_MISMATCH,
                        "%s: is %zu x %zu pixels (height x width), but --raw requires the model's size, %zu "
                        "x %zu; omit --raw to have the picture prepared",
                        path, p->height, p->width, r->shape[1], r->shape[2]);
    dsc_status status = make_room(result, 1, error);
    if (status) return status;
    predict_answer *a = &result->answers[result->count++];
    status = make_image(a, r, error);
    if (!status)
        status = dsc_fit_image(a->seen, r->shape, DSC_FIT_NONE, p->pixels, p->height, p->width, p->channels,
                               error);
    return status ? dsc_error_context(error, status, "%s", path) : ask(a, r, error);
}

/* Takes the whole picture as one image, like the model's training images. */
static dsc_status answer_whole(predict_result *result, predict_reader *r, const char *path,
                               dsc_error *error) {
    const dsc_image *p = &result->content.picture;
    dsc_status status = make_room(result, 1, error);
    if (status) return status;
    predict_answer *a = &result->answers[result->count++];
    status = make_image(a, r, error);
    if (status) return status;
    status = see_picture(a, NULL, r, p->pixels, p->height, p->width, p->channels, error);
    return status ? dsc_error_context(error, status, "%s", path) : ask(a, r, error);
}

static dsc_status answer_picture(predict_result *result, predict_reader *r, const char *path, bool one,
                                 dsc_error *error) {
    const dsc_image *p = &result->content.picture;
    if (r->manner == PREDICT_RAW) return answer_raw(result, r, path, error);
    if (!r->digits) return answer_whole(result, r, path, error);
    if (one) {
        dsc_digit digit;
        dsc_status status =
            dsc_prepare_digit(&digit, &result->notes, p->pixels, p->height, p->width, p->channels, error);
        return status ? dsc_error_context(error, status, "%s", path)
                      : answer_prepared(result, r, &digit, 1, error);
    }
    dsc_digit *digits;
    size_t count;
    dsc_status status = dsc_read_digits(&digits, &count, &result->notes, p->pixels, p->height, p->width,
                                        p->channels, r->predictor, r->workspace, error);
    if (status) return dsc_error_context(error, status, "%s", path);
    status = answer_prepared(result, r, digits, count, error);
    dsc_digits_free(digits);
    return status;
}

/* ---- arrays ---- */

/* What to do with each image of an array. */
typedef struct array_plan {
    bool own;  /* has the model's shape */
    bool turn; /* models of unprepared images: invert, because the array has the other ground */
} array_plan;

static array_plan plan_array(predict_reader *r, const char *path, const uint8_t *images, size_t count,
                             const size_t shape[3]) {
    array_plan plan = {.own = !memcmp(shape, r->shape, sizeof r->shape)};
    if (!plan.own || r->manner == PREDICT_PREPARE) return plan;
    dsc_images found;
    dsc_images_examine(&found, images, count, shape);
    const bool other = dsc_grounds_differ(found.ground, r->expected.ground);
    if (r->manner == PREDICT_RAW)
        predict_note(&r->other_ground, path, other ? count : 0, count);
    else if (!r->digits)
        plan.turn = other;
    else if (count >= MANY && found.ground == DSC_GROUND_DARK && found.preparation == DSC_PREPARATION_NONE)
        predict_note(&r->unlike, path, count, count);
    return plan;
}

/* Prepares an image (C, H, W) like a picture, which has channels last. */
static dsc_status see_planes(predict_answer *a, dsc_picture_notes *notes, const predict_reader *r,
                             const uint8_t *image, const size_t shape[3], dsc_error *error) {
    if (shape[0] == 1) return see_picture(a, notes, r, image, shape[1], shape[2], 1, error);
    const size_t plane = shape[1] * shape[2];
    uint8_t *pixels = dsc_allocate(plane, shape[0]);
    if (!pixels) return dsc_fail_memory(error, plane * shape[0], "an image");
    for (size_t c = 0; c < shape[0]; c++)
        for (size_t i = 0; i < plane; i++) pixels[i * shape[0] + c] = image[c * plane + i];
    const dsc_status status = see_picture(a, notes, r, pixels, shape[1], shape[2], shape[0], error);
    free(pixels);
    return status;
}

/* Prepares one image of an array by `plan` into a->seen. */
static dsc_status see_image(predict_answer *a, dsc_picture_notes *notes, const predict_reader *r,
                            const array_plan *plan, const uint8_t *image, const size_t shape[3],
                            dsc_error *error) {
    bool blank;
    const size_t size = r->shape[0] * r->shape[1] * r->shape[2];
    /* Prepared digits have a dark ground; an image with a light ground is unprepared. */
    const bool prepare = r->digits && (!plan->own || r->manner == PREDICT_PREPARE ||
                                       (r->expected.ground == DSC_GROUND_DARK &&
                                        dsc_image_ground(&blank, image, shape) == DSC_GROUND_LIGHT));
    dsc_status status = make_image(a, r, error);
    if (status) return status;
    if (prepare || !plan->own) return see_planes(a, notes, r, image, shape, error);
    for (size_t i = 0; i < size; i++) a->seen[i] = plan->turn ? (uint8_t)(255 - image[i]) : image[i];
    if (plan->turn) a->did = DSC_DID_TURN;
    return DSC_OK;
}

/* Takes images of the model's own shape unchanged, unless their ground differs; prepares others like pictures
 * of one digit each. */
static dsc_status answer_array(predict_result *result, predict_reader *r, const char *path,
                               dsc_error *error) {
    size_t count, shape[3];
    const dsc_array *array = &result->content.array;
    (void)read_array_shape(&count, shape, array);
    const array_plan plan = plan_array(r, path, array->data, count, shape);
    const bool pictures = shape[0] == 1 || shape[0] == 3;
    if (!plan.own && (r->manner == PREDICT_RAW || !pictures))
        return dsc_fail(error, DSC_ERROR_MISMATCH,
                        "%s: has images of %zu x %zu x %zu (channels x height x width), but the model takes "
                        "%zu x %zu x %zu%s",
                        path, shape[0], shape[1], shape[2], r->shape[0], r->shape[1], r->shape[2],
                        pictures ? "; omit --raw to have them prepared" : "");
    const size_t size = shape[0] * shape[1] * shape[2];
    if (array->rank == 2 && shape[2] == r->shape[0] * r->shape[1] * r->shape[2])
        return dsc_fail(error, DSC_ERROR_MISMATCH,
                        "%s: is an array of %zu x %zu; if it is %zu flattened images, save array.reshape(-1, "
                        "%zu, %zu, %zu); if it is one picture, save it as PNG",
                        path, shape[1], shape[2], shape[1], r->shape[0], r->shape[1], r->shape[2]);
    dsc_status status = make_room(result, count, error);
    for (size_t i = 0; i < count && !status && !command_should_stop(); i++) {
        predict_answer *a = &result->answers[result->count++];
        a->image = i;
        dsc_picture_notes notes = {0};
        status = see_image(a, &notes, r, &plan, (const uint8_t *)array->data + i * size, shape, error);
        if (status) return dsc_error_context(error, status, "%s: image %zu", path, i);
        if (a->did & DSC_DID_PREPARE) dsc_notes_add(&result->sum, &notes);
        status = ask(a, r, error);
    }
    return status;
}

/* ---- files ---- */

/* Counts the changes made to a file's images, for the report at the end. */
static void count_deeds(predict_reader *r, const predict_result *result) {
    size_t scaled = 0, turned = 0, prepared = 0;
    for (size_t i = 0; i < result->count; i++) {
        scaled += (result->answers[i].did & DSC_DID_SCALE) != 0;
        turned += (result->answers[i].did & DSC_DID_TURN) != 0;
        prepared += (result->answers[i].did & DSC_DID_PREPARE) != 0;
    }
    const bool array = result->content.is_array;
    predict_note(&r->scaled, result->name, scaled, result->count);
    predict_note(&r->turned, result->name, turned, result->count);
    predict_note(&r->prepared, result->name, array && r->manner == PREDICT_AS_TRAINED ? prepared : 0,
                 result->count);
    if (!array && !r->digits && r->manner == PREDICT_AS_TRAINED) predict_note(&r->whole, result->name, 1, 1);
    const bool as_it_is = r->manner == PREDICT_RAW || (!r->digits && r->expected.fit != DSC_FIT_NONE);
    if (array || !as_it_is || !result->count) return;
    const dsc_ground ground = dsc_ground_of(result->answers[0].seen, 1, r->shape);
    predict_note(&r->other_ground, result->name, dsc_grounds_differ(ground, r->expected.ground), 1);
}

dsc_status predict_read(predict_result *result, predict_reader *reader, const read_source *source,
                        size_t page, bool one, dsc_error *error) {
    dsc_text name = {0};
    *result =
        (predict_result){.file = dsc_source_name(source->path), .page = source->pages > 1 ? page + 1 : 0};
    read_append_name(&name, source, page);
    if (name.failed) return dsc_fail_memory(error, 0, "a name");
    result->name = name.data;
    dsc_status status = read_page(&result->content, source, page, error);
    if (status) return status;
    status = result->content.is_array ? answer_array(result, reader, result->name, error)
                                      : answer_picture(result, reader, result->name, one, error);
    if (!status) count_deeds(reader, result);
    return status;
}

void predict_result_clear(predict_result *result) {
    for (size_t i = 0; i < result->count; i++) {
        free(result->answers[i].seen);
        free(result->answers[i].probabilities);
        free(result->answers[i].shares);
        free(result->answers[i].order);
    }
    free(result->answers);
    free(result->name);
    read_content_clear(&result->content);
    *result = (predict_result){0};
}
