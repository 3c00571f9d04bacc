/* SPDX-License-Identifier: MIT */
/* build.c: the model that a recipe describes. */
#include "train/build.h"

#include "base/error.h"
#include "base/seed.h"
#include "data/dataset.h"

enum { CLASSES_MOST = 256 };

/* n / (K n_k): all classes weigh the same in total, and the mean weight of a sample is 1. A class without samples
 * has the weight 0, which nothing meets. What is held out later takes the same share of each class. */
static void balance(float *weights, const dsc_recipe *recipe, const dsc_dataset *data) {
    size_t counts[CLASSES_MOST] = {0}, n = data->count, classes = dsc_dataset_classes(data);
    if (recipe->training_samples > 0 && (size_t)recipe->training_samples < n)
        n = (size_t)recipe->training_samples;
    for (size_t i = 0; i < n; i++) counts[dsc_dataset_label(data, i)]++;
    for (size_t k = 0; k < classes; k++)
        weights[k] = counts[k] ? (float)((double)n / ((double)classes * (double)counts[k])) : 0;
}

dsc_status dsc_recipe_make_model(dsc_model **model, const dsc_recipe *recipe, const dsc_dataset *data,
                                 dsc_error *error) {
    float weights[CLASSES_MOST];
    const char *names[CLASSES_MOST];
    dsc_model_options options = dsc_model_options_defaults();
    options.text = recipe->model;
    options.loss = recipe->loss;
    options.seed = dsc_seed_key(&recipe->seed);
    options.classes = dsc_dataset_classes(data);
    options.class_names = names;
    dsc_dataset_shape(data, options.shape);
    for (size_t k = 0; k < options.classes; k++) names[k] = dsc_dataset_class_name(data, k);
    if (recipe->class_weights == DSC_CLASS_WEIGHTS_BALANCED) {
        balance(weights, recipe, data);
        options.class_weights = weights;
    }
    return dsc_model_make(model, &options, error);
}
