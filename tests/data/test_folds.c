/* SPDX-License-Identifier: MIT */
/* Tests folds and growing samples by counting. */
#include "testing.h"

#include "base/random.h"
#include "data/folds.h"

/* Samples of 3 classes in mixed order: 60, 30 and 13. */
enum { COUNT = 103, CLASSES = 3 };

static dsc_dataset *make(void) {
    dsc_error error;
    dsc_dataset *data;
    uint8_t images[COUNT] = {0}, labels[COUNT];
    int64_t order[COUNT];
    dsc_rng rng;
    dsc_rng_seed(&rng, 1);
    dsc_rng_permutation(&rng, order, COUNT);
    for (size_t i = 0; i < COUNT; i++) labels[order[i]] = i < 60 ? 0 : i < 90 ? 1 : 2;
    ASSERT_OK(testing_dataset(&data, images, labels, COUNT, (const size_t[]){1, 1, 1}, CLASSES, NULL, "made",
                              &error),
              error);
    return data;
}

static void folds_are_as_alike_as_they_can_be(void **state) {
    (void)state;
    dsc_error error;
    dsc_dataset *data = make();
    for (size_t folds = 2; folds <= 10; folds++) {
        uint16_t fold[COUNT];
        size_t counts[10][CLASSES] = {{0}}, all[10] = {0}, least = COUNT, most = 0;
        ASSERT_OK(dsc_dataset_folds(fold, data, folds, 7, &error), error);
        for (size_t i = 0; i < COUNT; i++) {
            assert_true(fold[i] < folds);
            counts[fold[i]][dsc_dataset_label(data, i)]++;
            all[fold[i]]++;
        }
        for (size_t k = 0; k < CLASSES; k++) {
            size_t low = COUNT, high = 0;
            for (size_t f = 0; f < folds; f++) {
                if (counts[f][k] < low) low = counts[f][k];
                if (counts[f][k] > high) high = counts[f][k];
            }
            assert_true(high - low <= 1);
        }
        for (size_t f = 0; f < folds; f++) {
            if (all[f] < least) least = all[f];
            if (all[f] > most) most = all[f];
        }
        assert_true(most - least <= 1);
    }
    dsc_dataset_free(data);
}

static void the_seed_decides(void **state) {
    (void)state;
    dsc_error error;
    dsc_dataset *data = make();
    uint16_t one[COUNT], again[COUNT], other[COUNT];
    ASSERT_OK(dsc_dataset_folds(one, data, 5, 7, &error), error);
    ASSERT_OK(dsc_dataset_folds(again, data, 5, 7, &error), error);
    ASSERT_OK(dsc_dataset_folds(other, data, 5, 8, &error), error);
    assert_memory_equal(one, again, sizeof one);
    assert_true(memcmp(one, other, sizeof one) != 0);
    dsc_dataset_free(data);
}

/* Also for a view in another order, whose groups are those of its samples. */
static void a_group_is_in_one_fold(void **state) {
    (void)state;
    dsc_error error;
    enum { GROUPS = 17, FOLDS = 4 };
    dsc_dataset *data = make(), *view;
    uint64_t *groups = malloc(COUNT * sizeof *groups);
    uint32_t backwards[COUNT];
    uint16_t fold[COUNT];
    assert_non_null(groups);
    for (size_t i = 0; i < COUNT; i++) {
        groups[i] = 1000 + i * i % GROUPS;
        backwards[i] = (uint32_t)(COUNT - 1 - i);
    }
    assert_false(dsc_dataset_has_groups(data));
    dsc_dataset_take_groups(data, groups);
    ASSERT_OK(dsc_dataset_view(&view, data, backwards, COUNT, NULL, &error), error);
    ASSERT_OK(dsc_dataset_folds(fold, view, FOLDS, 3, &error), error);
    size_t all[FOLDS] = {0};
    for (size_t i = 0; i < COUNT; i++) {
        all[fold[i]]++;
        for (size_t k = 0; k < i; k++)
            if (dsc_dataset_group(view, i) == dsc_dataset_group(view, k)) assert_int_equal(fold[i], fold[k]);
    }
    for (size_t f = 0; f < FOLDS; f++) assert_in_range(all[f], 12, 40);
    /* i * i takes 9 values modulo 17. */
    assert_int_equal(dsc_dataset_folds(fold, view, 10, 3, &error), DSC_ERROR_ARGUMENT);
    ASSERT_MESSAGE(error, "there are 9");
    dsc_dataset_free(view);
    dsc_dataset_free(data);
}

static void too_few_or_too_many_folds_are_refused(void **state) {
    (void)state;
    dsc_error error;
    uint16_t fold[COUNT];
    dsc_dataset *data = make();
    assert_int_equal(dsc_dataset_folds(fold, data, 1, 1, &error), DSC_ERROR_ARGUMENT);
    assert_int_equal(dsc_dataset_folds(fold, data, COUNT + 1, 1, &error), DSC_ERROR_ARGUMENT);
    ASSERT_MESSAGE(error, "expected 2 to 103 folds");
    dsc_dataset_free(data);
}

static void every_beginning_of_the_order_holds_each_class_in_its_share(void **state) {
    (void)state;
    dsc_error error;
    dsc_dataset *data = make();
    uint32_t order[COUNT], other[COUNT];
    static const double shares[CLASSES] = {60.0 / COUNT, 30.0 / COUNT, 13.0 / COUNT};
    ASSERT_OK(dsc_dataset_balanced_order(order, data, 5, 0, &error), error);
    double counts[CLASSES] = {0};
    bool seen[COUNT] = {false};
    for (size_t n = 0; n < COUNT; n++) {
        assert_false(seen[order[n]]);
        seen[order[n]] = true;
        counts[dsc_dataset_label(data, order[n])]++;
        for (size_t k = 0; k < CLASSES; k++) {
            const double off = counts[k] - shares[k] * (double)(n + 1);
            if (!(off > -1.51 && off < 1.51)) fail_msg("of %zu, class %zu is off by %g", n + 1, k, off);
        }
    }
    ASSERT_OK(dsc_dataset_balanced_order(other, data, 5, 1, &error), error);
    assert_true(memcmp(order, other, sizeof order) != 0);
    dsc_dataset_free(data);
}

static void every_failed_allocation_is_an_error(void **state) {
    (void)state;
    dsc_dataset *data = make();
    uint64_t *groups = malloc(COUNT * sizeof *groups);
    uint16_t fold[COUNT];
    uint32_t order[COUNT];
    dsc_error error;
    assert_non_null(groups);
    for (size_t i = 0; i < COUNT; i++) groups[i] = i / 5;
    for (int what = 0; what < 3; what++) {
        if (what == 2) dsc_dataset_take_groups(data, groups);
        for (long n = 0;; n++) {
            testing_fail_allocation(n);
            dsc_status status = what == 1 ? dsc_dataset_balanced_order(order, data, 1, 0, &error)
                                          : dsc_dataset_folds(fold, data, 3, 1, &error);
            if (!testing_allocation_failed()) {
                ASSERT_OK(status, error);
                break;
            }
            assert_int_equal(status, DSC_ERROR_MEMORY);
        }
    }
    dsc_dataset_free(data);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(folds_are_as_alike_as_they_can_be),
        cmocka_unit_test(the_seed_decides),
        cmocka_unit_test(a_group_is_in_one_fold),
        cmocka_unit_test(too_few_or_too_many_folds_are_refused),
        cmocka_unit_test(every_beginning_of_the_order_holds_each_class_in_its_share),
        cmocka_unit_test(every_failed_allocation_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
