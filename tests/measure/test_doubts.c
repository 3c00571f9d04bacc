/* SPDX-License-Identifier: MIT */
#include "testing.h"

#include "measure/doubts.h"

#include <math.h>

static dsc_error error;

/* The probabilities of class 0 for its samples are 0.9, 0.8 and 0.1, mean 0.6; those of class 1 are 0.7,
 * 0.5 and 0.6; class 2 has no sample. */
enum { COUNT = 6, CLASSES = 3 };
static const float rows[COUNT][CLASSES] = {{0.9F, 0.1F, 0}, {0.8F, 0.1F, 0.1F}, {0.1F, 0.9F, 0},
                                           {0.3F, 0.7F, 0}, {0.5F, 0.5F, 0},    {0.05F, 0.61F, 0.34F}};
static const uint8_t labels[COUNT] = {0, 0, 0, 1, 1, 1};

static void thresholds_are_the_mean_of_a_class_s_own(void **state) {
    (void)state;
    dsc_doubts d;
    ASSERT_OK(dsc_doubts_find(&d, &rows[0][0], labels, COUNT, CLASSES, &error), error);
    assert_int_equal(d.answered, COUNT);
    assert_true(fabs(d.thresholds[0] - 0.6) < 1e-6);
    assert_true(fabs(d.thresholds[1] - 1.81 / 3) < 1e-6);
    assert_true(isnan(d.thresholds[2]));
    dsc_doubts_clear(&d);
}

static void a_label_is_doubted_where_another_class_is_reached(void **state) {
    (void)state;
    dsc_doubts d;
    ASSERT_OK(dsc_doubts_find(&d, &rows[0][0], labels, COUNT, CLASSES, &error), error);
    assert_int_equal(d.count, 1); /* sample 4 reaches no threshold: it is not doubted */
    assert_int_equal(d.list[0].sample, 2);
    assert_int_equal(d.list[0].label, 0);
    assert_int_equal(d.list[0].answer, 1);
    assert_true(fabsf(d.list[0].own - 0.1F) < 1e-6F && fabsf(d.list[0].other - 0.9F) < 1e-6F);
    dsc_doubts_clear(&d);
}

/* Twelve samples of label 0: five are clearly 0, one clearly 1, and six reach no threshold, of which two
 * tend to 1. One of the six that count is of class 1, so two of the twelve are doubted: the two that tend
 * to it most. */
static void as_many_are_doubted_as_the_table_says(void **state) {
    (void)state;
    static const float own[12] = {0.99F, 0.99F, 0.99F, 0.99F, 0.99F, 0.01F,
                                  0.3F,  0.45F, 0.6F,  0.6F,  0.6F,  0.6F};
    float many[16][2];
    uint8_t their[16] = {0};
    for (size_t i = 0; i < 16; i++) {
        their[i] = i >= 12;
        many[i][0] = i < 12 ? own[i] : 0.05F;
        many[i][1] = 1 - many[i][0];
    }
    dsc_doubts d;
    ASSERT_OK(dsc_doubts_find(&d, &many[0][0], their, 16, 2, &error), error);
    assert_true(d.thresholds[0] > 0.65 && d.thresholds[0] < 0.7);
    assert_int_equal(d.count, 2);
    assert_int_equal(d.list[0].sample, 5);
    assert_int_equal(d.list[1].sample, 6);
    dsc_doubts_clear(&d);
}

static void the_least_probable_label_is_first_and_equals_are_by_number(void **state) {
    (void)state;
    float many[9][2];
    uint8_t their[9];
    for (size_t i = 0; i < 9; i++) { /* the first three are of class 1 but labelled 0 */
        their[i] = i >= 6;
        const float own = i == 0 ? 0.05F : i < 3 ? 0.01F : 0.9F;
        many[i][their[i]] = own, many[i][!their[i]] = 1 - own;
    }
    dsc_doubts d;
    ASSERT_OK(dsc_doubts_find(&d, &many[0][0], their, 9, 2, &error), error);
    assert_int_equal(d.count, 3);
    assert_int_equal(d.list[0].sample, 1);
    assert_int_equal(d.list[1].sample, 2);
    assert_int_equal(d.list[2].sample, 0);
    dsc_doubts_clear(&d);
}

static void samples_without_an_answer_are_passed_over(void **state) {
    (void)state;
    float some[COUNT][CLASSES];
    memcpy(some, rows, sizeof some);
    some[2][1] = NAN;
    dsc_doubts d;
    ASSERT_OK(dsc_doubts_find(&d, &some[0][0], labels, COUNT, CLASSES, &error), error);
    assert_int_equal(d.answered, COUNT - 1);
    assert_int_equal(d.count, 0);
    assert_true(fabs(d.thresholds[0] - 0.85) < 1e-6);
    dsc_doubts_clear(&d);
}

static void failing_allocations_are_survived(void **state) {
    (void)state;
    bool done = false;
    for (long n = 0; !done; n++) {
        dsc_doubts d;
        testing_fail_allocation(n);
        const dsc_status status = dsc_doubts_find(&d, &rows[0][0], labels, COUNT, CLASSES, &error);
        done = !testing_allocation_failed();
        assert_int_equal(status, done ? DSC_OK : DSC_ERROR_MEMORY);
        assert_true(!done || n == 7);
        dsc_doubts_clear(&d);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(thresholds_are_the_mean_of_a_class_s_own),
        cmocka_unit_test(a_label_is_doubted_where_another_class_is_reached),
        cmocka_unit_test(as_many_are_doubted_as_the_table_says),
        cmocka_unit_test(the_least_probable_label_is_first_and_equals_are_by_number),
        cmocka_unit_test(samples_without_an_answer_are_passed_over),
        cmocka_unit_test(failing_allocations_are_survived),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
