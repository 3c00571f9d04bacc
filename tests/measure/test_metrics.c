/* SPDX-License-Identifier: MIT */
#include "testing.h"

#include "measure/metrics.h"

#include <math.h>

static void near(double found, double expected) {
    if (!(fabs(found - expected) < 1e-9)) fail_msg("found %.12g, expected %.12g", found, expected);
}

/* Four samples of three classes: right with 0.7, right with 0.5, wrong, and the correct class third of
 * three. */
static void fill(dsc_metrics *metrics) {
    dsc_error error;
    ASSERT_OK(dsc_metrics_initialise(metrics, 3, &error), error);
    assert_int_equal(dsc_metrics_add(metrics, (float[]){0.75f, 0.125f, 0.125f}, 0, 0.25), 0);
    assert_int_equal(dsc_metrics_add(metrics, (float[]){0.25f, 0.5f, 0.25f}, 1, 0.75), 1);
    assert_int_equal(dsc_metrics_add(metrics, (float[]){0.25f, 0.5f, 0.25f}, 0, 1.5), 1);
    assert_int_equal(dsc_metrics_add(metrics, (float[]){0.5f, 0.375f, 0.125f}, 2, 2.0), 0);
}

static void accuracy_and_top_k_count_ranks(void **state) {
    (void)state;
    dsc_metrics m;
    fill(&m);
    near(dsc_metrics_accuracy(&m), 0.5);
    assert_int_equal(m.top[0], 2);
    assert_int_equal(m.top[1],
                     3); /* the third sample's label ties for second place, and comes first of the two */
    assert_int_equal(m.top[2], 4);
    near(m.loss, 4.5);
    dsc_metrics_clear(&m);
}

static void classes_have_precision_recall_and_f1(void **state) {
    (void)state;
    dsc_metrics m;
    fill(&m);
    dsc_class_metrics zero = dsc_metrics_of_class(&m, 0), one = dsc_metrics_of_class(&m, 1),
                      two = dsc_metrics_of_class(&m, 2);
    assert_int_equal(one.support, 1);
    near(one.precision, 0.5);
    near(one.recall, 1);
    near(one.f1, 2.0 / 3);
    assert_int_equal(two.support, 1);
    assert_int_equal(zero.support, 2);
    near(zero.precision, 0.5);
    near(zero.recall, 0.5);
    near(zero.f1, 0.5);
    assert_true(isnan(two.precision)); /* never predicted */
    near(two.recall, 0);
    near(two.f1, 0);
    assert_int_equal(m.confusion[2 * 3 + 0], 1);
    dsc_metrics_clear(&m);
}

static void calibration_error_is_the_weighted_gap(void **state) {
    (void)state;
    dsc_metrics m;
    fill(&m);
    /* bin 0.5: three samples, confidence 1.5, right 1; bin 0.75: one, right: (|1 - 1.5| + |1 - 0.75|) / 4 */
    near(dsc_metrics_calibration_error(&m), 0.75 / 4);
    /* right with 0.5 again: 2 of 4, and only the other bin has a gap */
    assert_int_equal(dsc_metrics_add(&m, (float[]){0.25f, 0.5f, 0.25f}, 1, 0), 1);
    near(dsc_metrics_calibration_error(&m), 0.25 / 5);
    assert_int_equal(m.bin_count[7], 4);
    assert_int_equal(m.bin_count[11], 1);
    /* a confidence of 1 is in the last bin, not beyond it: its gap is 1 */
    assert_int_equal(dsc_metrics_add(&m, (float[]){0, 0, 1}, 1, 0), 2);
    near(dsc_metrics_calibration_error(&m), 1.25 / 6);
    assert_int_equal(m.bin_count[DSC_CALIBRATION_BINS - 1], 1);
    dsc_metrics_clear(&m);
}

static void of_equals_the_first_is_the_answer(void **state) {
    (void)state;
    dsc_metrics m;
    dsc_error error;
    ASSERT_OK(dsc_metrics_initialise(&m, 3, &error), error);
    assert_int_equal(dsc_metrics_add(&m, (float[]){0.25f, 0.375f, 0.375f}, 1, 0), 1);
    assert_int_equal(dsc_metrics_add(&m, (float[]){0.25f, 0.375f, 0.375f}, 2, 0), 1);
    near(dsc_metrics_accuracy(&m), 0.5);
    dsc_metrics_clear(&m);
}

static void wilsons_interval_is_the_published_one(void **state) {
    (void)state;
    double interval[2];
    dsc_wilson_interval(interval, 81, 263); /* Newcombe (1998), table I: 0.2553 to 0.3662 */
    assert_true(fabs(interval[0] - 0.2553) < 5e-5 && fabs(interval[1] - 0.3662) < 5e-5);
    dsc_wilson_interval(interval, 0, 20); /* 0.0000 to 0.1611 */
    assert_true(fabs(interval[0]) < 5e-5 && fabs(interval[1] - 0.1611) < 5e-5);
    dsc_wilson_interval(interval, 1, 29); /* 0.0061 to 0.1718 */
    assert_true(fabs(interval[0] - 0.0061) < 5e-5 && fabs(interval[1] - 0.1718) < 5e-5);
    dsc_wilson_interval(interval, 0, 0);
    assert_true(interval[0] == 0 && interval[1] == 1); /* no data */
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(accuracy_and_top_k_count_ranks),
        cmocka_unit_test(classes_have_precision_recall_and_f1),
        cmocka_unit_test(calibration_error_is_the_weighted_gap),
        cmocka_unit_test(of_equals_the_first_is_the_answer),
        cmocka_unit_test(wilsons_interval_is_the_published_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
