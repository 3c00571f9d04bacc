/* SPDX-License-Identifier: MIT */
/* The tutorial against its transcripts and against NumPy, and its errors. */
#include "made_up.h"

#include "base/file.h"
#include "base/param.h"
#include "base/seed.h"

#include <math.h>
#include <time.h>

/* --- data --- */

static void write_part(const char *folder, const char *part, const dsc_dataset *data) {
    dsc_error error;
    size_t shape[3];
    char name[64];
    dsc_dataset_shape(data, shape);
    dsc_array images = {DSC_U8, 3, {dsc_dataset_count(data), shape[1], shape[2]}, NULL};
    dsc_array labels = {DSC_U8, 1, {dsc_dataset_count(data)}, NULL};
    const uint8_t *bytes = dsc_dataset_images(data), *classes = dsc_dataset_labels(data);
    memcpy(&images.data, &bytes, sizeof bytes); /* written, not changed */
    memcpy(&labels.data, &classes, sizeof classes);
    (void)snprintf(name, sizeof name, "%s-images-idx3-ubyte", part);
    char *path = dsc_path_join(folder, name);
    ASSERT_OK(dsc_idx_write(path, &images, &error), error);
    free(path);
    (void)snprintf(name, sizeof name, "%s-labels-idx1-ubyte", part);
    path = dsc_path_join(folder, name);
    ASSERT_OK(dsc_idx_write(path, &labels, &error), error);
    free(path);
}

/* --- running --- */

static bool print_epoch(void *user, const tutorial_result *result) {
    tutorial_print_epoch(user, result, result->epochs - 1);
    return true;
}

static void check_transcript(const dsc_text *text, const char *path) {
    unsigned char *expected;
    size_t size;
    dsc_error error;
    ASSERT_OK(dsc_file_read(&expected, &size, path, 1 << 20, &error), error);
    assert_string_equal(text->data, (const char *)expected);
    free(expected);
}

static void check_golden(const char *name, bool corrected, bool plain) {
    dsc_dataset *train, *test;
    dsc_error error;
    dsc_text text = {0};
    tutorial_options options;
    tutorial_result result;
    open_mnist(&train, &test);
    tutorial_options_initialise(&options);
    options.corrected = corrected;
    options.plain = plain;
    ASSERT_OK(tutorial_train(&result, &options, train, test, print_epoch, &text, &error), error);
    check_transcript(&text, testing_golden(name));
    tutorial_result_clear(&result);
    dsc_text_free(&text);
    dsc_dataset_free(train);
    dsc_dataset_free(test);
}

static void the_epochs_are_the_tutorials_byte_for_byte(void **state) {
    (void)state;
    NEED_MNIST();
    check_golden("tutorial-1000x1000x20.txt", false, false);
    check_golden("tutorial-1000x1000x20.txt", false, true);
}

static void the_corrected_epochs_are_numpys_byte_for_byte(void **state) {
    (void)state;
    NEED_MNIST();
    check_golden("tutorial-corrected-1000x1000x20.txt", true, false);
}

static void what_is_printed_before_training_is_the_tutorials(void **state) {
    (void)state;
    NEED_MNIST();
    dsc_dataset *train, *test;
    dsc_error error;
    dsc_text text = {0};
    open_mnist(&train, &test);
    tutorial_print_shapes(&text, train, test);
    tutorial_print_label(&text, train);
    ASSERT_OK(tutorial_print_preprocessing(&text, train, &error), error);
    assert_string_equal(text.data,
                        "The shape of training images: (60000, 784) and training labels: (60000,)\n"
                        "The shape of test images: (10000, 784) and test labels: (10000,)\n"
                        "8\n"
                        "The data type of training images: uint8\n"
                        "The data type of test images: uint8\n"
                        "The data type of training images: float64\n"
                        "The data type of test images: float64\n"
                        "The data type of training labels: uint8\n"
                        "The data type of test labels: uint8\n"
                        "The data type of training labels: float64\n"
                        "The data type of test labels: float64\n"
                        "[0. 0. 0. 0. 0. 1. 0. 0. 0. 0.]\n"
                        "[1. 0. 0. 0. 0. 0. 0. 0. 0. 0.]\n"
                        "[0. 0. 0. 0. 1. 0. 0. 0. 0. 0.]\n"
                        "5\n0\n4\n");
    assert_int_equal(tutorial_image_index(train), 59999);
    dsc_text_free(&text);
    dsc_dataset_free(train);
    dsc_dataset_free(test);
}

