/* SPDX-License-Identifier: MIT */
/* The first step of the tutorial: four files become two datasets, the same as from the library's own call. */
#include "made_up.h"

#include "base/file.h"
#include "data/known.h"

#include <unistd.h>

static const char *const roles[] = {"training_images", "test_images", "training_labels", "test_labels"};

static void the_four_names_are_the_tutorials_and_the_mirrors(void **state) {
    (void)state;
    for (size_t i = 0; i < TUTORIAL_FILES; i++) {
        assert_string_equal(tutorial_data_sources[i].what, roles[i]);
        assert_string_equal(tutorial_data_sources[i].name,
                            dsc_known_data_mnist.files[tutorial_data_sources[i].which].name);
    }
}

static void check_same(const dsc_dataset *a, const dsc_dataset *b) {
    size_t shape[3], other[3];
    dsc_dataset_shape(a, shape);
    dsc_dataset_shape(b, other);
    assert_memory_equal(shape, other, sizeof shape);
    assert_int_equal(dsc_dataset_count(a), dsc_dataset_count(b));
    assert_int_equal(dsc_dataset_classes(a), dsc_dataset_classes(b));
    size_t bytes = dsc_dataset_count(a) * shape[0] * shape[1] * shape[2];
    assert_memory_equal(dsc_dataset_images(a), dsc_dataset_images(b), bytes);
    assert_memory_equal(dsc_dataset_labels(a), dsc_dataset_labels(b), dsc_dataset_count(a));
}

static void mnist_is_read_as_the_library_reads_it(void **state) {
    NEED_MNIST();
    (void)state;
    dsc_dataset *train, *test, *own_train, *own_test;
    dsc_error error;
    open_mnist(&train, &test);
    ASSERT_OK(tutorial_read_files(&own_train, &own_test, testing_mnist(), &error), error);
    check_same(own_train, train);
    check_same(own_test, test);
    dsc_dataset_free(train);
    dsc_dataset_free(test);
    dsc_dataset_free(own_train);
    dsc_dataset_free(own_test);
}

/* --- small files of the same names --- */

static char *part_path(const char *folder, const char *name) {
    char plain[64];
    (void)snprintf(plain, sizeof plain, "%.*s", (int)(strlen(name) - strlen(".gz")), name);
    return dsc_path_join(folder, plain);
}

static void write_part(const char *folder, int which, const dsc_array *array) {
    dsc_error error;
    char *path = part_path(folder, dsc_known_data_mnist.files[which].name);
    ASSERT_OK(dsc_idx_write(path, array, &error), error);
    free(path);
}

/* Two images of 2 x 3 to train on, one to test on. */
static void write_small(const char *folder) {
    uint8_t images[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}, labels[] = {9, 4};
    write_part(folder, DSC_TRAIN_IMAGES, &(dsc_array){DSC_U8, 3, {2, 2, 3}, images});
    write_part(folder, DSC_TRAIN_LABELS, &(dsc_array){DSC_U8, 1, {2}, labels});
    write_part(folder, DSC_TEST_IMAGES, &(dsc_array){DSC_U8, 3, {1, 2, 3}, images + 6});
    write_part(folder, DSC_TEST_LABELS, &(dsc_array){DSC_U8, 1, {1}, labels + 1});
}

static void images_go_with_their_own_labels(void **state) {
    (void)state;
    const char *folder = testing_folder();
    dsc_dataset *train, *test;
    dsc_error error;
    write_small(folder);
    ASSERT_OK(tutorial_read_files(&train, &test, folder, &error), error);
    assert_int_equal(dsc_dataset_count(train), 2);
    assert_int_equal(dsc_dataset_labels(train)[0], 9);
    assert_int_equal(dsc_dataset_images(train)[6], 7);
    assert_int_equal(dsc_dataset_count(test), 1);
    assert_int_equal(dsc_dataset_labels(test)[0], 4);
    assert_int_equal(dsc_dataset_images(test)[0], 7);
    dsc_dataset_free(train);
    dsc_dataset_free(test);
}

static void a_file_that_is_not_there_is_named(void **state) {
    (void)state;
    const char *folder = testing_folder();
    dsc_error error;
    for (size_t i = 0; i < TUTORIAL_FILES; i++) {
        dsc_dataset *train, *test;
        const char *name = tutorial_data_sources[i].name;
        write_small(folder);
        char *path = part_path(folder, name);
        assert_int_equal(unlink(path), 0);
        free(path);
        assert_int_equal(tutorial_read_files(&train, &test, folder, &error), DSC_ERROR_IO);
        assert_non_null(strstr(error.message, name));
        assert_null(train);
        assert_null(test);
    }
}

static void what_does_not_belong_together_is_refused(void **state) {
    (void)state;
    const char *folder = testing_folder();
    dsc_dataset *train, *test;
    dsc_error error;
    uint8_t labels[] = {1, 2, 3};
    write_small(folder);
    write_part(folder, DSC_TEST_LABELS, &(dsc_array){DSC_U8, 1, {3}, labels});
    assert_int_equal(tutorial_read_files(&train, &test, folder, &error), DSC_ERROR_FORMAT);
    assert_null(train);
    assert_null(test);
}

static void short_memory_is_told_and_leaves_nothing_behind(void **state) {
    (void)state;
    const char *folder = testing_folder();
    dsc_dataset *train, *test;
    dsc_error error;
    dsc_status status;
    long n = 0;
    write_small(folder);
    for (bool failed = true; failed; n++) {
        testing_fail_allocation(n);
        status = tutorial_read_files(&train, &test, folder, &error);
        failed = testing_allocation_failed();
        if (!failed) break;
        assert_int_equal(status, DSC_ERROR_MEMORY);
        assert_null(train);
        assert_null(test);
    }
    assert_true(n > 4);
    ASSERT_OK(status, error);
    dsc_dataset_free(train);
    dsc_dataset_free(test);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_four_names_are_the_tutorials_and_the_mirrors),
        cmocka_unit_test(mnist_is_read_as_the_library_reads_it),
        cmocka_unit_test(images_go_with_their_own_labels),
        cmocka_unit_test(a_file_that_is_not_there_is_named),
        cmocka_unit_test(what_does_not_belong_together_is_refused),
        cmocka_unit_test(short_memory_is_told_and_leaves_nothing_behind),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
