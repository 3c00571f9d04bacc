/* SPDX-License-Identifier: MIT */
/* build.c: parses a recipe's texts and makes its model; see build.h. */
#include "train/build.h"

#include "base/error.h"
#include "base/seed.h"
#include "base/text.h"
#include "data/dataset.h"
#include "model/summary.h"
#include "ranks/ranks.h"
#include "train/length.h"

#include <stdlib.h>
#include <string.h>

enum { CLASSES_MOST = 256 };

/* --- parts --- */

/* Each process computes at least one shard, so a batch needs at least as many shards as processes. */
static dsc_status check_ranks(const dsc_recipe *recipe, dsc_error *error) {
    const unsigned count = dsc_ranks_count(recipe->ranks);
    unsigned enough = 1;
    while (enough < count && enough < DSC_SHARDS_MOST) enough *= 2;
    if (count > DSC_SHARDS_MOST || count != enough)
        return dsc_fail(error, DSC_ERROR_ARGUMENT,
                        "%u processes cannot share a batch; start 1, 2, 4, 8, ... processes, at most %d",
                        count, DSC_SHARDS_MOST);
    if (recipe->shards >= count) return DSC_OK;
    return dsc_fail(
        error, DSC_ERROR_ARGUMENT,
        "%u processes share each batch, but the recipe cuts it into only %lld part%s; write \"shards\": %u "
        "into the recipe, or give --shards %u; 1 to %u processes then give the same bits",
        count, (long long)recipe->shards, recipe->shards == 1 ? "" : "s", count, count, count);
}

static dsc_status check_values(const dsc_recipe *recipe, dsc_error *error) {
    if (recipe->clean_epochs > recipe->epochs)
        return dsc_fail(error, DSC_ERROR_ARGUMENT, "clean-epochs, %lld, is more than epochs, %lld",
                        (long long)recipe->clean_epochs, (long long)recipe->epochs);
    if (recipe->shards & (recipe->shards - 1))
        return dsc_fail(error, DSC_ERROR_ARGUMENT, "shards: expected 1, 2, 4, 8, ..., found %lld",
                        (long long)recipe->shards);
    if (recipe->shards > recipe->batch)
        return dsc_fail(error, DSC_ERROR_ARGUMENT, "shards, %lld, is more than batch, %lld",
                        (long long)recipe->shards, (long long)recipe->batch);
    dsc_length length;
    dsc_status status = dsc_length_parse(&length, recipe->steps, error);
    return status ? status : check_ranks(recipe, error);
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
    if (status) return status;
    const dsc_optimiser_kind *optimiser = parts->optimiser.kind;
    parts->learning_rate = recipe->learning_rate > 0 ? recipe->learning_rate : optimiser->learning_rate;
    parts->weight_decay = recipe->weight_decay >= 0 ? recipe->weight_decay : optimiser->weight_decay;
    parts->bf16 = recipe->precision == DSC_PRECISION_BF16 ||
                  (recipe->precision == DSC_PRECISION_AUTO && parts->choice.bf16);
    return DSC_OK;
}

dsc_status dsc_recipe_check_patience(const dsc_recipe *recipe, bool validates, dsc_error *error) {
    if (validates || (!recipe->patience && !(recipe->until > 0))) return DSC_OK;
    const char *what = recipe->patience ? "patience" : "until";
    return dsc_fail(error, DSC_ERROR_ARGUMENT,
                    "%s needs a validation set to watch; set validation to 0.1, or %s to 0", what, what);
}

dsc_status dsc_recipe_check_members(const dsc_recipe *recipe, dsc_error *error) {
    if (recipe->members <= 1) return DSC_OK;
    return dsc_fail(error, DSC_ERROR_ARGUMENT,
                    "the recipe is of an ensemble of %lld networks, which only `descender train` trains; set "
                    "members to 1",
                    (long long)recipe->members);
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
    if (!status) status = dsc_recipe_check_patience(recipe, recipe->validation > 0, error);
    dsc_recipe_parts_release(&parts);
    return status;
}

/* --- the model --- */

/* weight of class k = n / (K n_k): all classes weigh the same in total, and the mean weight of a sample is 1.
 * The weight of a class without samples is 0 and is never used. Validation samples are held out later, at the
 * same share of each class (or nearly, by whole groups), so the weights remain right. */
