/* SPDX-License-Identifier: MIT */
/* recipe.c: the table of a recipe's parameters, and its JSON form: one flat object, {"format": 1, "model":
 * ...}. */
#include "train/recipe.h"

#include "base/error.h"
#include "base/file.h"
#include "base/json.h"
#include "base/visible.h"
#include "train/mixup.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { FORMAT = 1, FILE_LARGEST = 1 << 20 };

#define AT(field) offsetof(dsc_recipe, field)
const dsc_param dsc_recipe_params[] = {
    {"data", DSC_PARAM_TEXT, AT(data), "auto", 0, 0, NULL,
     "auto, the name of a data set, or the path of labelled images"},
    DSC_READING_PARAMS(dsc_recipe, reading),
    {"training-samples", DSC_PARAM_INT, AT(training_samples), "0", 0, 1e9, NULL,
     "number of samples to train on, from the first; 0: all"},
    {"validation", DSC_PARAM_REAL, AT(validation), "0", 0, 0.5, NULL,
     "share of the training set to hold out for validation, the same share of each class"},
    {"others", DSC_PARAM_TEXT, AT(others), NULL, 0, 0, NULL,
     "data whose images belong to no class, separated by commas: the model learns to refuse such images"},
    {"model", DSC_PARAM_TEXT, AT(model), "784-100-10", 0, 0, NULL, "network, as text"},
    {"from", DSC_PARAM_TEXT, AT(from), NULL, 0, 0, NULL,
     "trained model, or its run, to start from: weights that fit are copied"},
    {"teacher", DSC_PARAM_TEXT, AT(teacher), NULL, 0, 0, NULL,
     "trained model, such as an ensemble, or its run, whose answers the network also learns (distillation)"},
    {"teacher-share", DSC_PARAM_REAL, AT(teacher_share), "0.5", 0, 1, NULL,
     "share of the teacher's answer in an image's target; the rest is the image's class"},
    {"teacher-temperature", DSC_PARAM_REAL, AT(teacher_temperature), "2", 0.1, 100, NULL,
     "divisor of the teacher's logits; above 1, less likely classes weigh more"},
    {"freeze", DSC_PARAM_TEXT, AT(freeze), NULL, 0, 0, NULL,
     "names of layers that are not trained: 'conv*, batch_norm*'"},
    {"rates", DSC_PARAM_TEXT, AT(rates), NULL, 0, 0, NULL,
     "factors of the learning rate by layer name: 'conv* 0.1, dense1* 0.5'"},
    {"normalise", DSC_PARAM_CHOICE, AT(normalise), "unit", 0, 0, "unit|standard",
     "input: divided by 255, or standardised to mean 0 and deviation 1"},
    {"loss", DSC_PARAM_TEXT, AT(loss), "softmax-cross-entropy", 0, 0, NULL, "loss, as text"},
    {"class-weights", DSC_PARAM_CHOICE, AT(class_weights), "none", 0, 0, "none|balanced",
     "weigh classes by their rarity"},
    {"optimiser", DSC_PARAM_TEXT, AT(optimiser), "adam", 0, 0, NULL, "optimiser, as text: sgd momentum=0.9"},
    {"learning-rate", DSC_PARAM_REAL, AT(learning_rate), "0", 0, 1000, NULL, "0: the optimiser's default"},
    {"weight-decay", DSC_PARAM_REAL, AT(weight_decay), "-1", -1, 1000, NULL,
     "decoupled decay, except of biases and normalisation; -1: the optimiser's default"},
    {"l1", DSC_PARAM_REAL, AT(l1), "0", 0, 1000, NULL, "factor of the sum of |weights| in the loss"},
    {"l2", DSC_PARAM_REAL, AT(l2), "0", 0, 1000, NULL,
     "factor of half the sum of squared weights in the loss"},
    {"clip-norm", DSC_PARAM_REAL, AT(clip_norm), "0", 0, 1e9, NULL,
     "largest norm of the gradient; 0: no limit"},
    {"clip-value", DSC_PARAM_REAL, AT(clip_value), "0", 0, 1e9, NULL,
     "largest element of the gradient; 0: no limit"},
    {"schedule", DSC_PARAM_TEXT, AT(schedule), "constant", 0, 0, NULL,
     "schedule of the learning rate, as text: cosine"},
    {"epochs", DSC_PARAM_INT, AT(epochs), "5", 1, 100000, NULL, "number of passes over the training set"},
    {"steps", DSC_PARAM_TEXT, AT(steps), NULL, 0, 0, NULL,
     "number of steps, if it is not a whole number of epochs: '4000'; changed during the run: '4000, 3600 "
     "from 1200'"},
    {"batch", DSC_PARAM_INT, AT(batch), "64", 1, 65536, NULL, "samples per step"},
    {"drop-last", DSC_PARAM_SWITCH, AT(drop_last), "off", 0, 0, NULL,
     "omit an epoch's last batch if it is smaller"},
    {"shuffle", DSC_PARAM_SWITCH, AT(shuffle), "on", 0, 0, NULL,
     "shuffle the samples each epoch; --no-shuffle keeps their order"},
    {"ema", DSC_PARAM_REAL, AT(ema), "0", 0, 0.999999, NULL,
     "decay of the moving average of the weights, which becomes the model; 0: no average"},
    {"augment", DSC_PARAM_TEXT, AT(augment), "none", 0, 0, NULL,
     "random changes to training images, as text"},
    {"mixup", DSC_PARAM_REAL, AT(mixup), "0", 0, DSC_MIXUP_ALPHA_MOST, NULL,
     "alpha: mix each training image, and its class, with another; 0: off"},
    {"clean-epochs", DSC_PARAM_INT, AT(clean_epochs), "0", 0, 100000, NULL,
     "number of last epochs without augmentation and mixup"},
    {"patience", DSC_PARAM_INT, AT(patience), "0", 0, 100000, NULL,
     "stop after this many epochs without a better validation loss, and keep the best weights; 0: never"},
    {"until", DSC_PARAM_REAL, AT(until), "0", 0, 100, NULL,
     "stop after the epoch in which this percentage of the validation set is right; 0: never"},
    {"calibrate", DSC_PARAM_SWITCH, AT(calibrate), "off", 0, 0, NULL,
     "after training, scale the logits so that confidence matches the validation set (temperature scaling)"},
    {"shards", DSC_PARAM_INT, AT(shards), "1", 1, DSC_SHARDS_MOST, NULL,
     "parts of a batch for several processes, a power of two; affects the bits of the result; the number of "
     "processes does not"},
    {"lanes", DSC_PARAM_INT, AT(lanes), "8", 1, 256, NULL,
     "parts of a batch, or of a shard of it; affects the bits of the result; the number of threads does not"},
    {"precision", DSC_PARAM_CHOICE, AT(precision), "f32", 0, 0, "f32|bf16|auto",
     "number format of products; auto: bf16 if this processor multiplies it faster"},
    {"quantise", DSC_PARAM_CHOICE, AT(quantise), "none", 0, 0, "none|8|4|3|ternary",
     "round the weights to this many bits during training, for `descender quantise`"},
    {"kernels", DSC_PARAM_TEXT, AT(kernels), NULL, 0, 0, NULL,
     "name of a set of kernels; default or auto: by the processor"},
    {"members", DSC_PARAM_INT, AT(members), "1", 1, 100, NULL,
     "number of networks in an ensemble, trained one after the other with different seeds, and joined"},
    {"seed", DSC_PARAM_SEED, AT(seed), "1", 0, 0, NULL, "seed of everything random"},
    {0}};

