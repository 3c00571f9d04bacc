/* SPDX-License-Identifier: MIT */
/* build.c: the parts and the model that a recipe describes. */
#include "train/build.h"

#include "base/error.h"
#include "base/seed.h"
#include "data/dataset.h"

enum { CLASSES_MOST = 256 };

/* --- parts --- */

static dsc_status check_values(const dsc_recipe *recipe, dsc_error *error) {
    if (recipe->patience > 0 && !(recipe->validation > 0))
        return dsc_fail(error, DSC_ERROR_ARGUMENT,
                        "patience needs a validation set to watch; set validation to 0.1, or patience to 0");
    if (recipe->clean_epochs > recipe->epochs)
        return dsc_fail(error, DSC_ERROR_ARGUMENT, "clean-epochs, %lld, is more than epochs, %lld",
                        (long long)recipe->clean_epochs, (long long)recipe->epochs);
    return DSC_OK;
}

static dsc_status parse_texts(dsc_recipe_parts *parts, const dsc_recipe *recipe, dsc_error *error) {
    dsc_status status = dsc_optimiser_choose(&parts->optimiser, recipe->optimiser, error);
    if (status) return dsc_error_context(error, status, "optimiser");
    status = dsc_schedule_choose(&parts->schedule, recipe->schedule, error);
    if (status) return dsc_error_context(error, status, "schedule");
    status = dsc_augment_chain_create(&parts->augment, recipe->augment, error);
    if (status) return dsc_error_context(error, status, "augment");
    return dsc_kernels_choose(&parts->choice, recipe->kernels, error);
}

dsc_status dsc_recipe_parse(dsc_recipe_parts *parts, const dsc_recipe *recipe, dsc_error *error) {
    *parts = (dsc_recipe_parts){0};
    dsc_status status = check_values(recipe, error);
    if (!status) status = parse_texts(parts, recipe, error);
    if (status) {
        dsc_recipe_parts_release(parts);
        return status;
    }
    const dsc_optimiser_kind *optimiser = parts->optimiser.kind;
    parts->learning_rate = recipe->learning_rate > 0 ? recipe->learning_rate : optimiser->learning_rate;
    parts->weight_decay = recipe->weight_decay >= 0 ? recipe->weight_decay : optimiser->weight_decay;
    parts->bf16 = recipe->precision == DSC_PRECISION_BF16 ||
                  (recipe->precision == DSC_PRECISION_AUTO && parts->choice.bf16);
    return DSC_OK;
}

void dsc_recipe_parts_release(dsc_recipe_parts *parts) {
    dsc_optimiser_release(&parts->optimiser);
    dsc_schedule_release(&parts->schedule);
    dsc_augment_chain_free(parts->augment);
    *parts = (dsc_recipe_parts){0};
}

dsc_status dsc_recipe_check(const dsc_recipe *recipe, dsc_error *error) {
    dsc_recipe_parts parts;
    dsc_status status = dsc_recipe_parse(&parts, recipe, error);
    dsc_recipe_parts_release(&parts);
    return status;
}

/* --- the model --- */

/* n / (K n_k): all classes weigh the same in total, and the mean weight of a sample is 1. A class without
 * samples has the weight 0, which nothing meets. What is held out later takes the same share of each
 * class. */
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
