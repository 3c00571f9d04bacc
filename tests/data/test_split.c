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

/* 125 groups of 8 images of several classes, whose images do not stand side by side. */
static size_t group_of(size_t number) { return number % (COUNT / 8); }

static dsc_dataset *make_groups(void) {
    dsc_dataset *data = make();
    uint64_t *groups = malloc(COUNT * sizeof *groups);
    assert_non_null(groups);
    for (size_t i = 0; i < COUNT; i++) groups[i] = group_of(i);
    dsc_dataset_take_groups(data, groups);
    return data;
}

static void groups_stay_together_in_a_split(void **state) {
    (void)state;
    dsc_error error;
    dsc_dataset *data = make_groups(), *rest, *held;
    ASSERT_OK(dsc_dataset_split(&rest, &held, data, 0.2, 5, &error), error);
    bool is_held[COUNT / 8] = {false};
    size_t counts[CLASSES] = {0};
    assert_int_equal(dsc_dataset_count(rest) + dsc_dataset_count(held), COUNT);
    for (size_t i = 0; i < dsc_dataset_count(held); i++) {
        is_held[group_of(number_of(held, i))] = true;
        counts[dsc_dataset_label(held, i)]++;
    }
    for (size_t i = 0; i < dsc_dataset_count(rest); i++) assert_false(is_held[group_of(number_of(rest, i))]);
    const size_t share[CLASSES] = {120, 60, 20};
    for (size_t k = 0; k < CLASSES; k++) assert_in_range(counts[k], share[k] - 8, share[k] + 8);
    dsc_dataset_free(data);
    dsc_dataset_free(rest);
    dsc_dataset_free(held);
}

static void one_of_few_large_groups_is_held_out(void **state) {
    (void)state;
    dsc_error error;
    dsc_dataset *data = make(), *rest, *held;
    for (size_t groups = 1; groups < 4; groups++) {
        uint64_t *of = malloc(COUNT * sizeof *of);
        assert_non_null(of);
        for (size_t i = 0; i < COUNT; i++) of[i] = i * groups / COUNT;
        dsc_dataset_take_groups(data, of);
        const dsc_status status = dsc_dataset_split(&rest, &held, data, 0.1, 5, &error);
        assert_int_equal(status, groups > 1 ? DSC_OK : DSC_ERROR_ARGUMENT);
        if (!status) assert_in_range(dsc_dataset_count(held), COUNT / groups - 1, COUNT / groups + 1);
        dsc_dataset_free(rest);
        dsc_dataset_free(held);
    }
    dsc_dataset_free(data);
}

static void the_groups_of_joined_data_stay(void **state) {
    (void)state;
    dsc_error error;
    dsc_dataset *grouped = make_groups(), *plain = make(), *joined;
    const dsc_dataset *const parts[2] = {plain, grouped};
    ASSERT_OK(dsc_dataset_join(&joined, parts, 2, NULL, &error), error);
    assert_true(dsc_dataset_has_groups(joined));
    for (size_t i = 0; i < COUNT; i++) {
        assert_int_equal(dsc_dataset_group(joined, COUNT + i), group_of(i));
        if (i) assert_int_not_equal(dsc_dataset_group(joined, i), dsc_dataset_group(joined, i - 1));
    }
    dsc_dataset_free(joined);
    ASSERT_OK(dsc_dataset_join(&joined, (const dsc_dataset *const[2]){plain, plain}, 2, NULL, &error), error);
    assert_false(dsc_dataset_has_groups(joined));
    dsc_dataset_free(joined);
    dsc_dataset_free(grouped);
    dsc_dataset_free(plain);
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
    ASSERT_MESSAGE(error, "no images would be left to hold out");
    assert_null(rest);
    assert_null(held);
    dsc_dataset_free(few);
    dsc_dataset_free(data);
}

static void every_failed_allocation_is_survived(void **state) {
    (void)state;
    dsc_dataset *data[2] = {make(), make_groups()};
    for (long n = 0, round = 0; round < 2; n++) {
        dsc_dataset *rest, *held, *joined;
        dsc_error error;
        testing_fail_allocation(n);
        dsc_status status = dsc_dataset_split(&rest, &held, data[round], 0.3, 1, &error);
        if (!status) status = dsc_dataset_join(&joined, (const dsc_dataset *const *)data, 2, NULL, &error);
        bool failed = testing_allocation_failed();
        assert_int_equal(status, failed ? DSC_ERROR_MEMORY : DSC_OK);
        dsc_dataset_free(rest);
        dsc_dataset_free(held);
        if (!status) dsc_dataset_free(joined);
        if (failed) continue;
        n = -1;
        round++;
    }
    dsc_dataset_free(data[0]);
    dsc_dataset_free(data[1]);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_split_parts_each_class_by_its_share),
        cmocka_unit_test(groups_stay_together_in_a_split),
        cmocka_unit_test(one_of_few_large_groups_is_held_out),
        cmocka_unit_test(the_groups_of_joined_data_stay),
        cmocka_unit_test(the_seed_decides_the_split),
        cmocka_unit_test(an_empty_part_is_an_error),
        cmocka_unit_test(every_failed_allocation_is_survived),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
