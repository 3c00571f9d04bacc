/* SPDX-License-Identifier: MIT */
/* From a recipe to its parts and its model. */
#include "testing.h"

#include "train/build.h"

#include <math.h>

enum { COUNT = 16, CLASSES = 4 };

/* Of the first eight labels, five are 0, two are 1 and one is 2; all others are 2; none is 3. */
static dsc_dataset *make_data(void) {
    static const uint8_t labels[COUNT] = {0, 1, 0, 0, 2, 0, 1, 0, 2, 2, 2, 2, 2, 2, 2, 2};
    static const char *const names[CLASSES] = {"a", "b", "c", "d"};
    uint8_t images[COUNT * 4] = {0};
    dsc_dataset *data;
    dsc_error error;
    ASSERT_OK(
        testing_dataset(&data, images, labels, COUNT, (size_t[3]){1, 2, 2}, CLASSES, names, "test", &error),
        error);
    return data;
}

static void make_recipe(dsc_recipe *recipe, const char *json) {
    dsc_error error;
    ASSERT_OK(dsc_recipe_initialise(recipe, &error), error);
    ASSERT_OK(dsc_recipe_from_json(recipe, json, strlen(json), "test", &error), error);
}

static const dsc_real *class_weights(const dsc_model *model) {
    for (size_t i = 0; i < model->graph->count; i++) {
        const dsc_node *node = model->graph->nodes[i];
        if (node->name && !strcmp(node->name, DSC_CLASS_WEIGHTS)) return model->values + node->offset;
    }
    return NULL;
}

static void a_recipe_starts_from_the_model_that_is_handed_over_and_opens_no_file(void **state) {
    (void)state;
    dsc_dataset *data = make_data();
    dsc_recipe recipe, copy;
    dsc_model *start, *model;
    dsc_error error;
    ASSERT_OK(dsc_model_create_for(&start, "4-4", data, &error), error);
    start->values[dsc_graph_find(start->graph, "dense1.weight")->offset] = 42;
    make_recipe(&recipe, "{\"model\": \"4-4\", \"from\": \"/nowhere/net.onnx\"}");
    assert_int_equal(dsc_recipe_make_model(&model, &recipe, data, &error), DSC_ERROR_IO);
    recipe.start = start;
    ASSERT_OK(dsc_recipe_copy(&copy, &recipe, &error), error);
    ASSERT_OK(dsc_recipe_make_model(&model, &copy, data, &error), error);
    assert_float_equal((double)model->values[dsc_graph_find(model->graph, "dense1.weight")->offset], 42, 0);
    dsc_model_free(model);
    dsc_recipe_clear(&copy);
    assert_null(copy.start);
    dsc_recipe_clear(&recipe);
    dsc_model_free(start);
    dsc_dataset_free(data);
}

static void balanced_classes_weigh_the_same_in_total_among_the_samples_trained_on(void **state) {
    (void)state;
    static const struct {
        const char *json;
        double weights[CLASSES]; /* n / (K n_k) */
    } cases[] = {
        {"{\"model\": \"4-4\", \"class-weights\": \"balanced\"}", {16 / 20.0, 16 / 8.0, 16 / 36.0, 0}},
        {"{\"model\": \"4-4\", \"class-weights\": \"balanced\", \"training-samples\": 8}",
         {8 / 20.0, 8 / 8.0, 8 / 4.0, 0}},
        {"{\"model\": \"4-4\", \"class-weights\": \"balanced\", \"training-samples\": 99}",
         {16 / 20.0, 16 / 8.0, 16 / 36.0, 0}}};
    dsc_dataset *data = make_data();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        dsc_recipe recipe;
        dsc_model *model;
        dsc_error error;
        make_recipe(&recipe, cases[i].json);
        ASSERT_OK(dsc_recipe_make_model(&model, &recipe, data, &error), error);
        const dsc_real *weights = class_weights(model);
        assert_non_null(weights);
        for (size_t k = 0; k < CLASSES; k++)
            if (!(fabs((double)weights[k] - cases[i].weights[k]) < 1e-6))
                fail_msg("case %zu, class %zu: %g", i, k, (double)weights[k]);
        dsc_model_free(model);
        dsc_recipe_clear(&recipe);
    }
    dsc_dataset_free(data);
}

static void a_model_has_the_datas_classes_and_the_recipes_seed(void **state) {
    (void)state;
    dsc_dataset *data = make_data();
    dsc_model *models[3];
    for (size_t i = 0; i < 3; i++) {
        dsc_recipe recipe;
        dsc_error error;
        make_recipe(&recipe, i == 2 ? "{\"model\": \"4-4\", \"seed\": 2}" : "{\"model\": \"4-4\"}");
        ASSERT_OK(dsc_recipe_make_model(&models[i], &recipe, data, &error), error);
        assert_int_equal(models[i]->classes, CLASSES);
        assert_string_equal(models[i]->class_names[3], "d");
        assert_null(class_weights(models[i]));
        dsc_recipe_clear(&recipe);
    }
    const size_t bytes = dsc_graph_value_numbers(models[0]->graph) * sizeof(dsc_real);
    const void *values[3] = {models[0]->values, models[1]->values, models[2]->values};
    assert_memory_equal(values[0], values[1], bytes);
    assert_memory_not_equal(values[0], values[2], bytes);
    for (size_t i = 0; i < 3; i++) dsc_model_free(models[i]);
    dsc_dataset_free(data);
}

