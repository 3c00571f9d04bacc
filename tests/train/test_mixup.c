/* SPDX-License-Identifier: MIT */
/* Mixup: shares of Beta(alpha, alpha), any partner, the same on every machine; images and targets are
 * mixed with the same share; the model is saved and measured like any other. */
#include "testing.h"

#include "train/mixup.h"
#include "train/trainer.h"

#include "stripes.h"

#include <math.h>

static dsc_error error;

static void shares_are_those_of_the_beta_distribution(void **state) {
    (void)state;
    /* For x of Beta(alpha, alpha): the mean of the larger of x and 1 - x, by integration (the densities are
     * constant, the arcsine's, and 6 x (1 - x)). The variance of x is 1 / (8 alpha + 4). */
    const struct { double alpha, mean; } known[] = {{1, 0.75}, {0.5, 0.5 + 0.31830988618}, {2, 0.6875}};
    enum { DRAWS = 40000 };
    for (size_t i = 0; i < 3; i++) {
        double sum = 0, squares = 0;
        for (uint64_t n = 0; n < DRAWS; n++) {
            const dsc_mix mix = dsc_mixup_draw(known[i].alpha, 7, 2, n, 10);
            assert_true(mix.share >= 0.5 && mix.share <= 1);
            sum += mix.share;
            squares += (mix.share - 0.5) * (mix.share - 0.5);
        }
        /* A standard error is at most 0.5 / sqrt(12) / 200 = 0.0008. */
        assert_true(fabs(sum / DRAWS - known[i].mean) < 0.003);
        assert_true(fabs(squares / DRAWS - 1 / (8 * known[i].alpha + 4)) < 0.003);
    }
}

static void a_tiny_alpha_leaves_images_as_they_are(void **state) {
    (void)state;
    for (uint64_t n = 0; n < 1000; n++) assert_true(dsc_mixup_draw(1e-9, 1, 0, n, 10).share == 1);
}

static void every_image_may_be_the_partner(void **state) {
    (void)state;
    size_t counts[10] = {0};
    for (uint64_t n = 0; n < 10000; n++) counts[dsc_mixup_draw(0.2, 3, 0, n, 10).partner]++;
    for (size_t i = 0; i < 10; i++) assert_in_range(counts[i], 850, 1150); /* 1000, sigma 30 */
    assert_int_equal(dsc_mixup_draw(0.2, 3, 0, 5, 1).partner, 0);
}

static void a_draw_is_the_same_on_every_machine(void **state) {
    (void)state;
    const dsc_mix first = dsc_mixup_draw(0.4, 1, 0, 0, 60000),
                  other = dsc_mixup_draw(0.4, 1, 3, 59999, 60000);
    assert_int_equal(first.partner, 31293);
    assert_true(first.share == 0x1.1f8d1dc6ac78dp-1);
    assert_int_equal(other.partner, 48886);
    assert_true(other.share == 0x1.f43fbfd869837p-1);
}

static dsc_trainer *trainer_of(const char *json) {
    dsc_recipe recipe;
    dsc_trainer *trainer;
    ASSERT_OK(dsc_recipe_initialise(&recipe, &error), error);
    ASSERT_OK(dsc_recipe_from_json(&recipe, json, strlen(json), "test", &error), error);
    ASSERT_OK(dsc_trainer_create(&trainer, NULL, &recipe, stripes, 1, &error), error);
    dsc_recipe_clear(&recipe);
    return trainer;
}

