/* SPDX-License-Identifier: MIT */
/* test_agreement.c: a model records the images that it was trained on, keeps the record in its file, and
 * reports other images. */
#include "models.h"

#include "data/images.h"

#include <math.h>

enum { SIZE = SIDE * SIDE, COUNT = 48 };

static const char *const turned[CLASSES] = {"dog", "cat", "bee", "ant"};

/* A square in one of four corners, `ink` on `ground`. Labels are rotated as the names are. */
static dsc_dataset *corners(const char *const *class_names, bool turn, uint8_t ink, uint8_t ground) {
    static uint8_t images[COUNT * SIZE];
    uint8_t labels[COUNT];
    memset(images, ground, sizeof images);
    for (size_t i = 0; i < COUNT; i++) {
        const size_t k = i % CLASSES;
        labels[i] = (uint8_t)(turn ? CLASSES - 1 - k : k);
        for (size_t y = 0; y < 3; y++)
            for (size_t x = 0; x < 3; x++)
                images[i * SIZE + (1 + y + k / 2 * 3) * SIDE + 1 + x + k % 2 * 3] =
                    (uint8_t)(ink > ground ? ink - i % 7 : ink + i % 7);
    }
    dsc_dataset *data;
    dsc_error error;
    ASSERT_OK(testing_dataset(&data, images, labels, COUNT, (size_t[3]){1, SIDE, SIDE}, CLASSES, class_names,
                              "corners", &error),
              error);
    return data;
}

static double accuracy(const dsc_model *model, const dsc_dataset *data) {
    dsc_score score;
    dsc_error error;
    ASSERT_OK(dsc_evaluate(&score, model, data, &error), error);
    return score.accuracy;
}

/* --- classes --- */

static void classes_are_compared_by_name_in_training_and_evaluation(void **state) {
    (void)state;
    dsc_dataset *data = corners(names, false, 255, 0), *other = corners(turned, true, 255, 0);
    dsc_model *model = trained(data, "none");
    dsc_training_options how = dsc_training_options_defaults();
    dsc_error error;
    how.threads = 1;
    how.batch = 8;
    assert_true(accuracy(model, data) >= 1);
    assert_true(accuracy(model, other) >= 1);
    ASSERT_OK(dsc_train(model, other, &how, &error), error); /* continues with its own record */
    assert_true(accuracy(model, data) >= 1);
    dsc_dataset_free(data);
    dsc_dataset_free(other);
    dsc_model_free(model);
}

static void data_of_other_classes_is_refused_by_every_call(void **state) {
    (void)state;
    static const char *const others[CLASSES] = {"ant", "bee", "Cat", "dog"};
    dsc_dataset *data = corners(names, false, 255, 0), *other = corners(others, false, 255, 0),
                *unnamed = corners(NULL, false, 255, 0), *matched;
    dsc_model *model = trained(data, "none"), *numbers = trained(unnamed, "none");
    dsc_training_options how = dsc_training_options_defaults();
    dsc_score score;
    dsc_error error;
    how.batch = 8;
    assert_int_equal(dsc_evaluate(&score, model, other, &error), DSC_ERROR_MISMATCH);
    ASSERT_MESSAGE(error, "differs only in capital and small letters");
    assert_int_equal(dsc_train(model, other, &how, &error), DSC_ERROR_MISMATCH);
    assert_int_equal(dsc_dataset_match(&matched, NULL, other, model, &error), DSC_ERROR_MISMATCH);
    assert_null(matched);
    assert_int_equal(dsc_evaluate(&score, model, unnamed, &error), DSC_ERROR_MISMATCH);
    ASSERT_MESSAGE(error, "labels.txt");
    assert_int_equal(dsc_evaluate(&score, numbers, data, &error), DSC_ERROR_MISMATCH);
    ASSERT_MESSAGE(error, "remove labels.txt");
    assert_true(accuracy(numbers, unnamed) >= 1);
    dsc_dataset_free(data);
    dsc_dataset_free(other);
    dsc_dataset_free(unnamed);
    dsc_model_free(model);
    dsc_model_free(numbers);
}

