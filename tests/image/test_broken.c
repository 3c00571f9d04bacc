/* SPDX-License-Identifier: MIT */
/* test_broken.c: the pieces of a broken digit are joined, and the pale parts of its strokes added, if a
 * judge, made up here, is sure of the whole. */
#include "papers.h"

#include "image/prepare.h"

static dsc_error error;

/* Tells bars from what is wider. */
static float sure_of_wide, sure_of_bars;
static bool knows_others;
static dsc_status likes_wide(void *unused, float *sure, const uint8_t *image, dsc_error *e) {
    (void)unused, (void)e;
    *sure = columns_of(image, 60) <= 3 ? sure_of_bars : sure_of_wide;
    return DSC_OK;
}

/* The same, but also sees pale ink. */
static dsc_status likes_wide_and_pale(void *unused, float *sure, const uint8_t *image, dsc_error *e) {
    (void)unused, (void)e;
    *sure = columns_of(image, 20) <= 3 ? sure_of_bars : sure_of_wide;
    return DSC_OK;
}

static size_t count_of_bars(size_t bars, size_t gap, float wide) {
    sure_of_wide = wide;
    uint8_t *p = paper(230);
    for (size_t i = 0; i < bars; i++) fill(p, 100 + i * (10 + gap), 60, 110 + i * (10 + gap), 160, 40);
    dsc_digit *digits;
    size_t count;
    const dsc_judge judge = {likes_wide, NULL, knows_others};
    ASSERT_OK(dsc_digits_search(&digits, &count, NULL, p, HIGH, WIDE, 1, &judge, &error), error);
    if (count == 1) {
        assert_int_equal(digits->left, 100);
        assert_int_equal(digits->width, bars * 10 + (bars - 1) * gap);
    }
    for (size_t i = 0; i < count; i++)
        assert_int_equal(digits[i].marks, digits[i].width > 10 ? DSC_DIGIT_JOINED : 0);
    dsc_digits_free(digits);
    free(p);
    return count;
}

static void pieces_that_nearly_touch_are_one_digit_where_the_judge_is_sure_of_it(void **unused) {
    (void)unused;
    knows_others = true, sure_of_bars = 0.97f;
    assert_int_equal(count_of_bars(2, 10, 0.95f), 1);
    assert_int_equal(count_of_bars(3, 10, 0.95f), 1);
    assert_int_equal(count_of_bars(2, 30, 0.95f), 2); /* too far apart */
    assert_int_equal(count_of_bars(4, 10, 0.95f), 2); /* no digit has four pieces: three, and one */
    sure_of_bars = 0.99f;
    assert_int_equal(count_of_bars(2, 10, 0.95f), 2); /* the pieces are likelier */
    sure_of_bars = 0.5f;
    assert_int_equal(count_of_bars(2, 10, 0.8f), 2); /* not sure enough of the whole */
}

/* Who learned digits alone is sure of two together, too. */
static void a_judge_that_knows_nothing_else_joins_no_digits(void **unused) {
    (void)unused;
    knows_others = false, sure_of_bars = 0.97f;
    assert_int_equal(count_of_bars(2, 10, 0.999f), 2);
    assert_int_equal(count_of_bars(3, 10, 0.999f), 3);
}

/* Finds a bar with a pale arm of `length` to its right after a `gap`, and a bar behind it. Returns the width
 * of the first digit. */
static size_t width_with_arm(size_t gap, size_t length, float wide) {
    sure_of_wide = wide;
    uint8_t *p = paper(230);
    fill(p, 100, 60, 110, 160, 40);
    fill(p, 110 + gap, 60, 110 + gap + length, 70, 202);
    fill(p, 300, 60, 310, 160, 40);
    dsc_digit *digits;
    size_t count;
    const dsc_judge judge = {likes_wide_and_pale, NULL, knows_others};
    ASSERT_OK(dsc_digits_search(&digits, &count, NULL, p, HIGH, WIDE, 1, &judge, &error), error);
    assert_int_equal(count, 2);
    assert_int_equal(digits[0].left, 100);
    const size_t width = digits[0].width;
    assert_int_equal(digits[0].marks, width > 10 ? DSC_DIGIT_PALE : 0);
    assert_int_equal(digits[1].left + digits[1].width, 310);
    assert_true(digits[1].left >= 250); /* the arm may be a part of both, but neither enters the other */
    dsc_digits_free(digits);
    free(p);
    return width;
}

