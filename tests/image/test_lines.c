/* SPDX-License-Identifier: MIT */
/* test_lines.c: lines that cross the picture are removed, strokes stay. */
#include "testing.h"

#include "image/prepare.h"

#include <math.h>

enum { WIDE = 240, HIGH = 120 };

static dsc_error error;
static uint8_t values[WIDE * HIGH];
static dsc_ink ink = {.width = WIDE, .height = HIGH, .scale = 1, .values = values};

static void fill(size_t left, size_t top, size_t right, size_t bottom) {
    for (size_t y = top; y < bottom; y++) memset(values + y * WIDE + left, 255, right - left);
}

/* A line of two pixels width, with its start and its slope. */
static void rule(double begin, double slope, bool upright) {
    for (size_t i = 0; i < (upright ? HIGH : WIDE); i++)
        for (size_t k = 0; k < 2; k++) {
            const size_t across = (size_t)(begin + slope * (double)i) + k;
            values[upright ? i * WIDE + across : across * WIDE + i] = 120;
        }
}

static size_t ink_left(size_t left, size_t top, size_t right, size_t bottom) {
    size_t count = 0;
    for (size_t y = top; y < bottom; y++)
        for (size_t x = left; x < right; x++) count += values[y * WIDE + x] > 0;
    return count;
}

static void lines_go_and_what_crosses_them_stays(void **unused) {
    (void)unused;
    static const double slopes[] = {0, 0.02, -0.02, 0.045, -0.045};
    for (size_t s = 0; s < sizeof slopes / sizeof *slopes; s++) {
        memset(values, 0, sizeof values);
        fill(60, 20, 68, 100); /* two strokes, and a bar like that of a 7 */
        fill(150, 20, 158, 100);
        fill(150, 20, 190, 26);
        for (int i = 0; i < 3; i++) rule(30 + 25 * i, slopes[s], false);
        size_t lines;
        ASSERT_OK(dsc_lines_remove(&lines, &ink, &error), error);
        assert_int_equal(lines, 3);
        assert_int_equal(ink_left(0, 0, 58, HIGH), 0);
        assert_int_equal(ink_left(70, 0, 148, HIGH), 0);
        assert_int_equal(ink_left(192, 0, WIDE, HIGH), 0);
        assert_int_equal(ink_left(60, 20, 68, 100), 8 * 80);
        assert_true(ink_left(150, 20, 190, 100) >= 8 * 80 + 30 * 6);
    }
}

static void squared_paper_goes_both_ways(void **unused) {
    (void)unused;
    memset(values, 0, sizeof values);
    fill(60, 20, 68, 100);
    for (int i = 0; i < 4; i++) rule(15 + 28 * i, 0.01, false);
    for (int i = 0; i < 8; i++) rule(14 + 28 * i, -0.01, true);
    size_t lines;
    ASSERT_OK(dsc_lines_remove(&lines, &ink, &error), error);
    assert_int_equal(lines, 12);
    /* Where lines cross, a pixel or two may remain. */
    assert_true(ink_left(0, 0, 56, HIGH) + ink_left(72, 0, WIDE, HIGH) < 12 * 8 * 4);
    assert_true(ink_left(60, 20, 68, 100) >= 8 * 70);
}

/* In a picture higher than wide, where it may be the bar of a digit, too. */
static void a_single_line_goes_where_nothing_else_is_at_its_ends(void **unused) {
    (void)unused;
    dsc_ink narrow = {.width = 80, .height = 100, .scale = 1, .values = values};
    size_t lines;
    for (size_t left = 0; left <= 30; left += 30) { /* a stroke at the end of the bar, or on the line */
        memset(values, 0, sizeof values);
        memset(values + 70 * 80, 255, 2 * 80);
        for (size_t y = 20; y < 90; y++) memset(values + y * 80 + left, 255, 8);
        ASSERT_OK(dsc_lines_remove(&lines, &narrow, &error), error);
        assert_int_equal(lines, left ? 1 : 0);
        assert_int_equal(values[70 * 80 + 60], left ? 0 : 255);
        for (size_t y = 20; y < 90; y++) assert_int_equal(values[y * 80 + left + 4], 255);
    }
}

/* Cut out of squared paper, a digit has two upright lines or three around it; two strokes are 11. */
static void two_upright_lines_go_where_level_ones_do(void **unused) {
    (void)unused;
    for (int level = 0; level <= 2; level++) {
        memset(values, 0, sizeof values);
        fill(110, 20, 118, 100);
        rule(60, 0, true), rule(160, 0, true);
        for (int i = 0; i < level; i++) rule(30 + 60 * i, 0, false);
        size_t lines;
        ASSERT_OK(dsc_lines_remove(&lines, &ink, &error), error);
        assert_int_equal(lines, level == 2 ? 4 : level);
        assert_int_equal(values[10 * WIDE + 60], level == 2 ? 0 : 120);
        assert_true(ink_left(110, 20, 118, 100) >= 8 * 70);
    }
}