static void a_model_without_names_takes_those_of_its_training_data(void **state) {
    (void)state;
    dsc_dataset *data = corners(names, false, 255, 0);
    dsc_model_options options = dsc_model_options_defaults();
    dsc_training_options how = dsc_training_options_defaults();
    dsc_model *model;
    dsc_error error;
    how.batch = 8;
    options.text = "flatten, dense";
    options.shape[1] = options.shape[2] = SIDE;
    options.classes = CLASSES + 1;
    ASSERT_OK(dsc_model_create(&model, &options, &error), error);
    ASSERT_OK(dsc_train(model, data, &how, &error), error);
    assert_string_equal(dsc_model_class_name(model, 2), "cat");
    assert_string_equal(dsc_model_class_name(model, 4), "4");
    dsc_dataset_free(data);
    dsc_model_free(model);
}

static void a_model_that_cannot_be_trained_stays_as_it_was(void **state) {
    (void)state;
    dsc_dataset *data = corners(names, false, 255, 0);
    dsc_model_options options = dsc_model_options_defaults();
    dsc_training_options how = dsc_training_options_defaults();
    dsc_model *model;
    dsc_error error;
    options.text = "flatten, dense";
    options.classes = CLASSES;
    for (int what = 0; what < 2; what++) { /* images of another shape; an option that does not exist */
        options.shape[1] = options.shape[2] = what ? SIDE : SIDE + 1;
        how.optimiser = what ? "adamant" : NULL;
        ASSERT_OK(dsc_model_create(&model, &options, &error), error);
        dsc_images before, after;
        dsc_model_describe(&before, model);
        assert_int_not_equal(dsc_train(model, data, &how, &error), DSC_OK);
        dsc_model_describe(&after, model);
        assert_string_equal(dsc_model_class_name(model, 0), "0");
        assert_int_equal(before.ground, after.ground);
        assert_int_equal(before.preparation, after.preparation);
        assert_false(model->images_noted);
        dsc_model_free(model);
    }
    dsc_dataset_free(data);
}

static void another_shape_is_refused_with_both_and_a_remedy(void **state) {
    (void)state;
    static const uint8_t pixels[3 * 28 * 28], label[1];
    dsc_dataset *data = corners(names, false, 255, 0), *wide, *colour;
    dsc_model *model = trained(data, "none");
    dsc_score score;
    dsc_error error;
    ASSERT_OK(
        testing_dataset(&wide, pixels, label, 1, (size_t[3]){1, SIDE, 9}, CLASSES, names, "wide", &error),
        error);
    ASSERT_OK(testing_dataset(&colour, pixels, label, 1, (size_t[3]){3, SIDE, SIDE}, CLASSES, names, "colour",
                              &error),
              error);
    assert_int_equal(dsc_evaluate(&score, model, wide, &error), DSC_ERROR_MISMATCH);
    ASSERT_MESSAGE(
        error,
        "wide has images of 1 x 8 x 9 (channels x height x width), but the model was made for 1 x 8 x 8");
    ASSERT_MESSAGE(error, "use images of that size");
    assert_int_equal(dsc_evaluate(&score, model, colour, &error), DSC_ERROR_MISMATCH);
    ASSERT_MESSAGE(error, "the same number of channels");
    dsc_dataset_free(data);
    dsc_dataset_free(wide);
    dsc_dataset_free(colour);
    dsc_model_free(model);
}

/* --- ground and preparation --- */

static void a_trained_model_knows_the_ground_of_its_images(void **state) {
    (void)state;
    dsc_dataset *dark = corners(names, false, 255, 0), *light = corners(names, false, 0, 255), *matched;
    dsc_model *model = trained(light, "none"), *both = trained(dark, "invert p=0.5");
    dsc_images images;
    dsc_remarks remarks;
    dsc_error error;
    dsc_model_describe(&images, model);
    assert_int_equal(images.ground, DSC_GROUND_LIGHT);
    assert_int_equal(images.preparation, DSC_PREPARATION_NONE);
    ASSERT_OK(dsc_dataset_match(&matched, &remarks, light, model, &error), error);
    assert_int_equal(remarks.count, 0);
    dsc_dataset_free(matched);
    ASSERT_OK(dsc_dataset_match(&matched, &remarks, dark, model, &error), error);
    assert_int_equal(remarks.count, 1);
    assert_non_null(strstr(remarks.line[0], "corners is light ink on a dark ground"));
    dsc_dataset_free(matched);
    dsc_model_describe(&images, both); /* it has seen both */
    assert_int_equal(images.ground, DSC_GROUND_UNKNOWN);
    dsc_dataset_free(dark);
    dsc_dataset_free(light);
    dsc_model_free(model);
    dsc_model_free(both);
}

