/* SPDX-License-Identifier: MIT */
#include "testing.h"

#include "data/split.h"

enum { COUNT = 1000, CLASSES = 3 };

static dsc_dataset *make(void) {
    static uint8_t images[COUNT * 2], labels[COUNT];
    for (size_t i = 0; i < COUNT; i++) {
        images[2 * i] = (uint8_t)i;
        images[2 * i + 1] = (uint8_t)(i >> 8);
        labels[i] = i % 10 == 0 ? 2 : i % 3 == 0; /* 100 of class 2, 300 of class 1, 600 of class 0 */
    }
    dsc_error error;
    dsc_dataset *data;
    ASSERT_OK(
        testing_dataset(&data, images, labels, COUNT, (size_t[]){1, 1, 2}, CLASSES, NULL, "numbers", &error),
        error);
    return data;
}

static size_t number_of(const dsc_dataset *data, size_t i) {
    const uint8_t *image = dsc_dataset_image(data, i);
    return image[0] + 256u * image[1];
}

static void a_split_parts_each_class_by_its_share(void **state) {
    (void)state;
    dsc_error error;
    dsc_dataset *data = make(), *rest, *held;
    ASSERT_OK(dsc_dataset_split(&rest, &held, data, 0.2, 5, &error), error);
    size_t counts[CLASSES] = {0}, all[CLASSES] = {0};
    bool seen[COUNT] = {false};
    for (size_t i = 0; i < COUNT; i++) all[dsc_dataset_label(data, i)]++;
    for (size_t i = 0; i < dsc_dataset_count(held); i++) {
        counts[dsc_dataset_label(held, i)]++;
        seen[number_of(held, i)] = true;
    }
    for (size_t k = 0; k < CLASSES; k++) assert_int_equal(counts[k], all[k] / 5);
    for (size_t i = 0; i < dsc_dataset_count(rest); i++) {
        assert_false(seen[number_of(rest, i)]);
        seen[number_of(rest, i)] = true;
    }
    for (size_t i = 0; i < COUNT; i++) assert_true(seen[i]);
    dsc_dataset_free(data); /* the parts stay valid */
    assert_true(number_of(rest, 0) < COUNT);
    dsc_dataset_free(rest);
    dsc_dataset_free(held);
}

static void the_seed_decides_the_split(void **state) {
    (void)state;
    dsc_error error;
    dsc_dataset *data = make(), *rest[3], *held[3];
    for (size_t i = 0; i < 3; i++)
        ASSERT_OK(dsc_dataset_split(&rest[i], &held[i], data, 0.1, i < 2 ? 1 : 2, &error), error);
    bool same = true, other = true;
    for (size_t i = 0; i < dsc_dataset_count(held[0]); i++) {
        same = same && number_of(held[0], i) == number_of(held[1], i);
        other = other && number_of(held[0], i) == number_of(held[2], i);
    }
    assert_true(same);
    assert_false(other);
    for (size_t i = 0; i < 3; i++) {
        dsc_dataset_free(rest[i]);
        dsc_dataset_free(held[i]);
    }
    dsc_dataset_free(data);
}

static void an_empty_part_is_an_error(void **state) {
    (void)state;
    dsc_error error;
    dsc_dataset *data = make(), *few, *rest, *held;
    ASSERT_OK(dsc_dataset_first(&few, data, 2, &error), error);
    assert_int_equal(dsc_dataset_split(&rest, &held, few, 0.1, 1, &error), DSC_ERROR_ARGUMENT);
    ASSERT_MESSAGE(error, "nothing would be left to hold out");
    assert_null(rest);
    assert_null(held);
    dsc_dataset_free(few);
    dsc_dataset_free(data);
}

static void every_failed_allocation_is_survived(void **state) {
    (void)state;
    dsc_dataset *data = make();
    for (long n = 0;; n++) {
        dsc_dataset *rest, *held;
        dsc_error error;
        testing_fail_allocation(n);
        dsc_status status = dsc_dataset_split(&rest, &held, data, 0.3, 1, &error);
        bool failed = testing_allocation_failed();
        assert_int_equal(status, failed ? DSC_ERROR_MEMORY : DSC_OK);
        dsc_dataset_free(rest);
        dsc_dataset_free(held);
        if (!failed) break;
    }
    dsc_dataset_free(data);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_split_parts_each_class_by_its_share),
        cmocka_unit_test(the_seed_decides_the_split),
        cmocka_unit_test(an_empty_part_is_an_error),
        cmocka_unit_test(every_failed_allocation_is_survived),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
