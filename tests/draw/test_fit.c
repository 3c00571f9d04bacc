/* SPDX-License-Identifier: MIT */
#include "testing.h"

#include "draw/fit.h"

static void check(const char *source, size_t width, const char *expected) {
    dsc_text text = {0};
    draw_fit(&text, source, width);
    assert_false(text.failed);
    assert_string_equal(text.data ? text.data : "", expected);
    dsc_text_free(&text);
}

static void what_fits_stays_as_it_is(void **state) {
    (void)state;
    check("", 20, "");
    check("\n\n", 20, "\n\n");
    check("no newline", 20, "no newline");
    check("name      value\nother         1\n\n  words of a line\n", 20,
          "name      value\nother         1\n\n  words of a line\n");
}

static void lines_are_wrapped_at_words_and_no_word_is_cut(void **state) {
    (void)state;
    check("loss 0.2303, after four epochs\n", 20, "loss 0.2303, after\n  four epochs\n");
    check("    deep in the margin it goes on\n", 20, "    deep in the\n      margin it goes\n      on\n");
    check("a /very/long/path/of/a/file that stays\n", 20, "a\n  /very/long/path/of/a/file\n  that stays\n");
    /* Nine characters, of two bytes each. */
    check("\u00e4\u00e4\u00e4\u00e4\u00e4\u00e4\u00e4\u00e4\u00e4 \u00e4\u00e4\u00e4\u00e4\u00e4\u00e4\u00e4"
          "\u00e4\u00e4\n",
          19,
          "\u00e4\u00e4\u00e4\u00e4\u00e4\u00e4\u00e4\u00e4\u00e4 \u00e4\u00e4\u00e4\u00e4\u00e4\u00e4\u00e4"
          "\u00e4\u00e4\n");
}

static void commands_stay_whole(void **state) {
    (void)state;
    check("  descender train --data somewhere\n", 20, "  descender train --data somewhere\n");
    check("Next: descender train --data somewhere\n", 20, "Next:\n  descender train --data somewhere\n");
    /* A name without a place in the text is an ordinary word. */
    check("what descender is for and what not\n", 20, "what descender is\n  for and what not\n");
}

static void colours_take_no_column(void **state) {
    (void)state;
    check("\033[33mwarning:\033[0m eleven left\n", 20, "\033[33mwarning:\033[0m eleven left\n");
    check("\033[33mwarning:\033[0m eleven left over\n", 20, "\033[33mwarning:\033[0m eleven left\n  over\n");
}

static void columns_of_a_table_move_together(void **state) {
    (void)state;
    check("class          samples    right\n"
          "zero                10     9.50\n"
          "one                100    10.00\n",
          21,
          "class  samples  right\n"
          "zero        10   9.50\n"
          "one        100  10.00\n");
}

static void a_long_last_column_is_wrapped_below_itself(void **state) {
    (void)state;
    check("  model   convolutions, then two dense layers\n"
          "  epochs  3\n",
          32,
          "  model   convolutions, then two\n"
          "          dense layers\n"
          "  epochs  3\n");
}

static void columns_without_room_are_a_table_of_their_own(void **state) {
    (void)state;
    check("class      first     second      third     fourth\n"
          "zero     1000.25    2000.25    3000.25    4000.25\n"
          "one         1.25       2.25       3.25       4.25\n",
          26,
          "class    first   second\n"
          "zero   1000.25  2000.25\n"
          "one       1.25     2.25\n"
          "\n"
          "class    third   fourth\n"
          "zero   3000.25  4000.25\n"
          "one       3.25     4.25\n");
}

static void lines_around_a_table_are_no_part_of_it(void **state) {
    (void)state;
    check("a heading that is wider than there is room\n"
          "a              1\n"
          "b              2\n",
          20,
          "a heading that is\n"
          "  wider than there\n"
          "  is room\n"
          "a              1\n"
          "b              2\n");
}

static void paragraphs_begin_at_empty_lines(void **state) {
    (void)state;
    dsc_text text = {0};
    const char *words = "one two\n\nthree four five";
    draw_wrap(&text, words, strlen(words), 4, 2, 12);
    assert_string_equal(text.data, "one two\n\n  three four\n  five");
    dsc_text_free(&text);
}

static void every_failed_allocation_is_told(void **state) {
    (void)state;
    const char *table =
        "class      first     second      third     fourth\n"
        "zero     1000.25    2000.25    3000.25    4000.25\n\nand a long line of words below it\n";
    for (long n = 0;; n++) {
        dsc_text text = {0};
        testing_fail_allocation(n);
        draw_fit(&text, table, 20);
        const bool failed = testing_allocation_failed();
        assert_int_equal(text.failed, failed);
        dsc_text_free(&text);
        if (!failed) break;
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_fits_stays_as_it_is),
        cmocka_unit_test(lines_are_wrapped_at_words_and_no_word_is_cut),
        cmocka_unit_test(commands_stay_whole),
        cmocka_unit_test(colours_take_no_column),
        cmocka_unit_test(columns_of_a_table_move_together),
        cmocka_unit_test(a_long_last_column_is_wrapped_below_itself),
        cmocka_unit_test(columns_without_room_are_a_table_of_their_own),
        cmocka_unit_test(lines_around_a_table_are_no_part_of_it),
        cmocka_unit_test(paragraphs_begin_at_empty_lines),
        cmocka_unit_test(every_failed_allocation_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
