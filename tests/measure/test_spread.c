/* SPDX-License-Identifier: MIT */
/* Student's t against printed tables, and error curves whose law is known. */
#include "testing.h"

#include "measure/power_law.h"
#include "measure/spread.h"

#include <math.h>

static void near(double found, double expected, double off) {
    if (!(fabs(found - expected) <= off)) fail_msg("found %.12g, expected %.12g", found, expected);
}

static void students_t_is_that_of_the_tables(void **state) {
    (void)state;
    static const struct {
        size_t freedom;
        double t;
    } rows[] = {{1, 12.7062}, {2, 4.3027},  {3, 3.1824},  {4, 2.7764},   {5, 2.5706},
                {9, 2.2622},  {10, 2.2281}, {29, 2.0452}, {100, 1.9840}, {1000000, 1.9602}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        near(dsc_student_95(rows[i].freedom), rows[i].t, 1e-4);
}

static void a_spread_has_mean_deviation_and_interval(void **state) {
    (void)state;
    const double values[] = {0.9, NAN, 0.94, 0.92, 0.96, 0.98};
    dsc_spread s = dsc_spread_of(values, 6);
    assert_int_equal(s.count, 5);
    near(s.mean, 0.94, 1e-12);
    near(s.deviation, sqrt(0.001), 1e-12);
    near(s.low, 0.94 - 2.776445 * sqrt(0.001 / 5), 1e-7);
    near(s.high, 0.94 + 2.776445 * sqrt(0.001 / 5), 1e-7);
    s = dsc_spread_of(values, 2);
    assert_int_equal(s.count, 1);
    near(s.mean, 0.9, 1e-12);
    assert_true(isnan(s.low) && isnan(s.high) && isnan(s.deviation));
    assert_true(isnan(dsc_spread_of(values + 1, 1).mean));
}

static void a_power_law_is_found_again(void **state) {
    (void)state;
    double n[8], error[8];
    for (size_t i = 0; i < 8; i++) {
        n[i] = 100 * pow(2, (double)i);
        error[i] = 0.01 + 3 * pow(n[i], -0.6);
    }
    dsc_outlook o;
    assert_true(dsc_power_law_outlook(&o, n, error, 8, 25600));
    near(o.law.rate, 0.6, 1e-9);
    near(o.law.floor, 0.01, 1e-9);
    near(o.law.scale, 3, 1e-6);
    near(o.error, 0.01 + 3 * pow(25600, -0.6), 1e-9);
    near(o.low, o.high, 1e-9);
    near(o.foretold, error[7], 1e-9);
    error[7] *= 1.1;
    assert_true(dsc_power_law_outlook(&o, n, error, 8, 25600));
    assert_true(o.low < o.high && o.low <= o.error && o.error <= o.high);
    /* The other points predict its value before it was increased by a tenth. */
    near(o.foretold, error[7] / 1.1, 1e-9);
    assert_true(o.high >= o.error * 1.1 - 1e-12 && o.low <= o.error / 1.1 + 1e-12);
}

static void what_does_not_fall_is_not_extrapolated(void **state) {
    (void)state;
    const double n[] = {100, 200, 400, 800}, up[] = {0.1, 0.2, 0.3, 0.4}, none[] = {0.1, 0.05, 0.02, 0};
    const double down[] = {0.4, 0.3, 0.22, 0.17};
    dsc_power_law law;
    assert_false(dsc_power_law_fit(&law, n, up, 4));
    assert_false(dsc_power_law_fit(&law, n, none, 4));
    assert_false(dsc_power_law_fit(&law, n, down, 3));
    assert_true(dsc_power_law_fit(&law, n, down, 4));
    assert_true(law.floor >= 0 && law.scale > 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(students_t_is_that_of_the_tables),
        cmocka_unit_test(a_spread_has_mean_deviation_and_interval),
        cmocka_unit_test(a_power_law_is_found_again),
        cmocka_unit_test(what_does_not_fall_is_not_extrapolated),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
