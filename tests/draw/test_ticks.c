/* SPDX-License-Identifier: MIT */
#include "testing.h"

#include "draw/ticks.h"

#include <float.h>
#include <math.h>

/* All labels, joined by spaces. */
static void check(double low, double high, size_t most, bool round, bool whole, const char *expected) {
    draw_ticks t = draw_ticks_choose(low, high, most, round, whole);
    char all[512] = "", label[32];
    for (size_t i = 0; i < t.count; i++) {
        if (i) strcat(all, " ");
        strcat(all, draw_tick_label(label, &t, i));
    }
    assert_string_equal(all, expected);
}

static void ticks_are_multiples_of_1_2_or_5(void **state) {
    (void)state;
    check(0, 1, 7, true, false, "0.0 0.2 0.4 0.6 0.8 1.0");
    check(0.397, 0.898, 7, true, false, "0.3 0.4 0.5 0.6 0.7 0.8 0.9");
    check(0, 19, 7, false, true, "0 5 10 15");
    check(0, 19, 5, false, true, "0 5 10 15");
    check(0, 3, 7, false, true, "0 1 2 3");
    check(-1, 1, 5, true, false, "-1.0 -0.5 0.0 0.5 1.0");
    check(0, 60000, 7, true, false, "0 10000 20000 30000 40000 50000 60000");
    check(0.97, 0.985, 5, true, false, "0.970 0.975 0.980 0.985");
}

static void large_and_small_numbers_have_exponents(void **state) {
    (void)state;
    check(0, 3e7, 5, true, false, "0 1e7 2e7 3e7");
    check(0, 1.5e-8, 5, true, false, "0 5e-9 1e-8 1.5e-8");
    check(1000000, 1000004, 6, true, false, "1e6 1.000001e6 1.000002e6 1.000003e6 1.000004e6");
}

static void a_single_value_gets_a_range_around_it(void **state) {
    (void)state;
    check(0, 0, 5, true, false, "-0.5 0.0 0.5");
    draw_ticks t = draw_ticks_choose(0.75, 0.75, 5, true, false);
    assert_true(t.minimum < 0.75 && t.maximum > 0.75 && t.count >= 2);
    t = draw_ticks_choose(5, 5, 5, false, true); /* one epoch */
    assert_true(t.minimum <= 5 && t.maximum >= 5 && t.minimum < t.maximum);
}

static void nonsense_becomes_0_to_1(void **state) {
    (void)state;
    check(NAN, 1, 6, true, false, "0.0 0.2 0.4 0.6 0.8 1.0");
    check(INFINITY, -INFINITY, 6, true, false, "0.0 0.2 0.4 0.6 0.8 1.0");
    check(1, 0, 6, true, false, "0.0 0.2 0.4 0.6 0.8 1.0");
}

static void every_range_gets_a_sensible_number_of_ticks_that_cover_it(void **state) {
    (void)state;
    uint64_t seed = 7;
    for (int round = 0; round < 200000; round++) {
        seed = seed * 6364136223846793005u + 1442695040888963407u;
        double low = ldexp((double)(int32_t)(seed >> 32), (int)(seed >> 20 & 63) - 50);
        double length = fabs(low) * ldexp(1, (int)(seed >> 10 & 31) - 26);
        if (round % 97 == 0) low = round % 2 ? DBL_MAX : -DBL_MAX;
        size_t most = 3 + (seed >> 5 & 7);
        bool whole = seed >> 4 & 1, widen = seed >> 3 & 1;
        draw_ticks t = draw_ticks_choose(low, low + length, most, widen, whole);
        assert_true(t.count >= (whole ? 1 : 2));
        if (t.count > (most < 5 ? 5 : most))
            fail_msg("%zu ticks, not %zu, for %a to %a, round %d, whole %d", t.count, most, low, low + length,
                     widen, whole);
        assert_true(isfinite(t.minimum) && isfinite(t.maximum) && t.minimum < t.maximum && t.step > 0);
        char before[32] = "", label[32];
        for (size_t i = 0; i < t.count; i++) {
            double v = draw_tick_value(&t, i), slack = t.step * 1e-3;
            assert_true(v >= t.minimum - slack && v <= t.maximum + slack);
            draw_tick_label(label, &t, i);
            assert_true(strlen(label) < 24);
            assert_string_not_equal(label, before);
            strcpy(before, label);
        }
        if (widen && fabs(low) < 1e200) assert_true(t.minimum <= low + t.step * 1e-3);
    }
}

static void check_numbers(double from, double to, size_t most, const char *expected) {
    const draw_ticks t = draw_ticks_choose_logarithm(log10(from), log10(to), most);
    char all[512] = "", label[32];
    for (size_t i = 0; i < t.count; i++) {
        strcat(strcat(all, i ? " " : ""), draw_tick_label(label, &t, i));
        assert_true(draw_tick_value(&t, i) >= t.minimum - 1e-6 && draw_tick_value(&t, i) <= t.maximum + 1e-6);
    }
    assert_string_equal(all, expected);
    assert_true(t.minimum <= log10(from) + 1e-9 && t.maximum >= log10(to) - 1e-9);
}

static void logarithms_are_labelled_by_their_numbers(void **state) {
    (void)state;
    check_numbers(225, 7200, 7, "256 512 1024 2048 4096");
    check_numbers(1, 16, 7, "1 2 4 8 16");
    check_numbers(100, 60000, 7, "256 1024 4096 16384");
    check_numbers(10, 1e5, 5, "10 100 1000 10000 100000");
    check_numbers(1e-6, 10, 7, "1e-6 1e-4 1e-2 1");
    check_numbers(1e-4, 1, 7, "1e-4 1e-3 1e-2 1e-1 1");
    check_numbers(300, 400, 5, "316 355 398");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ticks_are_multiples_of_1_2_or_5),
        cmocka_unit_test(large_and_small_numbers_have_exponents),
        cmocka_unit_test(a_single_value_gets_a_range_around_it),
        cmocka_unit_test(nonsense_becomes_0_to_1),
        cmocka_unit_test(logarithms_are_labelled_by_their_numbers),
        cmocka_unit_test(every_range_gets_a_sensible_number_of_ticks_that_cover_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