dsc_status dsc_recipe_initialise(dsc_recipe *recipe, dsc_error *error) {
    memset(recipe, 0, sizeof *recipe);
    dsc_status status = dsc_params_initialise(dsc_recipe_params, recipe, error);
    if (status) dsc_recipe_clear(recipe);
    return status;
}

void dsc_recipe_clear(dsc_recipe *recipe) {
    dsc_params_free(dsc_recipe_params, recipe);
    dsc_recipe_borrow(recipe, &(dsc_recipe){0});
}

void dsc_recipe_borrow(dsc_recipe *to, const dsc_recipe *from) {
    to->start = from->start;
    to->teacher_model = from->teacher_model;
    to->others_data = from->others_data;
    to->ranks = from->ranks;
}

dsc_status dsc_recipe_copy(dsc_recipe *to, const dsc_recipe *from, dsc_error *error) {
    *to = *from;
    bool failed = false;
    for (const dsc_param *p = dsc_recipe_params; p->name; p++) {
        if (p->type != DSC_PARAM_TEXT) continue;
        char **text = (char **)(void *)((char *)to + p->offset);
        if (*text && !(*text = failed ? NULL : strdup(*text))) failed = true;
    }
    if (!failed) return DSC_OK;
    dsc_recipe_clear(to);
    return dsc_fail(error, DSC_ERROR_MEMORY, "out of memory for a recipe");
}

/* --- JSON --- */

static dsc_status check_format(const json_t *root, const char *name, dsc_error *error) {
    const json_t *format = json_object_get(root, "format");
    if (!format) return DSC_OK;
    if (!json_is_integer(format))
        return dsc_fail(error, DSC_ERROR_FORMAT, "%s: \"format\": expected a whole number", name);
    if (json_integer_value(format) > FORMAT)
        return dsc_fail(
            error, DSC_ERROR_UNSUPPORTED,
            "%s: has format %lld, but this version reads formats up to %d; use a newer version of descender",
            name, (long long)json_integer_value(format), FORMAT);
    return DSC_OK;
}

static dsc_status set_members(dsc_recipe *recipe, json_t *root, const char *name, dsc_error *error) {
    const char *key;
    json_t *value;
    json_object_foreach(root, key, value) {
        if (!strcmp(key, "format") || !strcmp(key, "name") || !strcmp(key, "comment")) continue;
        const dsc_param *param = dsc_param_find(dsc_recipe_params, key);
        dsc_status status = param ? dsc_param_from_json(param, recipe, value, error)
                                  : dsc_param_unknown(dsc_recipe_params, "parameter", key, error);
        if (status) return dsc_error_context(error, status, "%s", name);
    }
    return DSC_OK;
}