static void what_a_recipe_leaves_to_the_optimiser_is_the_optimisers(void **state) {
    (void)state;
    static const struct {
        const char *json;
        bool rate, decay; /* the optimiser's own */
    } cases[] = {{"{\"optimiser\": \"adamw\"}", true, true},
                 {"{\"optimiser\": \"adamw\", \"learning-rate\": 0.5}", false, true},
                 {"{\"optimiser\": \"adamw\", \"weight-decay\": 0}", true, false}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        dsc_recipe recipe;
        dsc_recipe_parts parts;
        dsc_error error;
        make_recipe(&recipe, cases[i].json);
        ASSERT_OK(dsc_recipe_parse(&parts, &recipe, &error), error);
        const dsc_optimiser_kind *own = parts.optimiser.kind;
        assert_string_equal(own->name, "adamw");
        assert_true(own->weight_decay > 0);
        assert_true(parts.learning_rate == (cases[i].rate ? own->learning_rate : 0.5));
        assert_true(parts.weight_decay == (cases[i].decay ? own->weight_decay : 0));
        dsc_recipe_parts_release(&parts);
        dsc_recipe_clear(&recipe);
    }
}

static void precision_auto_is_what_the_kernels_do_best(void **state) {
    (void)state;
    static const char *const precisions[] = {"f32", "bf16", "auto"};
    for (size_t i = 0; i < 6; i++) { /* the kernels of this processor that are fastest in f32 */
        char json[64];
        dsc_recipe recipe;
        dsc_recipe_parts parts;
        dsc_error error;
        (void)snprintf(json, sizeof json, "{\"precision\": \"%s\"%s}", precisions[i % 3],
                       i < 3 ? "" : ", \"kernels\": \"portable\"");
        make_recipe(&recipe, json);
        ASSERT_OK(dsc_recipe_parse(&parts, &recipe, &error), error);
        assert_int_equal(parts.bf16, i % 3 == 1 || (i == 2 && parts.choice.bf16));
        if (i >= 3) assert_false(parts.choice.bf16);
        dsc_recipe_parts_release(&parts);
        dsc_recipe_clear(&recipe);
    }
}

static void values_that_contradict_each_other_are_refused_and_no_others(void **state) {
    (void)state;
    static const struct {
        const char *json, *says;
    } cases[] = {{"{\"patience\": 1}", "patience needs a validation set to watch"},
                 {"{\"patience\": 1, \"validation\": 0.1}", NULL},
                 {"{\"epochs\": 2, \"clean-epochs\": 3}", "clean-epochs, 3, is more than epochs, 2"},
                 {"{\"epochs\": 2, \"clean-epochs\": 2}", NULL}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        dsc_recipe recipe;
        dsc_error error;
        make_recipe(&recipe, cases[i].json);
        assert_int_equal(dsc_recipe_check(&recipe, &error), cases[i].says ? DSC_ERROR_ARGUMENT : DSC_OK);
        if (cases[i].says) ASSERT_MESSAGE(error, cases[i].says);
        dsc_recipe_clear(&recipe);
    }
}

static void parsing_survives_every_failed_allocation(void **state) {
    (void)state;
    dsc_recipe recipe;
    make_recipe(&recipe, "{\"optimiser\": \"adamw beta1=0.8\", \"schedule\": \"cosine warmup=0.1\","
                         " \"augment\": \"affine rotate=10, invert\"}");
    for (long n = 0;; n++) {
        dsc_recipe_parts parts;
        dsc_error error;
        testing_fail_allocation(n);
        dsc_status status = dsc_recipe_parse(&parts, &recipe, &error);
        const bool failed = testing_allocation_failed();
        assert_int_equal(status, failed ? DSC_ERROR_MEMORY : DSC_OK);
        dsc_recipe_parts_release(&parts); /* also after a failure */
        if (!failed) break;
    }
    dsc_recipe_clear(&recipe);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_recipe_starts_from_the_model_that_is_handed_over_and_opens_no_file),
        cmocka_unit_test(balanced_classes_weigh_the_same_in_total_among_the_samples_trained_on),
        cmocka_unit_test(a_model_has_the_datas_classes_and_the_recipes_seed),
        cmocka_unit_test(what_a_recipe_leaves_to_the_optimiser_is_the_optimisers),
        cmocka_unit_test(precision_auto_is_what_the_kernels_do_best),
        cmocka_unit_test(values_that_contradict_each_other_are_refused_and_no_others),
        cmocka_unit_test(parsing_survives_every_failed_allocation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