static void the_five_random_images_are_the_tutorials(void **state) {
    (void)state;
    static const size_t dot[3] = {1, 1, 1};
    dsc_dataset *data = made_up(60000, dot, 10, 1), *tiny = made_up(3, dot, 3, 1);
    tutorial_options options = small();
    int64_t indices[TUTORIAL_EXAMPLES];
    size_t count;
    dsc_error error;
    ASSERT_OK(tutorial_choose_examples(indices, &count, &options, data, &error), error);
    static const int64_t expected[] = {43428, 57133, 6514, 37231, 41521};
    assert_int_equal(count, 5);
    assert_memory_equal(indices, expected, sizeof expected);
    ASSERT_OK(tutorial_choose_examples(indices, &count, &options, tiny, &error), error);
    assert_int_equal(count, 3);
    assert_int_equal(tutorial_image_index(tiny), 2);
    dsc_dataset_free(data);
    dsc_dataset_free(tiny);
}

/* --- against NumPy --- */

static void compare_with_numpy(const char *folder, const tutorial_options *options, const dsc_dataset *train,
                               const dsc_dataset *test) {
    char command[2048], epochs[300], weights[300], rate[32];
    const char *out = testing_folder();
    dsc_error error;
    dsc_text text = {0};
    tutorial_result result;
    (void)snprintf(epochs, sizeof epochs, "%s/epochs.txt", out);
    (void)snprintf(weights, sizeof weights, "%s/weights", out);
    dsc_text seed = {0};
    dsc_seed_format(&seed, &options->seed);
    (void)snprintf(command, sizeof command, "%s %s %s %s %lld %lld %lld %s %lld %s %d > %s", testing_numpy(),
                   testing_golden("tutorial.py"), folder, weights, (long long)options->training_sample,
                   (long long)options->test_sample, (long long)options->epochs,
                   dsc_format_shortest(rate, options->learning_rate), (long long)options->hidden_size,
                   seed.data, options->corrected, epochs);
    dsc_text_free(&seed);
    print_message("%s\n", command);
    assert_int_equal(system(command), 0);
    ASSERT_OK(tutorial_train(&result, options, train, test, print_epoch, &text, &error), error);
    check_transcript(&text, epochs);

    unsigned char *bytes;
    size_t size, count_1 = result.pixels_per_image * result.hidden_size,
                 count_2 = result.hidden_size * result.num_labels;
    ASSERT_OK(dsc_file_read(&bytes, &size, weights, 1 << 26, &error), error);
    assert_int_equal(size, (count_1 + count_2) * sizeof(double));
    for (size_t i = 0; i < count_1 + count_2; i++) {
        double expected, found = i < count_1 ? result.weights_1[i] : result.weights_2[i - count_1];
        memcpy(&expected, bytes + i * sizeof expected, sizeof expected);
        if (!(fabs(expected - found) <= 1e-10))
            fail_msg("weight %zu: %.17g, NumPy's %.17g", i, found, expected);
    }
    free(bytes);
    dsc_text_free(&text);
    tutorial_result_clear(&result);
}

/* Random seeds, sizes and rates. */
static tutorial_options random_options(dsc_rng *rng, size_t most_training, size_t most_test, bool corrected) {
    tutorial_options options = small();
    options.training_sample = 1 + (int64_t)dsc_rng_up_to(rng, most_training - 1);
    options.test_sample = 1 + (int64_t)dsc_rng_up_to(rng, most_test - 1);
    options.epochs = 1 + (int64_t)dsc_rng_up_to(rng, 3);
    options.learning_rate = 0.0005 + 0.008 * dsc_rng_random(rng);
    options.hidden_size = 1 + (int64_t)dsc_rng_up_to(rng, 149);
    if (dsc_rng_up_to(rng, 1))
        options.seed = dsc_seed_of(dsc_rng_up_to(rng, (uint64_t)1 << 50));
    else
        for (options.seed.count = 1; options.seed.count < 9; options.seed.count++)
            options.seed.words[options.seed.count] = dsc_rng_next32(rng) | 1;
    options.corrected = corrected;
    return options;
}

