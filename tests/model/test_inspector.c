/* SPDX-License-Identifier: MIT */
/* test_inspector.c: attributions against differences of the loss, and the values of layers against the
 * model's answers. */
#include "testing.h"

#include "data/dataset.h"
#include "measure/score.h"
#include "model/inspector.h"

#include <math.h>

enum { SIDE = 4, PIXELS = SIDE * SIDE };

static dsc_model *make_model(const char *text) {
    dsc_model *model;
    dsc_error error;
    dsc_model_options options = dsc_model_options_defaults();
    options.text = text;
    options.shape[1] = options.shape[2] = SIDE;
    options.classes = 3;
    ASSERT_OK(dsc_model_create(&model, &options, &error), error);
    return model;
}

static double loss_of(const dsc_model *model, const uint8_t *image, uint8_t label) {
    dsc_dataset *data;
    dsc_metrics metrics;
    dsc_error error;
    ASSERT_OK(testing_dataset(&data, image, &label, 1, (size_t[3]){1, SIDE, SIDE}, 3, NULL, "one", &error),
              error);
    ASSERT_OK(dsc_model_measure(&metrics, model, data, 1, NULL, NULL, &error), error);
    double loss = metrics.loss;
    dsc_metrics_clear(&metrics);
    dsc_dataset_free(data);
    return loss;
}

/* The attributions of the pixels add up to the effect of the image (completeness), also where batch
 * normalisation and dropout behave as in inference, not as in training. */
static void shares_of_all_pixels_add_up_to_the_difference_of_the_loss(void **state) {
    (void)state;
    static const char *const texts[] = {"conv 3 3x3, batch-norm, tanh, flatten, dropout 0.5, dense",
                                        "flatten, dense 8, sigmoid, dense"};
    static const dsc_ground grounds[] = {DSC_GROUND_DARK, DSC_GROUND_LIGHT};
    uint8_t image[PIXELS], empty[PIXELS];
    dsc_inspector *inspector;
    dsc_error error;
    for (size_t i = 0; i < PIXELS; i++) image[i] = (uint8_t)(40 + i * 11);
    for (size_t n = 0; n < 4; n++) {
        const dsc_images expected = {{1, SIDE, SIDE}, DSC_PREPARATION_NONE, grounds[n / 2], DSC_FIT_NONE};
        dsc_model *model = make_model(texts[n % 2]);
        ASSERT_OK(dsc_model_expect(model, &expected, &error), error);
        memset(empty, n / 2 ? 255 : 0, sizeof empty);
        const double wanted = loss_of(model, empty, 1) - loss_of(model, image, 1);
        ASSERT_OK(dsc_inspector_create(&inspector, model, false, &error), error);
        for (size_t again = 0; again < 2; again++) {
            ASSERT_OK(dsc_inspector_run(inspector, image, 1, &error), error);
            double sum = 0;
            for (size_t i = 0; i < PIXELS; i++) sum += (double)dsc_inspector_attribution(inspector)[i];
            if (!(fabs(wanted) > 1e-3 && fabs(sum - wanted) < 0.02 * fabs(wanted)))
                fail_msg("%s: they add up to %.5f, the difference is %.5f", texts[n % 2], sum, wanted);
        }
        dsc_inspector_free(inspector);
        dsc_model_free(model);
    }
}

/* A model whose weights give the attribution of a pixel: p(0) depends on 3 times the first pixel minus the
 * second. */
static void what_speaks_for_is_above_zero_and_against_below(void **state) {
    (void)state;
    dsc_model *model = make_model("flatten, dense");
    for (size_t i = 0; i < dsc_graph_value_numbers(model->graph); i++) model->values[i] = 0;
    model->values[0] = 3;
    model->values[1] = -1;
    uint8_t image[PIXELS] = {0};
    image[0] = image[1] = image[2] = 255;
    dsc_inspector *inspector;
    dsc_error error;
    ASSERT_OK(dsc_inspector_create(&inspector, model, false, &error), error);
    ASSERT_OK(dsc_inspector_run(inspector, image, 0, &error), error);
    const float *shares = dsc_inspector_shares(inspector), *found = dsc_inspector_attribution(inspector);
    assert_true(found[0] > 0 && found[1] < 0);
    assert_float_equal(found[0], -3 * found[1], 1e-5);
    assert_float_equal(shares[0], 1, 1e-6);
    assert_float_equal(shares[1], -1.0 / 3, 1e-5);
    for (size_t i = 2; i < PIXELS; i++)
        assert_float_equal(shares[i], 0, 0); /* one of them has ink, and no weight */
    /* Where attributions are small the picture is pale; where they are zero there is none. */
    model->values[0] = 3e-3F;
    model->values[1] = -1e-3F;
    dsc_inspector_free(inspector);
    ASSERT_OK(dsc_inspector_create(&inspector, model, false, &error), error);
    ASSERT_OK(dsc_inspector_run(inspector, image, 0, &error), error);
    assert_true(dsc_inspector_shares(inspector)[0] > 0 && dsc_inspector_shares(inspector)[0] < 0.01F);
    memset(image, 0, sizeof image);
    ASSERT_OK(dsc_inspector_run(inspector, image, 0, &error), error);
    for (size_t i = 0; i < PIXELS; i++) assert_float_equal(dsc_inspector_shares(inspector)[i], 0, 0);
    dsc_inspector_free(inspector);
    dsc_model_free(model);
}

