/* SPDX-License-Identifier: MIT */
/* The values of the last hidden layer. */
#include "testing.h"

#include "measure/hidden.h"

#include <math.h>

static dsc_dataset *data; /* 3 images of 2 x 2 */
static const uint8_t images[] = {0, 50, 100, 150, 255, 0, 0, 255, 10, 20, 30, 40};

static int make_data(void **state) {
    (void)state;
    return testing_dataset(&data, images, (const uint8_t[]){0, 1, 1}, 3, (size_t[3]){1, 2, 2}, 2, NULL,
                           "small", NULL);
}
static int free_data(void **state) {
    (void)state;
    dsc_dataset_free(data);
    return 0;
}

static dsc_model *make_model(const char *text) {
    dsc_model *model;
    dsc_error error;
    ASSERT_OK(dsc_model_create_for(&model, text, data, &error), error);
    return model;
}

static const dsc_node *parameter(const dsc_model *model, const char *name) {
    for (size_t i = 0; i < model->graph->count; i++)
        if (model->graph->nodes[i]->name && !strcmp(model->graph->nodes[i]->name, name))
            return model->graph->nodes[i];
    fail_msg("no parameter %s", name);
    return NULL;
}

static void hidden_values_are_those_before_the_last_weights(void **state) {
    (void)state;
    dsc_model *model = make_model("flatten, dense 5, relu, dropout 0.5, dense");
    const dsc_node *node = dsc_model_hidden(model), *weight = parameter(model, "dense1.weight");
    assert_non_null(node);
    assert_int_equal(dsc_shape_count(&node->shape), 5);
    const uint32_t index[] = {2, 0};
    float *rows;
    dsc_error error;
    ASSERT_OK(dsc_hidden_values(&rows, model, node, data, index, 2, &error), error);
    for (size_t i = 0; i < 2; i++)
        for (size_t u = 0; u < 5; u++) {
            double sum = 0; /* biases start as zero */
            for (size_t k = 0; k < 4; k++)
                sum += (double)model->values[weight->offset + u * 4 + k] * images[index[i] * 4 + k] / 255;
            assert_true(fabs((double)rows[i * 5 + u] - fmax(0, sum)) < 1e-6);
        }
    free(rows);
    dsc_model_free(model);
}

static void a_view_of_a_hidden_value_is_one(void **state) {
    (void)state;
    dsc_model *model = make_model("conv 3 2x2 padding=1, flatten, dense");
    const dsc_node *node = dsc_model_hidden(model);
    assert_non_null(node);
    float *rows;
    dsc_error error;
    ASSERT_OK(dsc_hidden_values(&rows, model, node, data, (const uint32_t[]){1}, 1, &error), error);
    free(rows);
    dsc_model_free(model);
}

static void a_network_of_one_layer_hides_nothing(void **state) {
    (void)state;
    dsc_model *model = make_model("flatten, dense");
    assert_null(dsc_model_hidden(model));
    dsc_model_free(model);
}

static void hidden_values_survive_every_failed_allocation(void **state) {
    (void)state;
    dsc_model *model = make_model("flatten, dense 5, relu, dense");
    for (long n = 0;; n++) {
        float *rows;
        testing_fail_allocation(n);
        dsc_status status = dsc_hidden_values(&rows, model, dsc_model_hidden(model), data,
                                              (const uint32_t[]){0, 1, 2}, 3, NULL);
        bool reached = testing_allocation_failed();
        assert_true(status || !reached || rows);
        free(rows);
        if (!reached) break;
    }
    dsc_model_free(model);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hidden_values_are_those_before_the_last_weights),
        cmocka_unit_test(a_view_of_a_hidden_value_is_one),
        cmocka_unit_test(a_network_of_one_layer_hides_nothing),
        cmocka_unit_test(hidden_values_survive_every_failed_allocation),
    };
    return cmocka_run_group_tests(tests, make_data, free_data);
}