static void expects(dsc_model *model, dsc_preparation preparation, dsc_ground ground) {
    dsc_images images;
    dsc_model_describe(&images, model);
    assert_int_equal(images.preparation, preparation);
    assert_int_equal(images.ground, ground);
    dsc_model_free(model);
}

static void a_model_of_which_nothing_is_noted_is_one_of_digits_if_it_looks_so(void **state) {
    (void)state;
    static const char *const clothes[10] = {"shirt",  "trousers", "pullover", "dress", "coat",
                                            "sandal", "shirt 2",  "sneaker",  "bag",   "boot"};
    expects(made(1, 28, 10, NULL), DSC_PREPARATION_DIGITS, DSC_GROUND_DARK);
    expects(made(1, 28, 10, clothes), DSC_PREPARATION_NONE, DSC_GROUND_UNKNOWN);
    expects(made(1, 28, 26, NULL), DSC_PREPARATION_NONE, DSC_GROUND_UNKNOWN);
    expects(made(1, 32, 10, NULL), DSC_PREPARATION_NONE, DSC_GROUND_UNKNOWN);
    expects(made(3, 28, 10, NULL), DSC_PREPARATION_NONE, DSC_GROUND_UNKNOWN);
}

static void the_file_keeps_what_the_model_expects(void **state) {
    (void)state;
    for (int p = 0; p < 2; p++)
        for (int g = 0; g < 3; g++) {
            dsc_model *model = made(1, 28, 4, names), *back;
            dsc_images images;
            dsc_error error;
            dsc_model_describe(&images, model);
            images.preparation = (dsc_preparation)p;
            images.ground = (dsc_ground)g;
            images.fit = (dsc_fit)(g + 1);
            ASSERT_OK(dsc_model_expect(model, &images, &error), error);
            back = written_and_read(model);
            assert_true(back->images_noted);
            dsc_model_describe(&images, back);
            assert_int_equal(images.fit, p == DSC_PREPARATION_DIGITS ? 0 : g + 1);
            expects(back, (dsc_preparation)p, (dsc_ground)g);
            dsc_model_free(model);
        }
    dsc_model *old = made(1, 28, 10, NULL), *back = written_and_read(old);
    assert_false(back->images_noted);
    dsc_model_free(old);
    dsc_model_free(back);
}

static void what_does_not_go_with_the_shape_is_not_expected(void **state) {
    (void)state;
    dsc_model *model = made(1, 8, 4, names);
    dsc_images images = {{1, 8, 8}, DSC_PREPARATION_DIGITS, DSC_GROUND_DARK, DSC_FIT_NONE};
    dsc_error error;
    assert_int_equal(dsc_model_expect(model, &images, &error), DSC_ERROR_MISMATCH);
    ASSERT_MESSAGE(error, "1 x 28 x 28");
    images = (dsc_images){{3, 8, 8}, DSC_PREPARATION_NONE, DSC_GROUND_DARK, DSC_FIT_NONE};
    assert_int_equal(dsc_model_expect(model, &images, &error), DSC_ERROR_MISMATCH);
    dsc_model_free(model);
}

/* The same file with other words in its metadata. */
static dsc_status parse_with(const char *from, const char *to, dsc_error *error) {
    dsc_model *model = made(1, 28, 4, names), *back;
    const dsc_images images = {{1, 28, 28}, DSC_PREPARATION_DIGITS, DSC_GROUND_DARK, DSC_FIT_NONE};
    unsigned char *bytes;
    size_t size;
    ASSERT_OK(dsc_model_expect(model, &images, error), *error);
    ASSERT_OK(dsc_model_write(&bytes, &size, model, error), *error);
    assert_int_equal(strlen(from), strlen(to));
    bool found = false;
    for (size_t i = 0; i + strlen(from) <= size && !found; i++) {
        found = !memcmp(bytes + i, from, strlen(from));
        if (found) memcpy(bytes + i, to, strlen(to));
    }
    assert_true(found);
    dsc_status status = dsc_model_parse(&back, bytes, size, "bytes", NULL, error);
    free(bytes);
    dsc_model_free(model);
    dsc_model_free(back);
    return status;
}