static void other_seeds_sizes_and_rates_agree_with_numpy_on_made_up_data(void **state) {
    (void)state;
    if (!testing_numpy()) TEST_SKIP("needs Python with NumPy");
    static const size_t shapes[2][3] = {{1, 28, 28}, {1, 9, 13}};
    dsc_rng rng;
    dsc_rng_seed(&rng, (uint64_t)time(NULL));
    for (int i = 0; i < 4; i++) {
        const char *folder = testing_folder();
        size_t classes = i == 3 ? 17 : 10;
        dsc_dataset *train = made_up(150, shapes[i % 2], classes, dsc_rng_next64(&rng));
        dsc_dataset *test = made_up(80, shapes[i % 2], classes, dsc_rng_next64(&rng));
        write_part(folder, "train", train);
        write_part(folder, "t10k", test);
        tutorial_options options = random_options(&rng, 150, 80, i / 2 == 0);
        compare_with_numpy(folder, &options, train, test);
        dsc_dataset_free(train);
        dsc_dataset_free(test);
    }
}

static void other_seeds_sizes_and_rates_agree_with_numpy_on_mnist(void **state) {
    (void)state;
    NEED_MNIST();
    if (!testing_numpy()) TEST_SKIP("needs Python with NumPy");
    dsc_dataset *train, *test;
    dsc_rng rng;
    dsc_rng_seed(&rng, (uint64_t)time(NULL));
    open_mnist(&train, &test);
    for (int i = 0; i < 2; i++) {
        tutorial_options options = random_options(&rng, 600, 600, i == 0);
        compare_with_numpy(testing_mnist(), &options, train, test);
    }
    dsc_dataset_free(train);
    dsc_dataset_free(test);
}

/* --- errors --- */

static void steps_that_are_too_long_are_an_error_that_says_what_to_do(void **state) {
    (void)state;
    dsc_dataset *data = made_up(60, square, 10, 3);
    tutorial_options options = small();
    options.learning_rate = 10;
    options.epochs = 5;
    for (int plain = 0; plain < 2; plain++) {
        tutorial_result result;
        dsc_error error;
        options.plain = plain;
        assert_int_equal(tutorial_train(&result, &options, data, data, NULL, NULL, &error),
                         DSC_ERROR_DIVERGED);
        ASSERT_MESSAGE(error, "epoch 0");
        ASSERT_MESSAGE(error, "lower --learning-rate, which is 10.0");
        assert_int_equal(result.epochs, 0);
        tutorial_result_clear(&result);
    }
    dsc_dataset_free(data);
}

static void impossible_wishes_are_refused(void **state) {
    (void)state;
    static const size_t other[3] = {1, 5, 5};
    dsc_dataset *data = made_up(60, square, 10, 3), *strange = made_up(60, other, 10, 3);
    tutorial_options options = small();
    tutorial_result result;
    dsc_error error;
    options.training_sample = 61;
    assert_int_equal(tutorial_train(&result, &options, data, data, NULL, NULL, &error), DSC_ERROR_ARGUMENT);
    ASSERT_MESSAGE(error, "--training-sample: made up has 60 images, 61 were asked for");
    options = small();
    options.test_sample = 0;
    assert_int_equal(tutorial_train(&result, &options, data, data, NULL, NULL, &error), DSC_ERROR_ARGUMENT);
    ASSERT_MESSAGE(error, "--test-sample");
    options = small();
    assert_int_equal(tutorial_train(&result, &options, data, strange, NULL, NULL, &error),
                     DSC_ERROR_MISMATCH);
    options.hidden_size = INT64_MAX;
    assert_int_equal(tutorial_train(&result, &options, data, data, NULL, NULL, &error), DSC_ERROR_MEMORY);
    ASSERT_MESSAGE(error, "lower --hidden-size");
    tutorial_result_clear(&result);
    dsc_dataset_free(data);
    dsc_dataset_free(strange);
}

static bool stop_at_once(void *user, const tutorial_result *result) {
    (void)user;
    return result->epochs < 1;
}

