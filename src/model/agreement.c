/* SPDX-License-Identifier: MIT */
/* agreement.c: the images a model expects, and whether data provides them: shape, classes, preparation,
 * ground. All code that passes data to a model uses this. */
#include "model/model.h"

#include "base/digit.h"
#include "base/error.h"
#include "base/memory.h"
#include "data/class_match.h"
#include "data/dataset.h"
#include "data/images.h"

#include <stdlib.h>
#include <string.h>

enum { SIDE = DSC_DIGIT_SIDE, DIGITS = 10 };

static dsc_class_list classes_of_model(const dsc_model *model) {
    return (dsc_class_list){(const char *const *)model->class_names, model->classes, "the model"};
}

/* --- a model's expectations --- */

void dsc_model_describe(dsc_images *images, const dsc_model *model) {
    *images = model->expected;
    dsc_model_shape(model, images->shape);
    if (model->images_noted) return;
    const dsc_class_list classes = classes_of_model(model);
    const size_t *shape = images->shape;
    const bool digits = shape[0] == 1 && shape[1] == SIDE && shape[2] == SIDE && classes.count == DIGITS &&
                        dsc_classes_are_unnamed(&classes);
    images->fit = DSC_FIT_NONE;
    images->preparation = digits ? DSC_PREPARATION_DIGITS : DSC_PREPARATION_NONE;
    images->ground = digits ? DSC_GROUND_DARK : DSC_GROUND_UNKNOWN;
}

static dsc_status check_shape(const dsc_model *model, const dsc_images *images, const char *name,
                              dsc_error *error) {
    size_t own[3];
    const size_t *shape = images->shape;
    dsc_model_shape(model, own);
    if (!memcmp(own, shape, sizeof own)) return DSC_OK;
    const char *remedy = own[0] != shape[0]
                             ? "use images with the same number of channels, or train a model for these"
                             : "use images of that size, or train a model for these";
    if (own[0] == 1 && own[1] == SIDE && own[2] == SIDE && shape[0] == 1)
        remedy =
            "`descender data pack --prepare` converts pictures to such images; or train a model for these";
    return dsc_fail(error, DSC_ERROR_MISMATCH,
                    "%s has images of %zu x %zu x %zu (channels x height x width), but the model was made "
                    "for %zu x %zu x %zu; %s",
                    name, shape[0], shape[1], shape[2], own[0], own[1], own[2], remedy);
}

dsc_status dsc_model_expect(dsc_model *model, const dsc_images *images, dsc_error *error) {
    const size_t *shape = images->shape;
    dsc_status status = check_shape(model, images, "what is expected", error);
    if (status) return status;
    const bool digits = shape[0] == 1 && shape[1] == SIDE && shape[2] == SIDE;
    if (images->preparation == DSC_PREPARATION_DIGITS && !digits)
        return dsc_fail(error, DSC_ERROR_MISMATCH,
                        "prepared digits are 1 x 28 x 28 pixels, but the model's images are %zu x %zu x %zu; "
                        "expect DSC_PREPARATION_NONE",
                        shape[0], shape[1], shape[2]);
    model->expected = *images;
    if (images->preparation == DSC_PREPARATION_DIGITS) model->expected.fit = DSC_FIT_NONE;
    model->images_noted = true;
    return DSC_OK;
}

dsc_status dsc_model_take_class_names(dsc_model *model, const dsc_dataset *data, dsc_error *error) {
    const dsc_class_list classes = classes_of_model(model), theirs = dsc_dataset_class_list(data);
    if (!dsc_classes_are_unnamed(&classes) || dsc_classes_are_unnamed(&theirs) ||
        theirs.count > classes.count)
        return DSC_OK;
    for (size_t i = 0; i < theirs.count; i++)
        for (size_t k = 0; k < classes.count; k++)
            if (!strcmp(theirs.names[i], classes.names[k])) return DSC_OK;
    const char **names = dsc_allocate(classes.count, sizeof *names);
    if (!names) return dsc_fail_memory(error, classes.count * sizeof *names, "the names of classes");
    for (size_t i = 0; i < classes.count; i++)
        names[i] = i < theirs.count ? theirs.names[i] : classes.names[i];
    char **copy = dsc_class_names_copy(names, classes.count);
    free(names);
    if (!copy) return dsc_fail_memory(error, classes.count, "the names of classes");
    free(model->class_names);
    model->class_names = copy;
    return DSC_OK;
}

/* --- data for a model --- */

dsc_status dsc_model_check_data(const dsc_model *model, const dsc_dataset *data, dsc_error *error) {
    dsc_images images;
    memcpy(images.shape, data->shape, sizeof images.shape);
    dsc_status status = check_shape(model, &images, data->name, error);
    if (!status && data->classes > model->classes)
        status = dsc_fail(error, DSC_ERROR_MISMATCH, "%s has %zu classes, but the model was made for %zu",
                          data->name, data->classes, model->classes);
    return status;
}

dsc_status dsc_dataset_match(dsc_dataset **matched, dsc_remarks *remarks, const dsc_dataset *data,
                             const dsc_model *model, dsc_error *error) {
    dsc_images expected, images;
    *matched = NULL;
    if (remarks) remarks->count = 0;
    dsc_model_describe(&expected, model);
    memcpy(images.shape, data->shape, sizeof images.shape);
    dsc_status status = check_shape(model, &images, data->name, error);
    const dsc_class_list classes = classes_of_model(model);
    if (!status) status = dsc_dataset_match_classes(matched, remarks, data, &classes, error);
    if (status || !remarks) return status;
    dsc_dataset_describe(&images, data);
    dsc_images_compare(remarks, &expected, "the model's training set", &images, data->name);
    return DSC_OK;
}
