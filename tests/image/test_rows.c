/* SPDX-License-Identifier: MIT */
/* test_rows.c: digits in a row of digits that a judge, made up here, is sure of. */
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

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_stands_in_a_row_of_sure_digits_is_marked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