static void the_strokes_of_a_digit_are_no_lines(void **unused) {
    (void)unused;
    size_t lines;
    memset(values, 0, sizeof values); /* a 7 in thin strokes that fills a tall picture */
    dsc_ink narrow = {.width = 60, .height = 100, .scale = 1, .values = values};
    memset(values, 255, 60 * 2);
    for (size_t y = 2; y < 100; y++) values[y * 60 + 58 - y / 2] = values[y * 60 + 59 - y / 2] = 255;
    ASSERT_OK(dsc_lines_remove(&lines, &narrow, &error), error);
    assert_int_equal(lines, 0);
    assert_int_equal(values[30], 255);
    memset(values, 0, sizeof values); /* two ones from edge to edge */
    for (size_t y = 0; y < HIGH; y++) values[y * WIDE + 80] = values[y * WIDE + 150] = 255;
    ASSERT_OK(dsc_lines_remove(&lines, &ink, &error), error);
    assert_int_equal(lines, 0);
    memset(values, 0, sizeof values); /* three sevens side by side, cropped at their ink */
    for (size_t i = 0; i < 3; i++) {
        fill(85 * i, 0, 85 * i + 70, 2);
        for (size_t y = 0; y < HIGH; y++) fill(85 * i + 66 - y / 3, y, 85 * i + 69 - y / 3, y + 1);
    }
    const size_t before = ink_left(0, 0, WIDE, HIGH);
    ASSERT_OK(dsc_lines_remove(&lines, &ink, &error), error);
    assert_int_equal(lines, 0);
    assert_int_equal(ink_left(0, 0, WIDE, HIGH), before);
    memset(values, 0, sizeof values); /* a dash of half the width */
    fill(40, 50, 150, 52);
    ASSERT_OK(dsc_lines_remove(&lines, &ink, &error), error);
    assert_int_equal(lines, 0);
    assert_int_equal(ink_left(0, 0, WIDE, HIGH), 110 * 2);
}

/* A pale rule behind writing that covers much of it, and beyond both ends of the writing; bent by up to
 * `bend` pixels. */
static void pale_rule(double bend) {
    for (size_t x = 0; x < WIDE; x++) {
        const size_t y = (size_t)(60 + bend * sin(3.1 * (double)x / WIDE));
        for (size_t k = 0; k < 2; k++)
            if (values[(y + k) * WIDE + x] < 40) values[(y + k) * WIDE + x] = 40;
    }
}

static void a_pale_rule_behind_writing_goes_though_it_is_covered_or_bent(void **unused) {
    (void)unused;
    for (int bend = -4; bend <= 4; bend += 2) {
        memset(values, 0, sizeof values);
        for (size_t left = 15; left < 220; left += 26) fill(left, 30, left + 14, 90);
        const size_t writing = ink_left(0, 0, WIDE, HIGH);
        pale_rule(bend);
        size_t lines;
        ASSERT_OK(dsc_lines_remove(&lines, &ink, &error), error);
        assert_int_equal(lines, 1);
        /* A pixel or two beside strokes may stay. */
        assert_in_range(ink_left(0, 0, WIDE, HIGH), writing, writing + 9 * 4);
        for (size_t left = 15; left < 220; left += 26)
            for (size_t y = 30; y < 90; y++) assert_int_equal(values[y * WIDE + left + 7], 255);
        assert_int_equal(ink_left(0, 0, 13, HIGH) + ink_left(WIDE - 4, 0, WIDE, HIGH), 0);
    }
}

/* The feet of neighbouring twos, nearly joined, under strokes that cover half of them. */
static void dark_feet_in_a_row_are_no_pale_rule(void **unused) {
    (void)unused;
    memset(values, 0, sizeof values);
    for (size_t left = 8; left < 230; left += 28)
        fill(left, 30, left + 14, 90), fill(left, 87, left + 27, 90);
    const size_t before = ink_left(0, 0, WIDE, HIGH);
    size_t lines;
    ASSERT_OK(dsc_lines_remove(&lines, &ink, &error), error);
    assert_int_equal(lines, 0);
    assert_int_equal(ink_left(0, 0, WIDE, HIGH), before);
}

/* As thin as the sides of a box, and as long as each other: what does not reach the line is no side. */
static void ones_close_above_the_ends_of_an_underline_stay(void **unused) {
    (void)unused;
    for (size_t gap = 0; gap <= 3; gap += 3) {
        size_t lines;
        memset(values, 0, sizeof values);
        fill(10, 90, 230, 93);
        fill(10, 30, 14, 90 - gap);
        fill(226, 30, 230, 90 - gap);
        ASSERT_OK(dsc_lines_remove(&lines, &ink, &error), error);
        assert_int_equal(lines, 1);
        assert_int_equal(ink_left(0, 80, WIDE, HIGH), gap ? 2 * 4 * 7 : 0);
        assert_int_equal(ink_left(0, 0, WIDE, 80), gap ? 2 * 4 * 50 : 0);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_go_and_what_crosses_them_stays),
        cmocka_unit_test(squared_paper_goes_both_ways),
        cmocka_unit_test(a_single_line_goes_where_nothing_else_is_at_its_ends),
        cmocka_unit_test(two_upright_lines_go_where_level_ones_do),
        cmocka_unit_test(the_strokes_of_a_digit_are_no_lines),
        cmocka_unit_test(a_pale_rule_behind_writing_goes_though_it_is_covered_or_bent),
        cmocka_unit_test(dark_feet_in_a_row_are_no_pale_rule),
        cmocka_unit_test(ones_close_above_the_ends_of_an_underline_stay),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
