/* SPDX-License-Identifier: MIT */
#include "testing.h"

#include "data/dataset.h"
#include "data/mnist.h"

static void real_mnist_is_what_the_tutorial_says_it_is(void **state) {
    (void)state;
    const char *folder = testing_mnist();
    if (!folder) TEST_SKIP("needs MNIST in $DESCENDER_DATA");
    dsc_error error;
    dsc_dataset *train, *test;
    ASSERT_OK(dsc_mnist_open(&train, &test, folder, &error), error);
    size_t shape[3];
    dsc_dataset_shape(train, shape);
    assert_int_equal(dsc_dataset_count(train), 60000);
    assert_int_equal(dsc_dataset_count(test), 10000);
    assert_int_equal(shape[0], 1);
    assert_int_equal(shape[1], 28);
    assert_int_equal(shape[2], 28);
    assert_int_equal(dsc_dataset_classes(train), 10);
    assert_string_equal(dsc_dataset_class_name(train, 7), "7");
    assert_int_equal(dsc_dataset_labels(train)[59999], 8);
    static const size_t expected[10] = {5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949};
    size_t counts[10] = {0};
    for (size_t i = 0; i < 60000; i++) counts[dsc_dataset_labels(train)[i]]++;
    assert_memory_equal(counts, expected, sizeof counts);
    assert_string_equal(dsc_dataset_name(train), "MNIST, training set");
    assert_string_equal(dsc_dataset_name(test), "MNIST, test set");
    dsc_dataset_free(train);
    dsc_dataset_free(test);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(real_mnist_is_what_the_tutorial_says_it_is),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