static void a_callback_ends_the_training(void **state) {
    (void)state;
    dsc_dataset *data = made_up(60, square, 10, 3);
    tutorial_options options = small();
    tutorial_result result;
    dsc_error error;
    options.epochs = 5;
    assert_int_equal(tutorial_train(&result, &options, data, data, stop_at_once, NULL, &error),
                     DSC_ERROR_STOPPED);
    ASSERT_MESSAGE(error, "stopped after epoch 0 of 5");
    assert_int_equal(result.epochs, 1);
    tutorial_result_clear(&result);
    dsc_dataset_free(data);
}

static void every_failed_allocation_is_survived(void **state) {
    (void)state;
    dsc_dataset *data = made_up(60, square, 10, 3);
    tutorial_options options = small();
    options.epochs = 1;
    for (int plain = 0; plain < 2; plain++) {
        options.plain = plain;
        for (long n = 0;; n++) {
            tutorial_result result;
            dsc_error error;
            testing_fail_allocation(n);
            dsc_status status = tutorial_train(&result, &options, data, data, NULL, NULL, &error);
            bool failed = testing_allocation_failed();
            assert_int_equal(status, failed ? DSC_ERROR_MEMORY : DSC_OK);
            tutorial_result_clear(&result);
            if (!failed) break;
            assert_true(n < 100);
        }
    }
    dsc_text text = {0};
    dsc_error error;
    testing_fail_allocation(0);
    assert_int_equal(tutorial_print_preprocessing(&text, data, &error), DSC_ERROR_MEMORY);
    (void)testing_allocation_failed();
    dsc_text_free(&text);
    dsc_dataset_free(data);
}

static void the_parameter_table_has_the_tutorials_values(void **state) {
    (void)state;
    tutorial_options from_table, expected;
    dsc_error error;
    memset(&from_table, 0, sizeof from_table);
    memset(&expected, 0, sizeof expected);
    ASSERT_OK(dsc_params_initialise(tutorial_parameters, &from_table, &error), error);
    tutorial_options_initialise(&expected);
    assert_int_equal(from_table.training_sample, expected.training_sample);
    assert_int_equal(from_table.test_sample, expected.test_sample);
    assert_int_equal(from_table.epochs, expected.epochs);
    assert_true(from_table.learning_rate == expected.learning_rate);
    assert_int_equal(from_table.hidden_size, expected.hidden_size);
    assert_memory_equal(&from_table.seed, &expected.seed, sizeof expected.seed);
    assert_memory_equal(&from_table.sample_seed, &expected.sample_seed, sizeof expected.sample_seed);
    assert_int_equal(from_table.corrected, expected.corrected);
    assert_int_equal(from_table.plain, expected.plain);
}

static void the_slips_are_named_or_said_to_be_corrected(void **state) {
    (void)state;
    tutorial_options options = small();
    dsc_text text = {0};
    tutorial_print_slips(&text, &options);
    assert_non_null(strstr(text.data, "relu2deriv"));
    assert_non_null(strstr(text.data, "by 2 on the way forward and by 1 on the way back"));
    assert_non_null(strstr(text.data, "--corrected"));
    dsc_text_free(&text);
    options.corrected = true;
    tutorial_print_slips(&text, &options);
    assert_null(strstr(text.data, "relu2deriv"));
    dsc_text_free(&text);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_epochs_are_the_tutorials_byte_for_byte),
        cmocka_unit_test(the_corrected_epochs_are_numpys_byte_for_byte),
        cmocka_unit_test(what_is_printed_before_training_is_the_tutorials),
        cmocka_unit_test(the_five_random_images_are_the_tutorials),
        cmocka_unit_test(other_seeds_sizes_and_rates_agree_with_numpy_on_made_up_data),
        cmocka_unit_test(other_seeds_sizes_and_rates_agree_with_numpy_on_mnist),
        cmocka_unit_test(steps_that_are_too_long_are_an_error_that_says_what_to_do),
        cmocka_unit_test(impossible_wishes_are_refused),
        cmocka_unit_test(a_callback_ends_the_training),
        cmocka_unit_test(every_failed_allocation_is_survived),
        cmocka_unit_test(the_parameter_table_has_the_tutorials_values),
        cmocka_unit_test(the_slips_are_named_or_said_to_be_corrected),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
