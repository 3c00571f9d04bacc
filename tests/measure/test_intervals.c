/* SPDX-License-Identifier: MIT */
/* Intervals of metrics, paired comparisons, principal components. */
#include "testing.h"

#include "measure/intervals.h"
#include "measure/paired.h"
#include "measure/plane.h"

#include <math.h>

static void near(double found, double expected, double within) {
    if (!(fabs(found - expected) <= within)) fail_msg("found %.12g, expected %.12g", found, expected);
}

static void make_metrics(dsc_metrics *m, size_t classes, const size_t *confusion) {
    dsc_error error;
    ASSERT_OK(dsc_metrics_initialise(m, classes, &error), error);
    for (size_t i = 0; i < classes * classes; i++) {
        m->confusion[i] = confusion[i];
        m->count += confusion[i];
        if (i / classes == i % classes) m->top[0] += confusion[i];
    }
}

/* ---- intervals ---- */

static void precision_and_recall_have_wilsons_intervals(void **state) {
    (void)state;
    dsc_metrics m;
    dsc_class_intervals intervals[2];
    double macro[2], expected[2];
    dsc_error error;
    make_metrics(&m, 2, (size_t[]){400, 100, 50, 450});
    ASSERT_OK(dsc_metrics_intervals(intervals, macro, &m, 1, &error), error);
    dsc_wilson_interval(expected, 400, 500);
    near(intervals[0].recall[0], expected[0], 0);
    near(intervals[0].recall[1], expected[1], 0);
    dsc_wilson_interval(expected, 400, 450);
    near(intervals[0].precision[0], expected[0], 0);
    near(intervals[0].precision[1], expected[1], 0);
    dsc_wilson_interval(expected, 450, 500);
    near(intervals[1].recall[0], expected[0], 0);
    dsc_wilson_interval(expected, 450, 550);
    near(intervals[1].precision[0], expected[0], 0);
    dsc_metrics_clear(&m);
}

/* 20,000 rounds in Python with other random numbers gave 0.8161 to 0.8663, and for the mean 0.8268 to
 * 0.8712. */
static void f1_has_the_bootstraps_interval(void **state) {
    (void)state;
    dsc_metrics m;
    dsc_class_intervals intervals[2], again[2];
    double macro[2], macro_again[2];
    dsc_error error;
    make_metrics(&m, 2, (size_t[]){400, 100, 50, 450});
    ASSERT_OK(dsc_metrics_intervals(intervals, macro, &m, 1, &error), error);
    near(intervals[0].f1[0], 0.8161, 0.004);
    near(intervals[0].f1[1], 0.8663, 0.004);
    near(macro[0], 0.8268, 0.004);
    near(macro[1], 0.8712, 0.004);
    near(dsc_metrics_macro_f1(&m), (800.0 / 950 + 900.0 / 1050) / 2, 1e-12);
    ASSERT_OK(dsc_metrics_intervals(again, macro_again, &m, 1, &error), error);
    assert_memory_equal(intervals, again, sizeof again);
    assert_memory_equal(macro, macro_again, sizeof macro);
    dsc_metrics_clear(&m);
}

static void a_class_without_images_has_no_interval(void **state) {
    (void)state;
    dsc_metrics m;
    dsc_class_intervals intervals[3];
    double macro[2];
    dsc_error error;
    make_metrics(&m, 3, (size_t[]){5, 0, 0, 0, 7, 0, 0, 0, 0});
    ASSERT_OK(dsc_metrics_intervals(intervals, macro, &m, 1, &error), error);
    assert_true(isnan(intervals[2].precision[0]) && isnan(intervals[2].recall[1]) &&
                isnan(intervals[2].f1[0]));
    near(intervals[0].f1[0], 1, 0); /* never wrong, so no draw is */
    near(intervals[0].f1[1], 1, 0);
    near(macro[0], 1, 0);
    near(dsc_metrics_macro_f1(&m), 1, 0); /* the mean of the two classes that have one */
    dsc_metrics_clear(&m);
}