static void pale_parts_of_strokes_are_added_where_the_judge_is_sure_with_them(void **unused) {
    (void)unused;
    knows_others = true, sure_of_bars = 0.3f;
    assert_int_equal(width_with_arm(0, 40, 0.95f), 50);
    assert_int_equal(width_with_arm(2, 40, 0.95f), 10); /* not connected */
    assert_int_equal(width_with_arm(0, 80, 0.95f), 60); /* longer than half a digit's height: cut off there */
    assert_int_equal(width_with_arm(0, 190, 0.95f), 60); /* leads to another digit, which stays another */
    assert_int_equal(width_with_arm(0, 40, 0.8f), 10);   /* not sure enough with the arm */
    sure_of_bars = 0.92f;
    assert_int_equal(width_with_arm(0, 40, 0.95f), 10); /* not doubtful without */
    knows_others = false, sure_of_bars = 0.3f;
    assert_int_equal(width_with_arm(0, 40, 0.95f), 10);
}

static void pale_ink_does_not_enter_another_digit(void **unused) {
    (void)unused;
    uint8_t values[5 * 9] = {0};
    const dsc_ink ink = {.width = 9, .height = 5, .scale = 1, .values = values, .faintest = 80};
    for (size_t x = 0; x < 9; x++) values[2 * 9 + x] = 40;
    values[2 * 9] = values[2 * 9 + 6] = 200;
    values[2 * 9 + 8] = 39; /* too pale */
    const dsc_ink_run runs[] = {{2, 0, 1, 0}, {2, 6, 7, 1}};
    const dsc_part first = {runs, 1}, second = {runs + 1, 1}, all = {runs, 2};
    dsc_pale pale;
    ASSERT_OK(dsc_pale_find(&pale, &ink, &first, &all, 18, &error), error);
    assert_int_equal(pale.part.count, 1);
    assert_int_equal(pale.runs->first, 0);
    assert_int_equal(pale.runs->last, 6);
    const uint8_t *row = pale.ink.values + 2 * 9;
    assert_int_equal(row[0], 255);
    assert_int_equal(row[1], 255 * 40 / 200); /* blurred ink beside the dark one */
    assert_int_equal(row[2], 255 * 40 / 200);
    assert_int_equal(row[3], 255); /* as dark as other strokes */
    assert_int_equal(row[6], 0);   /* another digit's */
    dsc_pale_clear(&pale);
    ASSERT_OK(dsc_pale_find(&pale, &ink, &second, &all, 6, &error), error);
    assert_int_equal(pale.part.count, 1);
    assert_int_equal(pale.runs->first, 3); /* its reach */
    assert_int_equal(pale.runs->last, 8);
    dsc_pale_clear(&pale);
    values[3 * 9 + 1] = 50; /* connected at a corner, and in the next row */
    ASSERT_OK(dsc_pale_find(&pale, &ink, &first, &all, 18, &error), error);
    assert_int_equal(pale.part.count, 2);
    assert_int_equal(pale.runs[1].row, 3);
    dsc_pale_clear(&pale);
}

static void every_failed_allocation_is_survived(void **unused) {
    (void)unused;
    uint8_t values[5 * 9] = {0};
    const dsc_ink ink = {.width = 9, .height = 5, .scale = 1, .values = values, .faintest = 80};
    const dsc_ink_run run = {2, 0, 1, 0};
    const dsc_part part = {&run, 1};
    values[2 * 9] = 200;
    size_t n = 0;
    for (bool failed = true; failed; n++) {
        dsc_pale pale;
        testing_fail_allocation(n);
        const dsc_status status = dsc_pale_find(&pale, &ink, &part, &part, 18, &error);
        failed = testing_allocation_failed();
        assert_int_equal(status, failed ? DSC_ERROR_MEMORY : DSC_OK);
        dsc_pale_clear(&pale);
    }
    assert_int_equal(n, 6); /* all five failed once */
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pieces_that_nearly_touch_are_one_digit_where_the_judge_is_sure_of_it),
        cmocka_unit_test(a_judge_that_knows_nothing_else_joins_no_digits),
        cmocka_unit_test(pale_parts_of_strokes_are_added_where_the_judge_is_sure_with_them),
        cmocka_unit_test(pale_ink_does_not_enter_another_digit),
        cmocka_unit_test(every_failed_allocation_is_survived),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
