/* SPDX-License-Identifier: MIT */
/* models.h: small models of small images, for the tests of the images that a model expects. */
#ifndef TESTS_MODEL_MODELS_H
#define TESTS_MODEL_MODELS_H

#include "testing.h"

#include "model/model.h"
#include "model/native.h"

enum { SIDE = 8, CLASSES = 4 };

static const char *const names[CLASSES] = {"ant", "bee", "cat", "dog"};

static inline dsc_model *trained(const dsc_dataset *data, const char *augment) {
    dsc_model *model;
    dsc_error error;
    dsc_training_options how = dsc_training_options_defaults();
    how.epochs = 20;
    how.batch = 8;
    how.learning_rate = 0.02;
    how.threads = 1;
    how.augment = augment;
    ASSERT_OK(dsc_model_create_for(&model, "flatten, dense", data, &error), error);
    ASSERT_OK(dsc_train(model, data, &how, &error), error);
    return model;
}

/* Untrained. */
static inline dsc_model *made(size_t channels, size_t side, size_t classes, const char *const *class_names) {
    dsc_model_options options = dsc_model_options_defaults();
    dsc_model *model;
    dsc_error error;
    options.text = "flatten, dense";
    options.shape[0] = channels;
    options.shape[1] = options.shape[2] = side;
    options.classes = classes;
    options.class_names = class_names;
    ASSERT_OK(dsc_model_create(&model, &options, &error), error);
    return model;
}

static inline dsc_model *written_and_read(const dsc_model *model) {
    unsigned char *bytes;
    size_t size;
    dsc_model *back;
    dsc_error error;
    ASSERT_OK(dsc_model_write(&bytes, &size, model, &error), error);
    ASSERT_OK(dsc_model_parse(&back, bytes, size, "bytes", NULL, &error), error);
    free(bytes);
    return back;
}

#endif
