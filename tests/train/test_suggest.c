/* SPDX-License-Identifier: MIT */
/* A suggested recipe trains on its data, and is the one that suggest.h describes. */
#include "testing.h"

#include "base/memory.h"
#include "train/suggest.h"
#include "train/trainer.h"

/* `count` images of noise with that shape, in `classes` classes. */
static dsc_dataset *noise(size_t count, const size_t shape[3], size_t classes) {
    const size_t size = shape[0] * shape[1] * shape[2];
    dsc_dataset *data;
    dsc_error error;
    uint8_t *images = malloc(count * size), *labels = malloc(count);
    assert_non_null(images);
    assert_non_null(labels);
    for (size_t i = 0; i < count * size; i++) images[i] = (uint8_t)(i * 2654435761U >> 13);
    for (size_t i = 0; i < count; i++) labels[i] = (uint8_t)(i % classes);
    ASSERT_OK(testing_dataset(&data, images, labels, count, shape, classes, NULL, "noise", &error), error);
    free(images);
    free(labels);
    return data;
}

/* With the portable kernels and one thread, so that every machine gets the same recipe. */
static dsc_suggestion suggest(const dsc_dataset *data, const char *model) {
    dsc_suggestion s;
    dsc_error error;
    const dsc_suggest_given given = {.model = model, .kernels = "portable", .threads = 1};
    ASSERT_OK(dsc_recipe_suggest(&s, data, &given, &error), error);
    assert_true(s.count > 0);
    return s;
}

static void prepared_digits_get_the_recipes_made_for_them(void **state) {
    (void)state;
    static const struct {
        size_t count;
        const char *recipe;
        int64_t epochs;
    } cases[] = {{20000, "mnist-99", 6}, {2000, "mnist-99.5", 180}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        dsc_error error;
        dsc_dataset *data;
        dsc_recipe named;
        ASSERT_OK(dsc_digits_create(&data, cases[i].count, 1, 2, &error), error);
        ASSERT_OK(dsc_recipe_open(&named, cases[i].recipe, &error), error);
        dsc_suggestion s = suggest(data, NULL);
        assert_string_equal(s.recipe.model, named.model);
        assert_string_equal(s.recipe.augment, named.augment);
        assert_int_equal(s.recipe.batch, named.batch);
        assert_int_equal(s.recipe.epochs, cases[i].epochs);
        assert_string_equal(s.recipe.kernels, "portable");
        dsc_recipe_clear(&s.recipe);
        dsc_recipe_clear(&named);
        dsc_dataset_free(data);
    }
}

static void images_of_every_shape_get_a_network_that_fits(void **state) {
    (void)state;
    static const size_t shapes[][3] = {{1, 1, 1},   {1, 1, 40},  {1, 3, 50},   {1, 4, 4},  {1, 8, 8},
                                       {3, 13, 5},  {3, 32, 32}, {3, 40, 60},  {1, 64, 9}, {3, 64, 64},
                                       {3, 65, 96}, {4, 90, 70}, {1, 130, 150}};
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
        dsc_error error;
        dsc_trainer *trainer;
        dsc_dataset *data = noise(40, shapes[i], 3);
        dsc_suggestion s = suggest(data, NULL);
        free(s.recipe.kernels);
        s.recipe.kernels = NULL;
        ASSERT_OK(dsc_trainer_create(&trainer, NULL, &s.recipe, data, 1, &error), error);
        assert_true(dsc_model_parameters(trainer->model) > 0);
        dsc_trainer_free(trainer);
        dsc_recipe_clear(&s.recipe);
        dsc_dataset_free(data);
    }
}

static void few_images_get_many_steps(void **state) {
    (void)state;
    static const size_t counts[] = {30, 391, 3000, 9000};
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
        dsc_dataset *data = noise(counts[i], (const size_t[3]){1, 12, 12}, 5);
        dsc_suggestion s = suggest(data, NULL);
        const int64_t steps = s.recipe.epochs * (((int64_t)counts[i] + s.recipe.batch - 1) / s.recipe.batch);
        assert_true(steps >= 1200 || s.recipe.epochs == 200);
        assert_true(s.recipe.epochs <= 200);
        dsc_recipe_clear(&s.recipe);
        dsc_dataset_free(data);
    }
}

