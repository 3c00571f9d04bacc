/* SPDX-License-Identifier: MIT */
/* test_rows.c: digits in a row of digits that a judge, made up here, is sure of, and fraction bars in it. */
#include "papers.h"

#include "image/prepare.h"

static dsc_error error;

/* Sure of bars only. */
static dsc_status likes_bars(void *unused, float *sure, const uint8_t *image, dsc_error *e) {
    (void)unused, (void)e;
    *sure = columns_of(image, 60) <= 8 ? 0.99f : 0.2f;
    return DSC_OK;
}

/* An L of this height on the line of bars that begin at `top`, of which likes_bars is not sure. */
static void doubtful(uint8_t *p, size_t left, size_t top, size_t height) {
    const size_t foot = top + 80;
    fill(p, left, foot - height, left + 9, foot, 40), fill(p, left, foot - 9, left + 40, foot, 40);
}

static void what_stands_in_a_row_of_sure_digits_is_marked(void **unused) {
    (void)unused;
    static const struct {
        size_t bars, doubtful, height;
        bool bars_in_row, doubtful_in_row;
    } cases[] = {
        {4, 1, 80, true, true},   {3, 1, 80, false, true}, {2, 1, 80, false, false}, {3, 2, 80, false, true},
        {3, 3, 80, false, false}, {4, 1, 40, true, false}, {4, 0, 80, true, false},
    };
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        uint8_t *p = paper(230);
        for (size_t i = 0; i < cases[k].bars; i++) fill(p, 30 + 40 * i, 30, 39 + 40 * i, 110, 40);
        for (size_t i = 0; i < cases[k].doubtful; i++) doubtful(p, 210 + 60 * i, 30, cases[k].height);
        for (size_t i = 0; i < 3; i++)
            fill(p, 30 + 40 * i, 190, 39 + 40 * i, 270, 40); /* another line does not count */
        dsc_digit *digits;
        size_t count;
        const dsc_judge judge = {likes_bars, NULL, true};
        ASSERT_OK(dsc_digits_search(&digits, &count, NULL, p, HIGH, WIDE, 1, &judge, &error), error);
        assert_int_equal(count, cases[k].bars + cases[k].doubtful + 3);
        for (size_t i = 0; i < count; i++) {
            const bool expected = i < cases[k].bars                       ? cases[k].bars_in_row
                                  : i < cases[k].bars + cases[k].doubtful ? cases[k].doubtful_in_row
                                                                          : false;
            if ((digits[i].marks & DSC_DIGIT_IN_ROW) != (expected ? DSC_DIGIT_IN_ROW : 0))
                fail_msg("case %zu: digit %zu has marks %u", k, i, digits[i].marks);
        }
        dsc_digits_free(digits);
        free(p);
    }
}

/* A stroke that rises by `height` from (left, 130) and leans to the right by `slope`, in percent. */
static void stroke(uint8_t *p, size_t left, size_t height, int slope) {
    for (size_t i = 0; i < height; i++) {
        const size_t x = (size_t)((int)left + (int)i * slope / 100);
        fill(p, x, 129 - i, x + 9, 130 - i, 40);
    }
}

static void a_slanted_bar_higher_than_its_neighbours_is_no_digit(void **unused) {
    (void)unused;
    static const struct {
        size_t height;
        int slope;
        size_t digits; /* of three strokes */
        bool or_bar;
        const char *why;
    } cases[] = {
        {110, 45, 2, false, "a bar"},
        {97, 45, 2, false, "just a fifth higher"},
        {94, 45, 3, true, "a little higher"},
        {80, 45, 3, true, "as high"},
        {78, 45, 3, false, "lower"},
        {110, 25, 3, true, "steep"},
        {83, 25, 3, true, "steep, and a little higher"},
        {82, 25, 3, false, "steep, and as high"},
        {79, 45, 3, true, "nearly as high"},
        {110, 15, 3, false, "nearly upright"},
        {110, -45, 3, false, "leans to the left"},
    };
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        uint8_t *p = paper(230);
        const size_t foot = cases[k].slope > 0 ? 110 : 170;
        fill(p, 60, 50, 69, 130, 40);
        stroke(p, foot, cases[k].height, cases[k].slope);
        fill(p, 220, 50, 229, 130, 40);
        dsc_digit *digits;
        dsc_picture_notes notes;
        size_t count;
        ASSERT_OK(dsc_find_digits(&digits, &count, &notes, p, HIGH, WIDE, 1, &error), error);
        if (count != cases[k].digits || notes.dashes != 3 - count)
            fail_msg("%s: %zu digits, %zu dashes", cases[k].why, count, notes.dashes);
        for (size_t i = 0; i < count; i++)
            if (digits[i].marks != (i == 1 && cases[k].or_bar ? DSC_DIGIT_OR_BAR : 0))
                fail_msg("%s: digit %zu has marks %u", cases[k].why, i, digits[i].marks);
        dsc_digits_free(digits);
        free(p);
    }
}

/* Draws three strokes, of which the middle one would be a bar, changes them, and finds digits. */
static size_t count_changed(void (*change)(uint8_t *p), uint32_t *marks) {
    uint8_t *p = paper(230);
    fill(p, 60, 50, 69, 130, 40);
    stroke(p, 110, 110, 45);
    fill(p, 220, 50, 229, 130, 40);
    change(p);
    dsc_digit *digits;
    size_t count;
    ASSERT_OK(dsc_find_digits(&digits, &count, NULL, p, HIGH, WIDE, 1, &error), error);
    *marks = 0;
    for (size_t i = 0; i < count; i++) *marks |= digits[i].marks;
    dsc_digits_free(digits);
    free(p);
    return count;
}
static void add_flag(uint8_t *p) { fill(p, 130, 20, 160, 29, 40); }
static void add_foot(uint8_t *p) { fill(p, 100, 121, 140, 130, 40); }
static void remove_last(uint8_t *p) { fill(p, 215, 40, 235, 140, 230); }
static void move_last(uint8_t *p) { remove_last(p), fill(p, 320, 50, 329, 130, 40); }
static void bend(uint8_t *p) {
    fill(p, 100, 15, 180, 131, 230);
    for (size_t i = 0; i < 110; i++) {
        const size_t x = i < 55 ? 130 - i * 3 / 10 : 114 + (i - 55) * 11 / 10;
        fill(p, x, 129 - i, x + 9, 130 - i, 40);
    }
}
static void thicken(uint8_t *p) {
    for (size_t i = 0; i < 110; i++) fill(p, 110 + i * 45 / 100, 129 - i, 150 + i * 45 / 100, 130 - i, 40);
}

static void what_is_no_single_straight_stroke_between_digits_is_no_bar(void **unused) {
    (void)unused;
    uint32_t marks;
    static void (*const changes[])(uint8_t * p) = {add_flag, add_foot, move_last, bend, thicken};
    for (size_t k = 0; k < sizeof changes / sizeof *changes; k++) {
        if (count_changed(changes[k], &marks) != 3) fail_msg("change %zu", k);
        assert_int_equal(marks, 0);
    }
    assert_int_equal(count_changed(remove_last, &marks), 2);
    assert_int_equal(marks, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_stands_in_a_row_of_sure_digits_is_marked),
        cmocka_unit_test(a_slanted_bar_higher_than_its_neighbours_is_no_digit),
        cmocka_unit_test(what_is_no_single_straight_stroke_between_digits_is_no_bar),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