/* They are drawn as images of their class with no prediction. */
static void images_without_an_answer_count_as_missed(void **state) {
    (void)state;
    dsc_metrics m;
    dsc_class_intervals intervals[2], without[2];
    double macro[2], expected[2];
    dsc_error error;
    make_metrics(&m, 2, (size_t[]){400, 0, 0, 500});
    ASSERT_OK(dsc_metrics_intervals(without, macro, &m, 1, &error), error);
    m.no_answer[0] = 100;
    m.not_finite = 100;
    m.count += 100;
    ASSERT_OK(dsc_metrics_intervals(intervals, macro, &m, 1, &error), error);
    dsc_wilson_interval(expected, 400, 500);
    near(intervals[0].recall[0], expected[0], 0);
    near(intervals[0].precision[0], without[0].precision[0], 0);
    near(without[0].f1[1], 1, 0);
    near(intervals[0].f1[0], 800.0 / 900, 0.03); /* around 2 hits / (labels + predictions) */
    near(intervals[0].f1[1], 800.0 / 900, 0.03);
    assert_true(intervals[0].f1[0] < 800.0 / 900 && intervals[0].f1[1] > 800.0 / 900);
    near(intervals[1].f1[0], 1, 0);
    dsc_metrics_clear(&m);
}

static void intervals_survive_every_failed_allocation(void **state) {
    (void)state;
    dsc_metrics m;
    dsc_class_intervals intervals[2];
    double macro[2];
    dsc_error error;
    make_metrics(&m, 2, (size_t[]){4, 1, 0, 5});
    for (long n = 0;; n++) {
        testing_fail_allocation(n);
        dsc_status status = dsc_metrics_intervals(intervals, macro, &m, 1, &error);
        if (!testing_allocation_failed()) break;
        assert_int_equal(status, DSC_ERROR_MEMORY);
    }
    dsc_metrics_clear(&m);
}

/* ---- two models ---- */

static void mcnemars_test_is_the_exact_one(void **state) {
    (void)state;
    near(dsc_mcnemar(&(dsc_paired){.first = 1, .second = 5}), 2 * (1 + 6) / 64.0, 1e-12);
    near(dsc_mcnemar(&(dsc_paired){.first = 5, .second = 1}), 2 * (1 + 6) / 64.0, 1e-12);
    near(dsc_mcnemar(&(dsc_paired){.first = 0, .second = 5}), 2 / 32.0, 1e-12);
    near(dsc_mcnemar(&(dsc_paired){.first = 3, .second = 3}), 1, 0);
    near(dsc_mcnemar(&(dsc_paired){.both = 100}), 1, 0);
    /* the normal approximation with continuity correction gives 0.0307 */
    near(dsc_mcnemar(&(dsc_paired){.first = 1000, .second = 1100}), 0.0307, 0.0005);
    assert_true(dsc_mcnemar(&(dsc_paired){.first = 0, .second = 5000}) < 1e-300);
}

/* 10.5 - 4.5 of 62, and 1.959964 sqrt(15 - 36/62) / 62 to both sides. */
static void the_difference_has_an_interval(void **state) {
    (void)state;
    dsc_difference d = dsc_paired_difference(&(dsc_paired){40, 10, 4, 6});
    near(d.difference, 0.1, 1e-12);
    near(d.low, -0.023267, 1e-5);
    near(d.high, 0.216815, 1e-5);
    d = dsc_paired_difference(&(dsc_paired){0});
    assert_true(isnan(d.difference) && d.low <= -1 && d.high >= 1);
}

static void holm_raises_each_p(void **state) {
    (void)state;
    double p[] = {0.01, 0.04, 0.03, 0.005, (double)NAN, 0.9};
    dsc_holm(p, 6);
    near(p[3], 0.025, 1e-12); /* 5 tests */
    near(p[0], 0.04, 1e-12);
    near(p[2], 0.09, 1e-12);
    near(p[1], 0.09, 1e-12); /* 0.08, but at least the one before */
    near(p[5], 0.9, 1e-12);
    assert_true(isnan(p[4]));
}