/* Mixes the trainer's input by hand, from bytes. */
static void images_and_targets_are_mixed_alike(void **state) {
    (void)state;
    dsc_trainer *t = trainer_of("{\"model\": \"flatten, dense\", \"batch\": 20, \"mixup\": 1, \"epochs\": 2, "
                                "\"clean-epochs\": 1}");
    for (uint64_t epoch = 0; epoch < 2; epoch++) {
        float images[20 * 16], targets[20 * 3];
        t->progress.epoch = epoch;
        dsc_run run;
        ASSERT_OK(dsc_trainer_batch(&run, t, &error), error);
        run.load(run.context, (dsc_real *[]){images, targets}, 0, 20, 0);
        for (size_t i = 0; i < 20; i++) {
            const size_t sample = t->batch[i];
            const dsc_mix mix = dsc_mixup_draw(1, t->seed, epoch, sample, 60);
            const double own = epoch ? 1 : mix.share; /* the last epoch has no mixup */
            const uint8_t *a = dsc_dataset_image(stripes, sample),
                          *b = dsc_dataset_image(stripes, mix.partner);
            for (size_t p = 0; p < 16; p++)
                assert_true(fabs(images[i * 16 + p] - (own * a[p] + (1 - own) * b[p]) / 255) < 1e-6);
            for (size_t k = 0; k < 3; k++) {
                const double expected = own * (k == sample % 3) + (1 - own) * (k == mix.partner % 3);
                assert_true(fabs(targets[i * 3 + k] - expected) < 1e-6);
            }
        }
    }
    dsc_trainer_free(t);
}

static void a_model_trained_with_mixup_is_one_like_any_other(void **state) {
    (void)state;
    static const char *const losses[] = {"softmax-cross-entropy smoothing=0.1", "binary-cross-entropy",
                                         "squared-error"};
    char path[512];
    (void)snprintf(path, sizeof path, "%s/mixed.safetensors", testing_folder());
    for (size_t i = 0; i < 3; i++) {
        dsc_model_options options = dsc_model_options_defaults();
        dsc_training_options how = dsc_training_options_defaults();
        dsc_model *model, *loaded;
        dsc_score before, after;
        options.text = "flatten, dense";
        options.shape[1] = options.shape[2] = 4;
        options.classes = 3;
        options.loss = losses[i];
        how.mixup = 0.5;
        how.epochs = 30;
        how.batch = 10;
        how.learning_rate = 0.03;
        ASSERT_OK(dsc_model_create(&model, &options, &error), error);
        ASSERT_OK(dsc_train(model, stripes, &how, &error), error);
        ASSERT_OK(dsc_evaluate(&before, model, stripes, &error), error);
        assert_int_equal(before.correct, 60);
        ASSERT_OK(dsc_model_save(model, path, &error), error);
        ASSERT_OK(dsc_model_load(&loaded, path, &error), error);
        ASSERT_OK(dsc_evaluate(&after, loaded, stripes, &error), error);
        assert_true(before.loss == after.loss);
        /* ... and continues without it. */
        how.mixup = 0;
        ASSERT_OK(dsc_train(loaded, stripes, &how, &error), error);
        ASSERT_OK(dsc_evaluate(&after, loaded, stripes, &error), error);
        assert_true(after.correct == 60 && after.loss < before.loss);
        dsc_model_free(loaded);
        dsc_model_free(model);
    }
}

static void an_alpha_out_of_range_is_refused(void **state) {
    (void)state;
    const double bad[] = {-0.1, 2.1, NAN, INFINITY};
    dsc_model_options options = dsc_model_options_defaults();
    dsc_model *model;
    options.text = "flatten, dense";
    options.shape[1] = options.shape[2] = 4;
    options.classes = 3;
    ASSERT_OK(dsc_model_create(&model, &options, &error), error);
    for (size_t i = 0; i < 4; i++) {
        dsc_training_options how = dsc_training_options_defaults();
        how.mixup = bad[i];
        assert_int_equal(dsc_train(model, stripes, &how, &error), DSC_ERROR_ARGUMENT);
        ASSERT_MESSAGE(error, "mixup");
    }
    dsc_model_free(model);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shares_are_those_of_the_beta_distribution),
        cmocka_unit_test(a_tiny_alpha_leaves_images_as_they_are),
        cmocka_unit_test(every_image_may_be_the_partner),
        cmocka_unit_test(a_draw_is_the_same_on_every_machine),
        cmocka_unit_test(images_and_targets_are_mixed_alike),
        cmocka_unit_test(a_model_trained_with_mixup_is_one_like_any_other),
        cmocka_unit_test(an_alpha_out_of_range_is_refused),
    };
    return cmocka_run_group_tests(tests, make_data, free_data);
}
