/* SPDX-License-Identifier: MIT */
/* others.c: trains with images of no class. Hendrycks, Mazeika and Dietterich, "Deep anomaly detection with
 * outlier exposure" (2019): the network keeps its K classes, and the target of an image of no class is the
 * uniform distribution,
 *
 *   t_k = 1 / K    with class weights w: t_k = 1 / (K w_k), so that the loss weighs such an image by 1
 *
 * The model refuses an answer whose largest probability is below a threshold. The threshold is chosen on
 * held-out images (refuse.c). */
#include "train/trainer.h"

#include "base/error.h"
#include "base/memory.h"
#include "data/array.h"

#include <string.h>

static const double HELD_OUT = 0.1; /* share of the others, if `validation` is 0 */

dsc_status dsc_recipe_check_others(const dsc_recipe *recipe, const dsc_dataset *training, dsc_error *error) {
    const dsc_dataset *data = recipe->others_data;
    if (recipe->others && !data)
        return dsc_fail(error, DSC_ERROR_ARGUMENT,
                        "others: the recipe trains with %.200s as images of no class, but these data are "
                        "not open here; remove 'others' from the recipe",
                        recipe->others);
    if (!data) return DSC_OK;
    if (data->type != training->type || memcmp(data->shape, training->shape, sizeof data->shape) != 0)
        return dsc_fail(
            error, DSC_ERROR_MISMATCH,
            "others: %s has images of %zu x %zu x %zu (channels x height x width) %s, but %s has "
            "%zu x %zu x %zu %s: expected the same; pictures can be scaled, as with --size %zux%zu "
            "--fit crop --colour %s",
            data->name, data->shape[0], data->shape[1], data->shape[2], dsc_type_name(data->type),
            training->name, training->shape[0], training->shape[1], training->shape[2],
            dsc_type_name(training->type), training->shape[1], training->shape[2],
            training->shape[0] == 1 ? "grey" : "rgb");
    if (data->count < 2)
        return dsc_fail(error, DSC_ERROR_ARGUMENT,
                        "others: %s has %zu image, expected at least 2: one is held out", data->name,
                        data->count);
    return DSC_OK;
}

/* The share of the others that is held out: at least one image. */
static double held_share(const dsc_recipe *recipe) {
    const double one = 1 / (double)recipe->others_data->count,
                 share = recipe->validation > 0 ? recipe->validation : HELD_OUT;
    return share > one ? share : one;
}

/* Rounds like dsc_dataset_split; of others with groups about so many are learned. */
size_t dsc_recipe_others_learned(const dsc_recipe *recipe) {
    const size_t count = recipe->others_data ? recipe->others_data->count : 0;
    if (count < 2) return 0;
    const size_t held = (size_t)(held_share(recipe) * (double)count + 0.5);
    return held < count ? count - held : 1;
}

/* Gives the others the classes of the training set, so that both can be joined, and class 0 as their label,
 * which is never used. */
static dsc_status relabel(dsc_trainer *t, dsc_error *error) {
    const uint16_t map[256] = {0};
    return dsc_dataset_renumber(&t->others, t->recipe.others_data, map, t->training->classes,
                                (const char *const *)t->training->class_names, error);
}

static dsc_status join(dsc_trainer *t, dsc_error *error) {
    dsc_dataset *learned;
    dsc_status status =
        dsc_dataset_split(&learned, &t->held_others, t->others, held_share(&t->recipe), t->seed, error);
    if (status) return dsc_error_context(error, status, "others");
    const dsc_dataset *const parts[2] = {t->training, learned};
    status = dsc_dataset_join(&t->own_samples, parts, 2, NULL, error);
    dsc_dataset_free(learned);
    if (!status) t->samples = t->own_samples;
    return status;
}

static dsc_status make_target(dsc_trainer *t, dsc_error *error) {
    const size_t classes = t->model->classes;
    const dsc_node *node = dsc_graph_find(t->model->graph, DSC_CLASS_WEIGHTS);
    const dsc_real *weights = node ? t->model->values + node->offset : NULL;
    t->other_target = dsc_allocate(classes, sizeof *t->other_target);
    if (!t->other_target) return dsc_fail_memory(error, classes * sizeof *t->other_target, "a target");
    for (size_t k = 0; k < classes; k++) {
        const dsc_real weight = weights ? weights[k] : 1; /* 0: the class has no sample */
        t->other_target[k] = weight > 0 ? 1 / ((dsc_real)classes * weight) : 0;
    }
    return dsc_model_target_probabilities(t->model, error);
}

dsc_status dsc_trainer_take_others(dsc_trainer *t, dsc_error *error) {
    t->samples = t->training;
    dsc_status status = dsc_recipe_check_others(&t->recipe, t->training, error);
    if (status || !t->recipe.others_data) return status;
    status = relabel(t, error);
    if (!status) status = join(t, error);
    return status ? status : make_target(t, error);
}
