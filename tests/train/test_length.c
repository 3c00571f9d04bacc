/* SPDX-License-Identifier: MIT */
/* The length of a run: the meaning of its text, and that the schedule runs to its end whatever changes
 * during the run. */
#include "testing.h"

#include "train/length.h"

static dsc_length parsed(const char *text) {
    dsc_length length;
    dsc_error error;
    ASSERT_OK(dsc_length_parse(&length, text, &error), error);
    return length;
}

static void texts_are_read_and_written(void **state) {
    (void)state;
    static const char *const good[] = {"1", "4000", "4000, 3600 from 1200",
                                       "4000, 3600 from 1200, 3900 from 3500"};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        dsc_text text = {0};
        const dsc_length length = parsed(good[i]);
        assert_int_equal(length.count, i < 2 ? 1 : i);
        dsc_length_format(&text, &length);
        assert_string_equal(text.data, good[i]);
        dsc_text_free(&text);
    }
    assert_int_equal(parsed(NULL).count, 0);
    assert_int_equal(parsed(" 5 ,4 from\t1 ").part[1].from, 1);
}

static void what_means_nothing_is_refused_with_its_column(void **state) {
    (void)state;
    static const char *const bad[] = {"",
                                      "0",
                                      "x",
                                      "-1",
                                      "4000,",
                                      "4000 3600",
                                      "4000, 3600",
                                      "4000, 3600 from",
                                      "4000, 3600 from 0",
                                      "4000, 3600 from 3600",
                                      "4000, 5000 from 4000",
                                      "4000, 3600 from 1200, 3500 from 1200",
                                      "4000, 3600 from 1200, 3500 from 9",
                                      "99999999999999999999",
                                      "4000, 3600 form 9",
                                      "4000 from 2"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        dsc_length length;
        dsc_error error;
        assert_int_equal(dsc_length_parse(&length, bad[i], &error), DSC_ERROR_ARGUMENT);
        ASSERT_MESSAGE(error, "column ");
    }
}

/* Every position occurs in order, from the first to the last. */
static void the_schedule_is_gone_through_to_its_end(void **state) {
    (void)state;
    static const char *const texts[] = {"100", "100, 60 from 20", "100, 200 from 50, 120 from 110",
                                        "1",   "100, 2 from 1",   "100, 60 from 20, 22 from 21"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        const dsc_length length = parsed(texts[i]);
        uint64_t before = 0, step = 0;
        for (; step < dsc_length_steps(&length, step); step++) {
            const uint64_t place = dsc_length_place(&length, step);
            assert_true(place >= before);
            before = place;
        }
        assert_int_equal(step, length.part[length.count - 1].steps);
        assert_int_equal(before, length.part[0].steps - 1);
        assert_int_equal(dsc_length_place(&length, 1000), length.part[0].steps - 1);
    }
}

static void until_a_change_nothing_is_different(void **state) {
    (void)state;
    const dsc_length plain = parsed("100"), changed = parsed("100, 60 from 20");
    for (uint64_t step = 0; step < 20; step++) {
        assert_int_equal(dsc_length_place(&changed, step), step);
        assert_int_equal(dsc_length_steps(&changed, step), 100);
    }
    assert_int_equal(dsc_length_place(&changed, 20), 20);
    assert_int_equal(dsc_length_steps(&changed, 20), 60);
    assert_int_equal(dsc_length_place(&changed, 40), 61); /* 20 + 79 * 20 / 39, rounded */
    assert_true(dsc_length_agrees(&plain, &changed, 20));
    assert_false(dsc_length_agrees(&plain, &changed, 21));
}

static void changes_are_limited_and_the_past_stays(void **state) {
    (void)state;
    dsc_length length = parsed("1000");
    assert_false(dsc_length_change(&length, 10, 10));
    for (uint64_t i = 1; i < DSC_LENGTH_PARTS; i++) assert_true(dsc_length_change(&length, i, 900));
    assert_true(dsc_length_change(&length, DSC_LENGTH_PARTS - 1, 800)); /* once more at the same step */
    assert_int_equal(length.count, DSC_LENGTH_PARTS);
    assert_int_equal(length.part[DSC_LENGTH_PARTS - 1].steps, 800);
    assert_false(dsc_length_change(&length, DSC_LENGTH_PARTS, 800));
    assert_false(dsc_length_change(&length, 3, 800));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_are_read_and_written),
        cmocka_unit_test(what_means_nothing_is_refused_with_its_column),
        cmocka_unit_test(the_schedule_is_gone_through_to_its_end),
        cmocka_unit_test(until_a_change_nothing_is_different),
        cmocka_unit_test(changes_are_limited_and_the_past_stays),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
