/* SPDX-License-Identifier: MIT */
/* Temperature scaling: no other temperature gives a smaller loss on the validation set, answers do not
 * change, and models that cannot be scaled are refused before training. */
#include "testing.h"

#include "train/trainer.h"

#include <math.h>

static dsc_error error;
static dsc_dataset *digits;

static int make_digits(void **state) {
    (void)state;
    return dsc_digits_create(&digits, 600, 3, 1, &error);
}

static int free_digits(void **state) {
    (void)state;
    dsc_dataset_free(digits);
    return 0;
}

/* A finished network that overfits, so that it is too confident. */
static dsc_status train(dsc_trainer **trainer, const char *more, unsigned threads) {
    char json[512];
    dsc_recipe recipe;
    *trainer = NULL;
    (void)snprintf(json, sizeof json,
                   "{\"model\": \"flatten, dense 60, relu, dense\", \"epochs\": 12, \"batch\": 20, "
                   "\"learning-rate\": 0.005%s}",
                   more);
    ASSERT_OK(dsc_recipe_initialise(&recipe, &error), error);
    ASSERT_OK(dsc_recipe_from_json(&recipe, json, strlen(json), "test", &error), error);
    dsc_status status = dsc_trainer_create(trainer, NULL, &recipe, digits, threads, &error);
    if (!status) status = dsc_trainer_run(*trainer, NULL, NULL, &error);
    dsc_recipe_clear(&recipe);
    return status;
}

/* The loss with the logits multiplied once more. */
static double loss_with(dsc_trainer *t, dsc_real factor) {
    dsc_score score;
    const dsc_node *logits = t->model->logits;
    for (size_t k = 1; k < logits->input_count; k++)
        for (size_t i = 0; i < dsc_shape_count(&logits->inputs[k]->shape); i++)
            t->model->values[logits->inputs[k]->offset + i] *= factor;
    ASSERT_OK(dsc_evaluate(&score, t->model, t->validation, &error), error);
    for (size_t k = 1; k < logits->input_count; k++)
        for (size_t i = 0; i < dsc_shape_count(&logits->inputs[k]->shape); i++)
            t->model->values[logits->inputs[k]->offset + i] /= factor;
    return score.loss;
}

static void the_temperature_gives_the_least_loss_and_changes_no_answer(void **state) {
    (void)state;
    dsc_trainer *plain, *t;
    dsc_score before, after;
    ASSERT_OK(train(&plain, ", \"validation\": 0.3", 1), error);
    ASSERT_OK(train(&t, ", \"validation\": 0.3, \"calibrate\": true", 2), error);
    assert_true(plain->temperature == 1 && fabs(t->temperature - 1) > 0.02);
    ASSERT_OK(dsc_evaluate(&before, plain->model, plain->validation, &error), error);
    ASSERT_OK(dsc_evaluate(&after, t->model, t->validation, &error), error);
    assert_int_equal(after.correct, before.correct);
    assert_true(after.loss < before.loss);
    assert_true(after.loss < loss_with(t, 1.05F) && after.loss < loss_with(t, 1 / 1.05F));
    /* the same weights, divided by the temperature */
    const dsc_node *weight = t->model->logits->inputs[1];
    for (size_t i = 0; i < 100; i++) {
        const double was = (double)plain->model->values[weight->offset + i];
        assert_true(fabs((double)t->model->values[weight->offset + i] * t->temperature - was) < 1e-5);
    }
    dsc_trainer_free(plain);
    dsc_trainer_free(t);
}

static void what_cannot_be_calibrated_is_refused_before_training(void **state) {
    (void)state;
    static const struct {
        const char *more, *message;
    } cases[] = {
        {", \"calibrate\": true", "calibrate needs a validation set"},
        {", \"validation\": 0.2, \"calibrate\": true, \"loss\": \"squared-error\"",
         "expected softmax-cross-entropy"},
        {", \"validation\": 0.2, \"calibrate\": true, \"freeze\": \"dense2*\"", "a dense layer that learns"}};
    for (size_t i = 0; i < 3; i++) {
        dsc_trainer *t;
        assert_int_equal(train(&t, cases[i].more, 1), DSC_ERROR_ARGUMENT);
        ASSERT_MESSAGE(error, cases[i].message);
        assert_null(t);
    }
}

static void every_failed_allocation_of_a_calibration_is_survived(void **state) {
    (void)state;
    dsc_trainer *t;
    ASSERT_OK(train(&t, ", \"validation\": 0.3, \"calibrate\": true", 1), error);
    for (long n = 0;; n++) {
        testing_fail_allocation(n);
        const dsc_status status = dsc_trainer_calibrate(t, &error);
        const bool failed = testing_allocation_failed();
        assert_int_equal(status, failed ? DSC_ERROR_MEMORY : DSC_OK);
        if (!failed) break;
    }
    assert_true(fabs(t->temperature - 1) < 1e-3); /* a second calibration changes nothing */
    dsc_trainer_free(t);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_temperature_gives_the_least_loss_and_changes_no_answer),
        cmocka_unit_test(what_cannot_be_calibrated_is_refused_before_training),
        cmocka_unit_test(every_failed_allocation_of_a_calibration_is_survived),
    };
    return cmocka_run_group_tests(tests, make_digits, free_digits);
}
