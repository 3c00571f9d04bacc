/* SPDX-License-Identifier: MIT */
/* Labels that name the writer of each image, as QMNIST's do. */
#include "making.h"

#include "data/check.h"
#include "data/dataset.h"
#include "data/folder.h"
#include "data/writers.h"

/* Eight numbers for each image: class i % 10, series `series`, writer first + i / 5. */
static const char *make_extended(const char *folder, const char *name, size_t count, int32_t series,
                                 int32_t first) {
    const char *path = make_path(folder, name);
    const size_t shape[2] = {count, DSC_WRITERS_COLUMNS};
    dsc_array array;
    dsc_error error;
    ASSERT_OK(dsc_array_create(&array, DSC_I32, 2, shape, &error), error);
    for (size_t i = 0; i < count; i++) {
        int32_t *row = (int32_t *)array.data + i * DSC_WRITERS_COLUMNS;
        memset(row, 0, DSC_WRITERS_COLUMNS * sizeof *row);
        row[0] = (int32_t)(i % 10);
        row[1] = i % 2 ? series : 0;
        row[2] = first + (int32_t)(i / 5);
    }
    ASSERT_OK(dsc_idx_write(path, &array, &error), error);
    dsc_array_clear(&array);
    return path;
}

static const char *make_qmnist(void) {
    const char *folder = testing_folder();
    (void)make_images(folder, "qmnist-train-images-idx3-ubyte.gz", 30, 4, 5);
    (void)make_images(folder, "qmnist-test-images-idx3-ubyte.gz", 20, 4, 5);
    (void)make_extended(folder, "qmnist-train-labels-idx2-int.gz", 30, 1, 100);
    (void)make_extended(folder, "qmnist-test-labels-idx2-int.gz", 20, 4, 2100);
    return folder;
}

static void labels_and_writers_are_read(void **state) {
    (void)state;
    const char *folder = make_qmnist();
    dsc_dataset *train, *test, *view;
    dsc_error error;
    ASSERT_OK(dsc_mnist_open(&train, &test, folder, &error), error);
    assert_int_equal(dsc_dataset_count(test), 20);
    assert_int_equal(dsc_dataset_label(test, 13), 3);
    assert_true(dsc_dataset_has_groups(train) && dsc_dataset_has_groups(test));
    assert_int_equal(dsc_dataset_group(train, 29), 105);
    assert_int_equal(dsc_dataset_group(test, 13), 2102);
    assert_int_equal(test->storage->series[13], 4);
    assert_int_equal(test->storage->series[12], 0);
    const uint32_t chosen[] = {13, 2};
    ASSERT_OK(dsc_dataset_view(&view, test, chosen, 2, NULL, &error), error);
    dsc_dataset_free(test);
    dsc_dataset_free(train);
    assert_int_equal(dsc_dataset_group(view, 0), 2102);
    assert_int_equal(view->storage->series[dsc_dataset_place(view, 0)], 4);
    dsc_dataset_free(view);
}

static void the_check_finds_nothing_wrong_with_them(void **state) {
    (void)state;
    dsc_check_counts counts;
    dsc_error error;
    ASSERT_OK(dsc_data_check(&counts, make_qmnist(), NULL, NULL, &error), error);
    assert_int_equal(counts.errors, 0);
}

static void numbers_out_of_range_are_refused(void **state) {
    (void)state;
    static const struct {
        size_t at;
        int32_t value;
        const char *part;
    } wrong[] = {{0, -1, "the class of image 0 is -1"},
                 {8, 256, "the class of image 1 is 256"},
                 {9, 9, "the series of image 1 is 9, expected 0 to 8"},
                 {10, -5, "the writer of image 1 is -5"}};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        const size_t shape[2] = {3, DSC_WRITERS_COLUMNS};
        dsc_content content = {.size = 7};
        dsc_error error;
        ASSERT_OK(dsc_array_create(&content.array, DSC_I32, 2, shape, &error), error);
        memset(content.array.data, 0, 3 * DSC_WRITERS_COLUMNS * sizeof(int32_t));
        ((int32_t *)content.array.data)[wrong[i].at] = wrong[i].value;
        assert_int_equal(dsc_writers_take(&content, "qmnist", &error), DSC_ERROR_FORMAT);
        ASSERT_MESSAGE(error, wrong[i].part);
        assert_null(content.groups);
        dsc_content_clear(&content);
    }
}

static void other_labels_are_left_alone(void **state) {
    (void)state;
    static const struct {
        dsc_type type;
        size_t rank, columns;
    } others[] = {{DSC_U8, 1, 0}, {DSC_I32, 2, 7}, {DSC_U8, 2, 8}, {DSC_I32, 1, 0}};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        const size_t shape[2] = {4, others[i].columns};
        dsc_content content = {0};
        dsc_error error;
        ASSERT_OK(dsc_array_create(&content.array, others[i].type, others[i].rank, shape, &error), error);
        const void *data = content.array.data;
        ASSERT_OK(dsc_writers_take(&content, "place", &error), error);
        assert_ptr_equal(content.array.data, data);
        assert_null(content.groups);
        dsc_content_clear(&content);
    }
}

static void a_population_has_one_name(void **state) {
    (void)state;
    assert_string_equal(dsc_series_population(0), dsc_series_population(3));
    assert_string_equal(dsc_series_population(4), "high-school students");
    for (unsigned k = 0; k < 300; k++) assert_true(*dsc_series_population(k));
}

static void failing_allocations_are_survived(void **state) {
    (void)state;
    const char *folder = make_qmnist();
    for (long n = 0;; n++) {
        dsc_dataset *train, *test;
        dsc_error error;
        testing_fail_allocation(n);
        dsc_status status = dsc_mnist_open(&train, &test, folder, &error);
        const bool failed = testing_allocation_failed();
        dsc_dataset_free(train);
        dsc_dataset_free(test);
        if (!failed) {
            ASSERT_OK(status, error);
            break;
        }
        if (status) assert_int_equal(status, DSC_ERROR_MEMORY);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(labels_and_writers_are_read),
        cmocka_unit_test(the_check_finds_nothing_wrong_with_them),
        cmocka_unit_test(numbers_out_of_range_are_refused),
        cmocka_unit_test(other_labels_are_left_alone),
        cmocka_unit_test(a_population_has_one_name),
        cmocka_unit_test(failing_allocations_are_survived),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
