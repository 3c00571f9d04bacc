/* SPDX-License-Identifier: MIT */
/* The curve of errors against refusals: hand-made counts, and answers with equal confidence. */
#include "testing.h"

#include "measure/refusal.h"

#include <math.h>

static dsc_error error;

static void add(dsc_refusals *r, float sure, bool right) {
    const float probabilities[2] = {sure, 1 - sure};
    dsc_refusals_add(r, &(dsc_answer){.prediction = 0,
                                      .label = right ? 0 : 1,
                                      .probabilities = probabilities,
                                      .is_finite = !isnan(sure)});
}

static void the_least_sure_are_refused_first(void **state) {
    (void)state;
    dsc_refusals r;
    ASSERT_OK(dsc_refusals_initialise(&r, 5, &error), error);
    add(&r, 0.9F, true);
    add(&r, 0.6F, false);
    add(&r, 0.99F, false);
    add(&r, 0.7F, true);
    add(&r, 1, true);
    dsc_refusals_order(&r);
    /* in order: wrong, right, right, wrong, right */
    static const double errors[6] = {2.0 / 5, 1.0 / 4, 1.0 / 3, 1.0 / 2, 0, 0};
    for (size_t i = 0; i < 6; i++) assert_true(fabs(dsc_refusals_error(&r, i) - errors[i]) < 1e-12);
    assert_true(fabs(dsc_refusals_area(&r) - (0.4 + 0.25 + 1.0 / 3 + 0.5) / 5) < 1e-12);
    assert_int_equal(dsc_refusals_below(&r, 0), 0);
    assert_int_equal(dsc_refusals_below(&r, 0.65), 1);
    assert_int_equal(dsc_refusals_below(&r, (double)0.9F), 2); /* below, not equal */
    assert_int_equal(dsc_refusals_below(&r, 1), 4);
    assert_int_equal(dsc_refusals_below(&r, 1.1), 5);
    dsc_refusals_clear(&r);
}

static void of_equally_sure_answers_the_right_ones_are_refused_first(void **state) {
    (void)state;
    for (unsigned first = 0; first < 2; first++) {
        dsc_refusals r;
        ASSERT_OK(dsc_refusals_initialise(&r, 2, &error), error);
        add(&r, 0.5F, first);
        add(&r, 0.5F, !first);
        dsc_refusals_order(&r);
        assert_true(dsc_refusals_error(&r, 0) == 0.5 && dsc_refusals_error(&r, 1) == 1);
        dsc_refusals_clear(&r);
    }
}

static void an_answer_that_is_not_finite_is_the_first_to_go(void **state) {
    (void)state;
    dsc_refusals r;
    ASSERT_OK(dsc_refusals_initialise(&r, 2, &error), error);
    add(&r, 0.5F, true);
    add(&r, NAN, true);
    add(&r, 0.1F, true); /* there is no room */
    dsc_refusals_order(&r);
    assert_int_equal(r.count, 2);
    assert_true(dsc_refusals_error(&r, 0) == 0.5 && dsc_refusals_error(&r, 1) == 0);
    dsc_refusals_clear(&r);
    ASSERT_OK(dsc_refusals_initialise(&r, 0, &error), error);
    dsc_refusals_order(&r);
    assert_true(isnan(dsc_refusals_area(&r)) && dsc_refusals_error(&r, 0) == 0);
    dsc_refusals_clear(&r);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_least_sure_are_refused_first),
        cmocka_unit_test(of_equally_sure_answers_the_right_ones_are_refused_first),
        cmocka_unit_test(an_answer_that_is_not_finite_is_the_first_to_go),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