static void a_file_whose_images_do_not_go_with_its_shape_is_refused(void **state) {
    (void)state;
    dsc_model *model = made(1, 8, 4, names), *back;
    unsigned char *bytes;
    size_t size;
    dsc_error error;
    model->images_noted = true; /* bypasses the check of dsc_model_expect, as a file from elsewhere would */
    model->expected.preparation = DSC_PREPARATION_DIGITS;
    model->expected.ground = DSC_GROUND_DARK;
    ASSERT_OK(dsc_model_write(&bytes, &size, model, &error), error);
    assert_int_not_equal(dsc_model_parse(&back, bytes, size, "bytes", NULL, &error), DSC_OK);
    ASSERT_MESSAGE(error, "28 x 28");
    free(bytes);
    dsc_model_free(model);
}

static void more_classes_than_the_model_has_are_refused(void **state) {
    (void)state;
    static const char *const five[5] = {"ant", "bee", "cat", "dog", "eel"};
    const uint8_t pixels[64] = {0}, label = 0;
    const size_t shape[3] = {1, 8, 8};
    dsc_model *model = made(1, 8, 4, names);
    dsc_dataset *more;
    dsc_error error;
    ASSERT_OK(testing_dataset(&more, pixels, &label, 1, shape, 5, five, "more", &error), error);
    assert_int_equal(dsc_model_check_data(model, more, &error), DSC_ERROR_MISMATCH);
    ASSERT_MESSAGE(error, "has 5 classes, but the model was made for 4");
    dsc_dataset_free(more);
    dsc_model_free(model);
}

static void a_file_that_says_something_else_is_refused(void **state) {
    (void)state;
    dsc_error error;
    ASSERT_OK(parse_with("digits", "digits", &error), error);
    assert_int_equal(parse_with("digits", "spoons", &error), DSC_ERROR_FORMAT);
    ASSERT_MESSAGE(error, "metadata \"images\": expected a preparation");
    assert_int_equal(parse_with("\\\"dark\\\"", "\\\"dusk\\\"", &error), DSC_ERROR_FORMAT);
    assert_int_equal(parse_with("preparation", "preparatiom", &error), DSC_ERROR_FORMAT);
}

static void agreement_survives_failed_allocations(void **state) {
    (void)state;
    dsc_dataset *data = corners(names, false, 255, 0), *other = corners(turned, true, 255, 0);
    dsc_model *model = trained(data, "none");
    dsc_error error;
    bool failed = true;
    for (long n = 0; failed; n++) {
        dsc_dataset *matched;
        dsc_model *numbers = made(1, SIDE, CLASSES, NULL);
        testing_fail_allocation(n);
        dsc_status status = dsc_dataset_match(&matched, NULL, other, model, &error);
        if (!status) status = dsc_model_take_class_names(numbers, data, &error);
        failed = testing_allocation_failed();
        assert_int_equal(status, failed ? DSC_ERROR_MEMORY : DSC_OK);
        dsc_dataset_free(matched);
        dsc_model_free(numbers);
    }
    dsc_dataset_free(data);
    dsc_dataset_free(other);
    dsc_model_free(model);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(classes_are_compared_by_name_in_training_and_evaluation),
        cmocka_unit_test(data_of_other_classes_is_refused_by_every_call),
        cmocka_unit_test(a_model_without_names_takes_those_of_its_training_data),
        cmocka_unit_test(a_model_that_cannot_be_trained_stays_as_it_was),
        cmocka_unit_test(another_shape_is_refused_with_both_and_a_remedy),
        cmocka_unit_test(a_trained_model_knows_the_ground_of_its_images),
        cmocka_unit_test(a_model_of_which_nothing_is_noted_is_one_of_digits_if_it_looks_so),
        cmocka_unit_test(the_file_keeps_what_the_model_expects),
        cmocka_unit_test(what_does_not_go_with_the_shape_is_not_expected),
        cmocka_unit_test(a_file_whose_images_do_not_go_with_its_shape_is_refused),
        cmocka_unit_test(more_classes_than_the_model_has_are_refused),
        cmocka_unit_test(a_file_that_says_something_else_is_refused),
        cmocka_unit_test(agreement_survives_failed_allocations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