static void it_survives_every_failed_allocation(void **state) {
    (void)state;
    dsc_model *model = make_model("flatten, dense 4, relu, dense");
    for (long n = 0;; n++) {
        dsc_inspector *inspector;
        testing_fail_allocation(n);
        dsc_status status = dsc_inspector_create(&inspector, model, true, NULL);
        bool reached = testing_allocation_failed();
        assert_int_equal(status, reached ? DSC_ERROR_MEMORY : DSC_OK);
        dsc_inspector_free(inspector);
        if (!reached) break;
    }
    dsc_model_free(model);
}

static void layers_are_what_the_model_makes(void **state) {
    (void)state;
    dsc_model *model = make_model("conv 3 3x3, batch-norm, relu, flatten, dropout 0.5, dense");
    uint8_t image[PIXELS];
    for (size_t i = 0; i < PIXELS; i++) image[i] = (uint8_t)(40 + i * 11);
    dsc_inspector *inspector;
    dsc_predictor *predictor;
    dsc_workspace *workspace;
    dsc_error error;
    float probabilities[3], expected[3];
    ASSERT_OK(dsc_inspector_create(&inspector, model, true, &error), error);
    ASSERT_OK(dsc_inspector_run(inspector, image, 1, &error), error);
    ASSERT_OK(dsc_predictor_create(&predictor, model, NULL, &error), error);
    ASSERT_OK(dsc_workspace_create(&workspace, predictor, 1, &error), error);
    ASSERT_OK(dsc_predict(expected, predictor, workspace, image, 1, &error), error);
    const char *names[] = {"conv1", "batch_norm1", "relu1", "dropout1", "dense1"};
    assert_int_equal(dsc_inspector_layers(inspector), 5);
    for (size_t i = 0; i < 5; i++) assert_string_equal(dsc_inspector_layer(inspector, i).name, names[i]);
    const dsc_inspected relu = dsc_inspector_layer(inspector, 2), norm = dsc_inspector_layer(inspector, 1),
                        last = dsc_inspector_layer(inspector, 4);
    assert_int_equal(dsc_shape_count(&relu.shape), 3 * 2 * 2);
    for (size_t i = 0; i < 12; i++)
        assert_true(fabs((double)(relu.values[i] - (norm.values[i] > 0 ? norm.values[i] : 0))) < 1e-6);
    dsc_real logits[3];
    memcpy(logits, last.values, sizeof logits);
    double sum = 0;
    for (size_t i = 0; i < 3; i++) sum += exp((double)logits[i]);
    for (size_t i = 0; i < 3; i++) probabilities[i] = (float)(exp((double)logits[i]) / sum);
    for (size_t i = 0; i < 3; i++) assert_true(fabs((double)(probabilities[i] - expected[i])) < 1e-5);
    dsc_workspace_free(workspace);
    dsc_predictor_free(predictor);
    dsc_inspector_free(inspector);
    dsc_model_free(model);
}

/* A layer of several operations is shown once, with its output. */
static void a_layer_of_several_operations_is_one(void **state) {
    (void)state;
    dsc_model *model = make_model("conv 4 3x3, se, flatten, dense");
    const uint8_t image[PIXELS] = {9, 200, 30};
    dsc_inspector *inspector;
    dsc_error error;
    ASSERT_OK(dsc_inspector_create(&inspector, model, true, &error), error);
    ASSERT_OK(dsc_inspector_run(inspector, image, 1, &error), error);
    assert_int_equal(dsc_inspector_layers(inspector), 3);
    const dsc_inspected se = dsc_inspector_layer(inspector, 1);
    assert_string_equal(se.name, "se1");
    assert_int_equal(dsc_shape_count(&se.shape), 4 * 2 * 2);
    dsc_inspector_free(inspector);
    dsc_model_free(model);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shares_of_all_pixels_add_up_to_the_difference_of_the_loss),
        cmocka_unit_test(layers_are_what_the_model_makes),
        cmocka_unit_test(a_layer_of_several_operations_is_one),
        cmocka_unit_test(what_speaks_for_is_above_zero_and_against_below),
        cmocka_unit_test(it_survives_every_failed_allocation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
