/* SPDX-License-Identifier: MIT */
/* The built-in digits as training data: the tutorial's network, trained on 60,000 of them for five epochs,
 * reads MNIST, of which it has seen nothing. docs/digits.md has the figures. */
#include "made_up.h"

/* The share of MNIST's test images that is read correctly. */
static double read_mnist(bool corrected) {
    dsc_dataset *digits, *train, *test;
    tutorial_options options;
    tutorial_result result;
    dsc_error error;
    open_mnist(&train, &test);
    ASSERT_OK(dsc_digits_create(&digits, 60000, 1, 0, &error), error);
    tutorial_options_initialise(&options);
    options.training_sample = 60000;
    options.test_sample = 10000;
    options.epochs = 5;
    options.corrected = corrected;
    ASSERT_OK(tutorial_train(&result, &options, digits, test, NULL, NULL, &error), error);
    double accuracy = (double)result.store_test_accurate_pred[4] / 10000;
    print_message("trained on built-in digits%s, MNIST's test images are read with %.2f percent\n",
                  corrected ? ", the gradient corrected" : "", 100 * accuracy);
    tutorial_result_clear(&result);
    dsc_dataset_free(digits);
    dsc_dataset_free(train);
    dsc_dataset_free(test);
    return accuracy;
}

static void a_network_trained_on_the_built_in_digits_reads_mnist(void **state) {
    (void)state;
    NEED_MNIST();
    assert_true(read_mnist(true) >= 0.85);
}

static void it_reads_mnist_with_the_tutorials_slips_too(void **state) {
    (void)state;
    NEED_MNIST();
    assert_true(read_mnist(false) >= 0.85);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_network_trained_on_the_built_in_digits_reads_mnist),
        cmocka_unit_test(it_reads_mnist_with_the_tutorials_slips_too),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