dsc_status dsc_recipe_from_json(dsc_recipe *recipe, const char *text, size_t size, const char *name,
                                dsc_error *error) {
    json_t *root;
    dsc_status status = dsc_json_parse(&root, text, size, JSON_REJECT_DUPLICATES, name, error);
    if (status) return status;
    if (!json_is_object(root))
        status = dsc_fail(error, DSC_ERROR_FORMAT, "%s: a recipe is a JSON object, {\"model\": ...}", name);
    if (!status) status = check_format(root, name, error);
    if (!status) status = set_members(recipe, root, name, error);
    json_decref(root);
    return status;
}

dsc_status dsc_recipe_from_part(dsc_recipe *recipe, const json_t *json, const char *name, dsc_error *error) {
    memset(recipe, 0, sizeof *recipe);
    char *text = json_is_object(json) ? json_dumps(json, JSON_COMPACT) : NULL;
    if (!text) return dsc_fail(error, DSC_ERROR_FORMAT, "%s: \"recipe\": expected an object", name);
    dsc_status status = dsc_recipe_initialise(recipe, error);
    if (!status) status = dsc_recipe_from_json(recipe, text, strlen(text), "recipe", error);
    free(text);
    return status ? dsc_error_context(error, status, "%s", name) : DSC_OK;
}

json_t *dsc_recipe_json(const dsc_recipe *recipe) {
    json_t *root = json_object();
    bool failed = !root || json_object_set_new(root, "format", json_integer(FORMAT));
    for (const dsc_param *p = dsc_recipe_params; !failed && p->name; p++)
        failed = json_object_set_new(root, p->name, dsc_param_to_json(p, recipe)) != 0;
    if (!failed) return root;
    json_decref(root);
    return NULL;
}

dsc_status dsc_recipe_to_json(dsc_text *text, const dsc_recipe *recipe, dsc_error *error) {
    json_t *root = dsc_recipe_json(recipe);
    if (root) {
        dsc_json_format(text, root);
        dsc_text_append(text, "\n");
    }
    json_decref(root);
    return !root || text->failed ? dsc_fail(error, DSC_ERROR_MEMORY, "out of memory for a recipe") : DSC_OK;
}

/* --- by name --- */

static dsc_status open_file(dsc_recipe *recipe, const char *path, dsc_error *error) {
    unsigned char *bytes;
    size_t size;
    dsc_status status = dsc_file_read(&bytes, &size, path, FILE_LARGEST, error);
    if (status) return status;
    status = dsc_recipe_from_json(recipe, (const char *)bytes, size, path, error);
    free(bytes);
    return status;
}

/* Suggests the recipe inside `folder`: a run's folder has its recipe, a search's folder the best one. */
static dsc_status fail_folder(const char *folder, dsc_error *error) {
    static const char *const names[] = {DSC_RUN_RECIPE, DSC_TUNE_BEST};
    char word[DSC_SHELL_WORD];
    for (size_t i = 0; i < 2; i++) {
        char *path = dsc_path_join(folder, names[i]);
        bool there = path && !access(path, F_OK);
        if (there) (void)dsc_shell_word(word, path);
        free(path);
        if (there)
            return dsc_fail(error, DSC_ERROR_ARGUMENT, "%s: is a folder; the recipe is a file in it: name %s",
                            folder, word);
    }
    return dsc_fail(error, DSC_ERROR_ARGUMENT,
                    "%s: is a folder, expected a JSON file or the name of a recipe; `descender recipe list` "
                    "shows the names",
                    folder);
}

static dsc_status fail_unknown(const char *name, dsc_error *error) {
    dsc_nearest nearest = dsc_nearest_to(name);
    for (const dsc_named_recipe *r = dsc_named_recipes; r->name; r++) dsc_nearest_try(&nearest, r->name);
    return dsc_fail(error, DSC_ERROR_ARGUMENT,
                    "unknown recipe '%s'%s%s%s; `descender recipe list` shows all recipes", name,
                    nearest.name ? "; did you mean '" : "", nearest.name ? nearest.name : "",
                    nearest.name ? "'?" : "");
}

dsc_status dsc_recipe_open(dsc_recipe *recipe, const char *name, dsc_error *error) {
    dsc_status status = dsc_recipe_initialise(recipe, error);
    if (status) return status;
    const dsc_named_recipe *named = dsc_named_recipes;
    while (named->name && strcmp(named->name, name) != 0) named++;
    if (named->name)
        status = dsc_recipe_from_json(recipe, named->json, strlen(named->json), named->name, error);
    else if (dsc_is_folder(name))
        status = fail_folder(name, error);
    else if (strchr(name, '/') || strchr(name, '.') || !access(name, F_OK))
        status = open_file(recipe, name, error);
    else
        status = fail_unknown(name, error);
    if (status) dsc_recipe_clear(recipe);
    return status;
}
