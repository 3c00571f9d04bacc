/* SPDX-License-Identifier: MIT */
/* verify.c: see verify.h. */
#include "exchange/verify.h"

#include "base/clock.h"
#include "base/error.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/temporary.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BATCH = 256 };

static size_t likeliest(const float *probabilities, size_t classes) {
    size_t best = 0;
    for (size_t k = 1; k < classes; k++)
        if (probabilities[k] > probabilities[best]) best = k;
    return best;
}

/* --- the model's own answers --- */

static dsc_status answer_all(float *probabilities, const dsc_model *model, const uint8_t *images,
                             size_t count, unsigned threads, dsc_error *error) {
    dsc_predictor *predictor = NULL;
    dsc_workspace *workspace = NULL;
    dsc_predictor_options options = dsc_predictor_options_defaults();
    options.batch = BATCH;
    dsc_status status = dsc_predictor_create(&predictor, model, &options, error);
    if (!status) status = dsc_workspace_create(&workspace, predictor, threads, error);
    size_t shape[3] = {0};
    if (!status) dsc_predictor_shape(predictor, shape);
    const size_t each = shape[0] * shape[1] * shape[2], classes = dsc_model_classes(model);
    for (size_t i = 0; i < count && !status; i += BATCH)
        status = dsc_predict(probabilities + i * classes, predictor, workspace, images + i * each,
                             count - i < BATCH ? count - i : BATCH, error);
    dsc_workspace_free(workspace);
    dsc_predictor_free(predictor);
    return status;
}

/* Images as bytes; in floats, 1 corresponds to byte 255. */
static dsc_status read_images(exchange_reference *r, const dsc_dataset *data, dsc_error *error) {
    if (dsc_dataset_type(data) != DSC_U8)
        return dsc_fail(error, DSC_ERROR_UNSUPPORTED,
                        "exports are compared on images of bytes, but these are floats");
    uint32_t *samples = dsc_allocate(r->count, sizeof *samples);
    if (!samples) return dsc_fail_memory(error, r->count * sizeof *samples, "numbers of images");
    for (size_t i = 0; i < r->count; i++) samples[i] = (uint32_t)i;
    const dsc_status status = dsc_dataset_read(r->images, data, samples, r->count, error);
    free(samples);
    memcpy(r->labels, dsc_dataset_labels(data), r->count);
    return status;
}

dsc_status exchange_reference_make(exchange_reference *r, const dsc_model *model, const dsc_dataset *data,
                                   size_t most, unsigned threads, dsc_error *error) {
    size_t shape[3];
    dsc_dataset_shape(data, shape);
    const size_t each = shape[0] * shape[1] * shape[2], count = dsc_dataset_count(data);
    *r = (exchange_reference){.count = most && most < count ? most : count,
                              .classes = dsc_model_classes(model)};
    r->images = dsc_allocate(r->count, each);
    r->labels = dsc_allocate(r->count, 1);
    r->probabilities = dsc_allocate(r->count, r->classes * sizeof(float));
    if (!r->images || !r->labels || !r->probabilities)
        return dsc_fail_memory(error, r->count * each, "images");
    dsc_status status = read_images(r, data, error);
    const double begun = dsc_clock();
    if (!status) status = answer_all(r->probabilities, model, r->images, r->count, threads, error);
    r->seconds = dsc_clock() - begun;
    for (size_t i = 0; i < r->count && !status; i++)
        r->correct += likeliest(r->probabilities + i * r->classes, r->classes) == r->labels[i];
    return status;
}

void exchange_reference_clear(exchange_reference *r) {
    free(r->images);
    free(r->labels);
    free(r->probabilities);
    *r = (exchange_reference){0};
}

/* --- the files --- */

static dsc_status write_files(const char *folder, const exchange_output *output, dsc_error *error) {
    dsc_status status = DSC_OK;
    for (size_t i = 0; i < output->count && !status; i++) {
        dsc_text path = {0};
        dsc_text_append(&path, "%s/%s%s", folder, output->stem, output->files[i].suffix);
        status = path.failed
                     ? dsc_fail_memory(error, 0, "a path")
                     : dsc_file_write(path.data, output->files[i].bytes, output->files[i].size, error);
        dsc_text_free(&path);
    }
    return status;
}

/* --- comparing --- */

/* Reads the written file again; it answers here. */
static dsc_status read_again(float *probabilities, const exchange_format *format,
                             const exchange_output *output, const exchange_reference *r, dsc_error *error) {
    dsc_model *model = NULL;
    exchange_source source = {
        .bytes = output->files[0].bytes, .size = output->files[0].size, .name = format->name};
    dsc_status status = exchange_read(&model, &source, format->name, error);
    if (!status) status = answer_all(probabilities, model, r->images, r->count, 0, error);
    dsc_text_free(&source.notes);
    dsc_text_free(&source.table);
    dsc_model_free(model);
    return status;
}

static dsc_status answer_in_folder(float *probabilities, const exchange_format *format, const void *values,
                                   const exchange_output *output, const dsc_model *model,
                                   const exchange_reference *r, dsc_error *error) {
    dsc_temporary folder;
    dsc_status status = dsc_temporary_make(&folder, "verify", error);
    if (!status) status = write_files(folder.path, output, error);
    if (!status)
        status =
            format->answer(probabilities, folder.path, output, r->images, r->count, model, values, error);
    dsc_temporary_remove(&folder);
    return status;
}

static void compare(exchange_check *check, const float *probabilities, const exchange_reference *r) {
    for (size_t i = 0; i < r->count; i++) {
        const float *theirs = probabilities + i * r->classes, *ours = r->probabilities + i * r->classes;
        bool good = true; /* an answer that is not finite is invalid */
        for (size_t k = 0; k < r->classes; k++) {
            const double difference = fabs((double)theirs[k] - (double)ours[k]);
            good = good && isfinite(theirs[k]);
            check->largest = fmax(check->largest, isfinite(difference) ? difference : INFINITY);
        }
        const size_t answer = likeliest(theirs, r->classes);
        check->correct += good && answer == r->labels[i];
        check->differing += !good || answer != likeliest(ours, r->classes);
    }
}

dsc_status exchange_verify(exchange_check *check, const exchange_format *format, const void *values,
                           const exchange_output *output, const dsc_model *model, const exchange_reference *r,
                           dsc_error *error) {
    *check = (exchange_check){.format = format->name, .images = r->count};
    for (size_t i = 0; i < output->count; i++) check->bytes += output->files[i].size;
    float *probabilities = dsc_allocate(r->count, r->classes * sizeof *probabilities);
    if (!probabilities)
        return dsc_fail_memory(error, r->count * r->classes * sizeof *probabilities, "answers");
    dsc_error why;
    const double begun = dsc_clock();
    dsc_status status = format->answer
                            ? answer_in_folder(probabilities, format, values, output, model, r, &why)
                            : read_again(probabilities, format, output, r, &why);
    check->seconds = dsc_clock() - begun;
    if (!status) compare(check, probabilities, r);
    free(probabilities);
    if (status == DSC_ERROR_UNSUPPORTED) {
        check->skipped = true;
        (void)snprintf(check->why, sizeof check->why, "%s", why.message);
        return DSC_OK;
    }
    return status ? dsc_fail(error, status, "%s", why.message) : DSC_OK;
}
