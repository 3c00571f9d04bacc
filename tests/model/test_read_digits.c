/* SPDX-License-Identifier: MIT */
/* test_read_digits.c: what the search for digits knows of its network. How well it reads: tests/shipped. */
#include "testing.h"

#include "model/model.h"

enum { WIDE = 300, HIGH = 200 };

/* A model that is 94 percent sure of each image to be a 0. */
static dsc_model *sure_of_all(void) {
    dsc_model_options options = dsc_model_options_defaults();
    dsc_model *model;
    dsc_error error;
    options.text = "flatten, dense";
    ASSERT_OK(dsc_model_create(&model, &options, &error), error);
    for (size_t i = 0; i < model->graph->count; i++) {
        const dsc_node *node = model->graph->nodes[i];
        if (node->kind != DSC_NODE_PARAMETER) continue;
        dsc_real *values = model->values + node->offset;
        memset(values, 0, dsc_shape_count(&node->shape) * sizeof *values);
        if (node->shape.rank == 1) values[0] = 5;
    }
    return model;
}

/* Two bars that nearly touch. */
static size_t count_by(const dsc_model *model) {
    static uint8_t pixels[WIDE * HIGH];
    memset(pixels, 230, sizeof pixels);
    for (size_t y = 50; y < 150; y++)
        memset(pixels + y * WIDE + 100, 40, 10), memset(pixels + y * WIDE + 118, 40, 10);
    dsc_predictor *predictor;
    dsc_workspace *workspace;
    dsc_digit *digits;
    size_t count;
    dsc_error error;
    ASSERT_OK(dsc_predictor_create(&predictor, model, NULL, &error), error);
    ASSERT_OK(dsc_workspace_create(&workspace, predictor, 1, &error), error);
    ASSERT_OK(dsc_read_digits(&digits, &count, NULL, pixels, HIGH, WIDE, 1, predictor, workspace, &error),
              error);
    dsc_digits_free(digits);
    dsc_workspace_free(workspace);
    dsc_predictor_free(predictor);
    return count;
}

static void only_a_model_with_a_threshold_joins_pieces(void **unused) {
    (void)unused;
    dsc_model *model = sure_of_all();
    dsc_error error;
    assert_int_equal(count_by(model), 2);
    ASSERT_OK(dsc_model_set_refuse_below(model, 0.4, &error), error);
    assert_int_equal(count_by(model), 1);
    dsc_model_free(model);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_a_model_with_a_threshold_joins_pieces),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
