/* SPDX-License-Identifier: MIT */
/* Saliency against the derivative by differences. */
#include "testing.h"

#include "data/dataset.h"
#include "report/saliency.h"
#include "train/score.h"

#include <math.h>

enum { SIDE = 4, PIXELS = SIDE * SIDE };

static dsc_model *make_model(const char *text) {
    dsc_model *model;
    dsc_error error;
    dsc_model_options options = dsc_model_options_defaults();
    options.text = text;
    options.shape[1] = options.shape[2] = SIDE;
    options.classes = 3;
    ASSERT_OK(dsc_model_make(&model, &options, &error), error);
    return model;
}

static double loss_of(const dsc_model *model, const uint8_t *image, uint8_t label) {
    dsc_dataset *data;
    dsc_metrics metrics;
    dsc_error error;
    ASSERT_OK(
        dsc_dataset_from_memory(&data, image, &label, 1, (size_t[3]){1, SIDE, SIDE}, 3, NULL, "one", &error),
        error);
    ASSERT_OK(dsc_model_measure(&metrics, model, data, 1, NULL, NULL, &error), error);
    double loss = metrics.loss;
    dsc_metrics_clear(&metrics);
    dsc_dataset_free(data);
    return loss;
}

/* Batch normalisation and dropout behave as they do when the model answers, not as in training. */
static void it_is_the_derivative_of_the_loss(void **state) {
    (void)state;
    dsc_model *model = make_model("conv 3 3x3, batch-norm, tanh, flatten, dropout 0.5, dense");
    uint8_t image[PIXELS], changed[PIXELS];
    for (size_t i = 0; i < PIXELS; i++) image[i] = changed[i] = (uint8_t)(40 + i * 11);
    double slopes[PIXELS], largest = 0;
    for (size_t i = 0; i < PIXELS; i++) {
        changed[i] = (uint8_t)(image[i] + 8);
        double up = loss_of(model, changed, 1);
        changed[i] = (uint8_t)(image[i] - 8);
        slopes[i] = fabs(up - loss_of(model, changed, 1));
        changed[i] = image[i];
        largest = fmax(largest, slopes[i]);
    }
    report_saliency *saliency;
    float found[PIXELS];
    dsc_error error;
    ASSERT_OK(report_saliency_create(&saliency, model, &error), error);
    for (size_t again = 0; again < 2; again++) {
        ASSERT_OK(report_saliency_run(found, saliency, image, 1, &error), error);
        for (size_t i = 0; i < PIXELS; i++)
            if (!(fabs((double)found[i] - slopes[i] / largest) < 0.01))
                fail_msg("pixel %zu: found %.4f, by differences %.4f", i, (double)found[i],
                         slopes[i] / largest);
    }
    report_saliency_free(saliency);
    dsc_model_free(model);
}

static void where_nothing_matters_it_is_zero(void **state) {
    (void)state;
    dsc_model *model = make_model("flatten, dense 4, relu, dense");
    for (size_t i = 0; i < dsc_graph_value_numbers(model->graph); i++) model->values[i] = 0;
    report_saliency *saliency;
    float found[PIXELS];
    dsc_error error;
    const uint8_t image[PIXELS] = {1, 2, 3};
    ASSERT_OK(report_saliency_create(&saliency, model, &error), error);
    ASSERT_OK(report_saliency_run(found, saliency, image, 0, &error), error);
    for (size_t i = 0; i < PIXELS; i++) assert_true(found[i] >= 0 && found[i] <= 0);
    report_saliency_free(saliency);
    dsc_model_free(model);
}

static void it_survives_every_failed_allocation(void **state) {
    (void)state;
    dsc_model *model = make_model("flatten, dense 4, relu, dense");
    for (long n = 0;; n++) {
        report_saliency *saliency;
        testing_fail_allocation(n);
        dsc_status status = report_saliency_create(&saliency, model, NULL);
        bool reached = testing_allocation_failed();
        assert_int_equal(status, reached ? DSC_ERROR_MEMORY : DSC_OK);
        report_saliency_free(saliency);
        if (!reached) break;
    }
    dsc_model_free(model);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_is_the_derivative_of_the_loss),
        cmocka_unit_test(where_nothing_matters_it_is_zero),
        cmocka_unit_test(it_survives_every_failed_allocation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