/* Ten digits are also prepared digits, for which the recipe has batches of 64. */
static void a_batch_fits_half_of_the_images(void **state) {
    (void)state;
    static const size_t counts[] = {2, 3, 10, 50, 127};
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
        dsc_error error;
        dsc_dataset *digits, *others = noise(counts[i], (const size_t[3]){1, 12, 12}, 2);
        ASSERT_OK(dsc_digits_create(&digits, counts[i], 1, 2, &error), error);
        dsc_suggestion of_digits = suggest(digits, NULL), of_others = suggest(others, NULL);
        assert_in_range(of_digits.recipe.batch, 1, counts[i] / 2);
        assert_in_range(of_others.recipe.batch, 1, counts[i] / 2);
        dsc_recipe_clear(&of_digits.recipe);
        dsc_recipe_clear(&of_others.recipe);
        dsc_dataset_free(digits);
        dsc_dataset_free(others);
    }
}

static void a_last_batch_of_one_image_is_dropped(void **state) {
    (void)state;
    for (size_t count = 128; count <= 129; count++) {
        dsc_error error;
        dsc_trainer *trainer;
        dsc_dataset *data = noise(count, (const size_t[3]){1, 12, 12}, 2);
        dsc_suggestion s = suggest(data, NULL);
        assert_int_equal(s.recipe.drop_last, count % (size_t)s.recipe.batch == 1);
        assert_true(count == 128 || s.recipe.drop_last);
        ASSERT_OK(dsc_trainer_create(&trainer, NULL, &s.recipe, data, 1, &error), error);
        dsc_trainer_free(trainer);
        dsc_recipe_clear(&s.recipe);
        dsc_dataset_free(data);
    }
}

/* A slower machine shows the same images fewer times, in the narrow network if necessary. */
static void a_slow_machine_gets_less_to_do(void **state) {
    (void)state;
    dsc_error error;
    dsc_dataset *data = noise(6000, (const size_t[3]){1, 28, 28}, 4);
    dsc_suggest_given given = {.kernels = "portable", .threads = 1};
    dsc_suggestion slow, fast;
    ASSERT_OK(dsc_recipe_suggest(&slow, data, &given, &error), error);
    given.threads = 64;
    ASSERT_OK(dsc_recipe_suggest(&fast, data, &given, &error), error);
    assert_string_not_equal(slow.recipe.model, fast.recipe.model);
    assert_true(slow.recipe.epochs <= fast.recipe.epochs);
    dsc_recipe_clear(&slow.recipe);
    dsc_recipe_clear(&fast.recipe);
    dsc_dataset_free(data);
}

static void a_given_network_stays_and_the_epochs_are_for_it(void **state) {
    (void)state;
    dsc_dataset *data = noise(9000, (const size_t[3]){1, 28, 28}, 4);
    dsc_suggestion small = suggest(data, "784-10-4"),
                   large = suggest(data, "conv 128 9x9, relu, conv 128 9x9, relu, flatten, dense");
    assert_string_equal(small.recipe.model, "784-10-4");
    assert_true(small.recipe.epochs > large.recipe.epochs);
    dsc_recipe_clear(&small.recipe);
    dsc_recipe_clear(&large.recipe);
    dsc_dataset_free(data);
}

static void what_cannot_be_trained_is_refused(void **state) {
    (void)state;
    dsc_error error;
    dsc_suggestion s;
    dsc_dataset *data = noise(40, (const size_t[3]){1, 8, 8}, 4);
    dsc_suggest_given given = {.model = "conv 8 9x9, flatten, dense"};
    assert_int_not_equal(dsc_recipe_suggest(&s, data, &given, &error), DSC_OK);
    given = (dsc_suggest_given){.kernels = "none such"};
    assert_int_not_equal(dsc_recipe_suggest(&s, data, &given, &error), DSC_OK);
    dsc_dataset_free(data);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(prepared_digits_get_the_recipes_made_for_them),
        cmocka_unit_test(images_of_every_shape_get_a_network_that_fits),
        cmocka_unit_test(few_images_get_many_steps),
        cmocka_unit_test(a_batch_fits_half_of_the_images),
        cmocka_unit_test(a_last_batch_of_one_image_is_dropped),
        cmocka_unit_test(a_slow_machine_gets_less_to_do),
        cmocka_unit_test(a_given_network_stays_and_the_epochs_are_for_it),
        cmocka_unit_test(what_cannot_be_trained_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