static void balance(float *weights, const dsc_recipe *recipe, const dsc_dataset *data) {
    size_t counts[CLASSES_MOST] = {0}, n = data->count, classes = dsc_dataset_classes(data);
    if (recipe->training_samples > 0 && (size_t)recipe->training_samples < n)
        n = (size_t)recipe->training_samples;
    for (size_t i = 0; i < n; i++) counts[dsc_dataset_label(data, i)]++;
    for (size_t k = 0; k < classes; k++)
        weights[k] = counts[k] ? (float)((double)n / ((double)classes * (double)counts[k])) : 0;
}

/* The loss comes from the recipe: the new model may be trained for another purpose. */
static dsc_status start_from(dsc_model **model, const dsc_recipe *recipe, const dsc_model_options *options,
                             dsc_error *error) {
    dsc_model *loaded = NULL;
    dsc_adapt_options how = dsc_adapt_options_defaults();
    *model = NULL;
    dsc_status status = recipe->start ? DSC_OK : dsc_model_load(&loaded, recipe->from, error);
    if (status) return dsc_error_context(error, status, "from");
    how.text = options->text;
    how.loss = options->loss;
    how.classes = options->classes;
    how.class_names = options->class_names;
    how.class_weights = options->class_weights;
    how.seed = options->seed;
    memcpy(how.shape, options->shape, sizeof how.shape);
    status = dsc_model_adapt(model, recipe->start ? recipe->start : loaded, &how, error);
    dsc_model_free(loaded);
    return status ? dsc_error_context(error, status, "from %s", recipe->from) : DSC_OK;
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
    return recipe->from ? start_from(model, recipe, &options, error)
                        : dsc_model_create(model, &options, error);
}

dsc_status dsc_recipe_count_work(double *work, const dsc_recipe *recipe, const dsc_dataset *data,
                                 dsc_error *error) {
    dsc_model *model;
    dsc_layer_facts *layers;
    size_t count;
    dsc_status status = dsc_recipe_make_model(&model, recipe, data, error);
    if (status) return status;
    status = dsc_model_summarise(&layers, &count, model, error);
    *work = 0;
    for (size_t i = 0; !status && i < count; i++) *work += 3 * layers[i].multiply_adds;
    if (!status) free(layers);
    dsc_model_free(model);
    return status;
}

/* --- frozen layers, and rates --- */

static dsc_status fail_pattern(const dsc_graph *graph, const char *name, const char *pattern,
                               dsc_error *error) {
    dsc_text names = {0};
    for (const dsc_node *node = NULL; (node = dsc_graph_next_value(graph, node));)
        dsc_text_append(&names, "%s%s", names.length ? ", " : "", dsc_node_name(node));
    dsc_status status =
        dsc_fail(error, DSC_ERROR_ARGUMENT, "%s: no part is called '%.100s'; there are: %.700s", name,
                 pattern, names.data ? names.data : "none");
    dsc_text_free(&names);
    return status;
}

/* Applies one item of the comma-separated list: a pattern, followed by a factor if `rates`. Modifies
 * `item`. */
static dsc_status set_item(dsc_graph *graph, char *item, bool rates, dsc_error *error) {
    const char *name = rates ? "rates" : "freeze";
    char *pattern = item + strspn(item, " \t");
    for (size_t n = strlen(pattern); n && strchr(" \t", pattern[n - 1]);) pattern[--n] = '\0';
    if (!rates)
        return dsc_graph_freeze(graph, pattern, true) ? DSC_OK : fail_pattern(graph, name, pattern, error);
    char *number = strpbrk(pattern, " \t");
    double factor;
    if (number) *number++ = '\0';
    if (!number || !dsc_parse_real(&factor, number + strspn(number, " \t")) ||
        !(factor >= 0 && factor <= 1000))
        return dsc_fail(error, DSC_ERROR_ARGUMENT,
                        "rates: '%.100s': expected a name and a number from 0 to 1000, as in 'conv* 0.1'",
                        pattern);
    return dsc_graph_set_rate(graph, pattern, factor) ? DSC_OK : fail_pattern(graph, name, pattern, error);
}

static dsc_status set_items(dsc_graph *graph, const char *text, bool rates, dsc_error *error) {
    if (!text) return DSC_OK;
    char *copy = strdup(text);
    if (!copy) return dsc_fail_memory(error, strlen(text), "a recipe");
    dsc_status status = DSC_OK;
    for (char *item = copy, *end; item && !status; item = end) {
        end = strchr(item, ',');
        if (end) *end++ = '\0';
        status = set_item(graph, item, rates, error);
    }
    free(copy);
    return status;
}

dsc_status dsc_recipe_set_layers(const dsc_recipe *recipe, dsc_graph *graph, dsc_error *error) {
    dsc_status status = set_items(graph, recipe->freeze, false, error);
    return status ? status : set_items(graph, recipe->rates, true, error);
}
