/* SPDX-License-Identifier: MIT */
/* test_broken.c: the pieces of a broken digit are joined if a judge, made up here, is sure of the whole. */
#include "papers.h"

#include "image/prepare.h"

static dsc_error error;

/* Tells bars from what is wider. */
static float sure_of_wide, sure_of_bars;
static bool knows_others;
static dsc_status likes_wide(void *unused, float *sure, const uint8_t *image, dsc_error *e) {
    (void)unused, (void)e;
    *sure = columns_of(image) <= 3 ? sure_of_bars : sure_of_wide;
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

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pieces_that_nearly_touch_are_one_digit_where_the_judge_is_sure_of_it),
        cmocka_unit_test(a_judge_that_knows_nothing_else_joins_no_digits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