/* ---- principal components ---- */

static void the_plane_is_that_of_the_largest_spread(void **state) {
    (void)state;
    const float rows[] = {7, 3, 5, 1, 3, 5,
                          4, 3, 6, 4, 3, 4}; /* +-3 in the first, +-1 in the third, about (4, 3, 5) */
    double places[8], share[2];
    dsc_error error;
    ASSERT_OK(dsc_plane_find(places, share, rows, 4, 3, &error), error);
    near(share[0], 0.9, 1e-9);
    near(share[1], 0.1, 1e-9);
    const double expected[] = {3, 0, -3, 0, 0, 1, 0, -1};
    for (size_t i = 0; i < 8; i++) near(places[i], expected[i], 1e-6);
}

/* The definition: no covariance, and no direction with a larger variance than the first. */
static void components_are_uncorrelated_and_the_first_is_largest(void **state) {
    (void)state;
    enum { COUNT = 60, WIDTH = 37 };
    float rows[COUNT * WIDTH];
    for (size_t i = 0; i < COUNT; i++)
        for (size_t k = 0; k < WIDTH; k++)
            rows[i * WIDTH + k] = (float)(sin((double)(i * 7 + k * k)) + 2 * cos((double)i) * sin((double)k) +
                                          (double)(i % 5) * cos((double)(3 * k)));
    double places[2 * COUNT], share[2], xx = 0, yy = 0, xy = 0, total = 0, largest = 0;
    dsc_error error;
    ASSERT_OK(dsc_plane_find(places, share, rows, COUNT, WIDTH, &error), error);
    for (size_t i = 0; i < COUNT; i++) {
        xx += places[2 * i] * places[2 * i];
        yy += places[2 * i + 1] * places[2 * i + 1];
        xy += places[2 * i] * places[2 * i + 1];
    }
    for (size_t k = 0; k < WIDTH; k++) {
        double mean = 0, squares = 0;
        for (size_t i = 0; i < COUNT; i++) mean += (double)rows[i * WIDTH + k] / COUNT;
        for (size_t i = 0; i < COUNT; i++) squares += pow((double)rows[i * WIDTH + k] - mean, 2);
        total += squares;
        largest = fmax(largest, squares);
    }
    assert_true(fabs(xy) < 1e-4 * yy);
    assert_true(xx >= yy && xx >= largest);
    near(share[0], xx / total, 1e-9);
    near(share[1], yy / total, 1e-9);
}

static void one_number_or_one_sample_is_fine(void **state) {
    (void)state;
    double places[6], share[2];
    dsc_error error;
    ASSERT_OK(dsc_plane_find(places, share, (float[]){1, 2, 6}, 3, 1, &error), error);
    near(share[0], 1, 1e-12);
    near(share[1], 0, 1e-12);
    near(places[4], 3, 1e-9);
    near(places[5], 0, 1e-9);
    ASSERT_OK(dsc_plane_find(places, share, (float[]){1, 2, 6}, 1, 3, &error), error);
    near(places[0], 0, 0);
    near(share[0], 0, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(precision_and_recall_have_wilsons_intervals),
        cmocka_unit_test(f1_has_the_bootstraps_interval),
        cmocka_unit_test(a_class_without_images_has_no_interval),
        cmocka_unit_test(images_without_an_answer_count_as_missed),
        cmocka_unit_test(intervals_survive_every_failed_allocation),
        cmocka_unit_test(mcnemars_test_is_the_exact_one),
        cmocka_unit_test(the_difference_has_an_interval),
        cmocka_unit_test(holm_raises_each_p),
        cmocka_unit_test(the_plane_is_that_of_the_largest_spread),
        cmocka_unit_test(components_are_uncorrelated_and_the_first_is_largest),
        cmocka_unit_test(one_number_or_one_sample_is_fine),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
