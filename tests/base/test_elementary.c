/* SPDX-License-Identifier: MIT */
#include "testing.h"

#include "base/elementary.h"

#include <math.h>

/* The error in units in the last place. */
static double ulps(double found, double right) {
    if (found == right || (isnan(found) && isnan(right))) return 0;
    int exponent;
    (void)frexp(right, &exponent);
    return fabs(found - right) / ldexp(1, (exponent < -1021 ? -1021 : exponent) - 53);
}

static void exp_and_log_are_within_two_units_in_the_last_place(void **state) {
    (void)state;
    double worst_exp = 0, worst_log = 0;
    for (int i = -70000; i <= 70000; i++) {
        const double x = i * 0.01013;
        worst_exp = fmax(worst_exp, ulps(dsc_exp(x), exp(x)));
        const double y = exp(i * 0.0031) * (1 + i * 1e-7);
        worst_log = fmax(worst_log, ulps(dsc_log(y), log(y)));
        const double near_one = 1 + i * 1e-9;
        worst_log = fmax(worst_log, ulps(dsc_log(near_one), log(near_one)));
    }
    if (!(worst_exp <= 2)) fail_msg("exp is off by %g units", worst_exp);
    if (!(worst_log <= 2)) fail_msg("log is off by %g units", worst_log);
}

static void the_cosine_of_turns_is_exact_at_quarters_and_close_between(void **state) {
    (void)state;
    for (int quarter = -9; quarter <= 9; quarter++) {
        static const double right[] = {1, 0, -1, 0};
        assert_true(dsc_cos_pi(quarter * 0.5) == right[(unsigned)(quarter + 40) % 4]);
    }
    for (int i = -3000; i <= 3000; i++) {
        const double x = i * 0.00137;
        assert_true(fabs(dsc_cos_pi(x) - (double)cosl(3.14159265358979323846264338327950288L * x)) < 5e-16);
    }
}

static void what_is_not_a_number_or_too_large_says_so(void **state) {
    (void)state;
    assert_true(isnan(dsc_exp(NAN)) && isnan(dsc_log(NAN)) && isnan(dsc_cos_pi(NAN)) &&
                isnan(dsc_power(NAN, 3)));
    assert_true(dsc_exp(1000) == INFINITY && dsc_exp(-1000) == 0 && dsc_exp(0) == 1);
    assert_true(dsc_log(0) == -INFINITY && isnan(dsc_log(-1)) && dsc_log(1) == 0 &&
                dsc_log(INFINITY) == INFINITY);
    assert_true(isnan(dsc_cos_pi(INFINITY)) && dsc_cos_pi(1e300) == 1);
}

static void whole_powers_are_those_of_repeated_multiplication(void **state) {
    (void)state;
    double product = 1;
    for (uint64_t n = 0; n < 1000; n++, product *= 0.999)
        assert_true(ulps(dsc_power(0.999, n), product) < 600);
    assert_true(dsc_power(2, 10) == 1024 && dsc_power(0, 0) == 1 && dsc_power(0, 7) == 0 &&
                dsc_power(3, 1) == 3);
    assert_true(dsc_power(0.9, UINT64_MAX) == 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(exp_and_log_are_within_two_units_in_the_last_place),
        cmocka_unit_test(the_cosine_of_turns_is_exact_at_quarters_and_close_between),
        cmocka_unit_test(what_is_not_a_number_or_too_large_says_so),
        cmocka_unit_test(whole_powers_are_those_of_repeated_multiplication),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
