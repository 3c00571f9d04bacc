/* SPDX-License-Identifier: MIT */
#include "testing.h"

#include "data/duplicates.h"

static const uint8_t first[] = {1, 2, 3, 4, 1, 2, 5, 6, 1, 2}, first_labels[] = {0, 1, 1, 2, 0};
static const uint8_t second[] = {9, 9, 5, 6, 1, 2, 1, 3}, second_labels[] = {0, 2, 1, 0};
static const dsc_image_list a = {first, NULL, 5, 2}, b = {second, NULL, 4, 2};

static void repeats_within_a_set_are_counted(void **state) {
    (void)state;
    dsc_duplicates found;
    dsc_error error;
    ASSERT_OK(dsc_duplicates_find(&found, &a, first_labels, NULL, NULL, &error), error);
    assert_int_equal(found.images, 2);
    assert_int_equal(
        found.labels_differ,
        1); /* image 2 equals image 0 with another label; image 4 equals it with the same label */
    assert_int_equal(found.first, 0);
    assert_int_equal(found.second, 2);
}

static void images_in_both_sets_are_counted(void **state) {
    (void)state;
    dsc_duplicates found;
    dsc_error error;
    ASSERT_OK(dsc_duplicates_find(&found, &a, first_labels, &b, second_labels, &error), error);
    assert_int_equal(found.images, 2);
    assert_int_equal(found.labels_differ, 1);
    assert_int_equal(found.first, 3);
    assert_int_equal(found.second, 1);
}

static void images_of_other_sizes_are_never_the_same(void **state) {
    (void)state;
    dsc_duplicates found;
    dsc_error error;
    const dsc_image_list c = {first, NULL, 10, 1};
    ASSERT_OK(dsc_duplicates_find(&found, &a, NULL, &c, NULL, &error), error);
    assert_int_equal(found.images, 0);
}

static void views_are_looked_through(void **state) {
    (void)state;
    dsc_dataset *data, *view;
    dsc_duplicates found;
    dsc_error error;
    ASSERT_OK(testing_dataset(&data, first, first_labels, 5, (size_t[3]){1, 1, 2}, 3, NULL, "a", &error),
              error);
    ASSERT_OK(dsc_dataset_view(&view, data, (const uint32_t[]){3, 1, 3}, 3, NULL, &error), error);
    dsc_image_list list = dsc_image_list_of(view);
    ASSERT_OK(dsc_duplicates_find(&found, &list, NULL, NULL, NULL, &error), error);
    assert_int_equal(found.images, 1);
    assert_int_equal(found.second, 2);
    dsc_dataset_free(view);
    dsc_dataset_free(data);
}

static void duplicates_survive_every_failed_allocation(void **state) {
    (void)state;
    for (long n = 0;; n++) {
        dsc_duplicates found;
        testing_fail_allocation(n);
        dsc_status status = dsc_duplicates_find(&found, &a, NULL, &b, NULL, NULL);
        if (!testing_allocation_failed()) break;
        assert_int_equal(status, DSC_ERROR_MEMORY);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(repeats_within_a_set_are_counted),
        cmocka_unit_test(images_in_both_sets_are_counted),
        cmocka_unit_test(images_of_other_sizes_are_never_the_same),
        cmocka_unit_test(views_are_looked_through),
        cmocka_unit_test(duplicates_survive_every_failed_allocation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
