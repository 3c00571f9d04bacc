/* SPDX-License-Identifier: MIT */
#include "testing.h"

#include "base/text.h"

#include <locale.h>
#include <math.h>

static void check(double value, const char *expected) {
    char out[32];
    assert_string_equal(dsc_format_shortest(out, value), expected);
}

static void shortest_is_what_python_prints(void **state) {
    (void)state;
    check(0.0, "0.0");
    check(-0.0, "-0.0");
    check(1.0, "1.0");
    check(0.68, "0.68");
    check(0.1 + 0.2, "0.30000000000000004");
    check(1e16, "1e+16");
    check(123456789012345680.0, "1.2345678901234568e+17");
    check(9999999999999998.0, "9999999999999998.0");
    check(0.0001, "0.0001");
    check(0.00001, "1e-05");
    check(1.5e-7, "1.5e-07");
    check(5e-324, "5e-324");
    check(1.7976931348623157e308, "1.7976931348623157e+308");
    check(-1234.5, "-1234.5");
    check(0x1p-44,
          "5.684341886080802e-14"); /* the nearest 16 digits, ...801, are read as a neighbour of the number */
    check(2e23, "2e+23");
    check(9007199254740993.0, "9007199254740992.0");
    check(NAN, "nan");
    check(-INFINITY, "-inf");
}

static void numbers_are_the_same_in_every_locale(void **state) {
    (void)state;
    if (!testing_set_comma_locale()) TEST_SKIP("needs a locale with a decimal comma (package locales)");
    char out[48];
    double back;
    check(0.68, "0.68");
    assert_string_equal(dsc_format_fixed(out, sizeof out, 0.8976, 3), "0.898");
    assert_string_equal(dsc_format_grouped(out, 0), "0");
    assert_string_equal(dsc_format_grouped(out, 999), "999");
    assert_string_equal(dsc_format_grouped(out, 1234567), "1,234,567");
    assert_string_equal(dsc_format_grouped(out, -123456), "-123,456");
    assert_string_equal(dsc_format_grouped(out, (double)INFINITY), "-");
    assert_true(dsc_parse_real(&back, "0.5"));
    assert_true(back == 0.5);
    assert_false(dsc_parse_real(&back, "0,5"));
    setlocale(LC_ALL, "C");
}

static void parsing_wants_the_whole_text(void **state) {
    (void)state;
    double real;
    int64_t integer;
    assert_true(dsc_parse_real(&real, "1e-3"));
    assert_true(real == 1e-3);
    assert_false(dsc_parse_real(&real, ""));
    assert_false(dsc_parse_real(&real, " 1"));
    assert_false(dsc_parse_real(&real, "1x"));
    assert_true(dsc_parse_integer(&integer, "-12"));
    assert_int_equal(integer, -12);
    assert_false(dsc_parse_integer(&integer, "1.5"));
    assert_false(dsc_parse_integer(&integer, "99999999999999999999"));
    uint64_t bytes;
    assert_true(dsc_parse_bytes(&bytes, "8192") && bytes == 8192);
    assert_true(dsc_parse_bytes(&bytes, "8k") && bytes == 8192);
    assert_true(dsc_parse_bytes(&bytes, "2M") && bytes == 2097152);
    static const char *const no_bytes[] = {"",
                                           "k",
                                           "0",
                                           "-1",
                                           "8kk",
                                           "8 k",
                                           "1.5k",
                                           "8g",
                                           "9223372036854775807k",
                                           "000000000000000000000000000001"};
    for (size_t i = 0; i < sizeof no_bytes / sizeof *no_bytes; i++)
        assert_false(dsc_parse_bytes(&bytes, no_bytes[i]));
}

static void a_list_of_numbers_is_read_whole_or_not_at_all(void **state) {
    (void)state;
    static const char *const none[] = {"",  " ",   ",",   "1,",  ",1",    "1,,2",    "1 , , 2",
                                       "x", "1;2", "1 x", "nan", "1,inf", "1,2,3,4", "1 2 3 "};
    double values[3];
    size_t count;
    assert_true(dsc_parse_reals(values, &count, 3, "0.1307"));
    assert_int_equal(count, 1);
    assert_true(values[0] == 0.1307);
    assert_true(dsc_parse_reals(values, &count, 3, "0.485, -0.456 ,4e-1"));
    assert_int_equal(count, 3);
    assert_true(values[0] == 0.485 && values[1] == -0.456 && values[2] == 0.4);
    assert_true(dsc_parse_reals(values, &count, 3, "1  2"));
    assert_int_equal(count, 2);
    for (size_t i = 0; i < sizeof none / sizeof *none; i++)
        if (dsc_parse_reals(values, &count, 3, none[i]))
            fail_msg("'%s' was read as %zu numbers", none[i], count);
    char longest[80];
    (void)snprintf(longest, sizeof longest, "0.%063d", 0); /* longer than any number needs */
    assert_false(dsc_parse_reals(values, &count, 3, longest));
}

static void a_slip_is_found_and_a_stranger_is_not(void **state) {
    (void)state;
    static const char *const names[] = {"tutorial", "train", "data"};
    assert_string_equal(dsc_nearest_name("tutroial", names, 3), "tutorial");
    assert_string_equal(dsc_nearest_name("trian", names, 3), "train");
    assert_null(dsc_nearest_name("convolution", names, 3));
    /* Of six letters, at most three may be wrong. */
    static const char *const six[] = {"abcdef"};
    assert_string_equal(dsc_nearest_name("abcxyz", six, 1), "abcdef");
    assert_null(dsc_nearest_name("abwxyz", six, 1));
    /* "emnist" is the beginning of a name, not a slip in "mnist". */
    static const char *const sets[] = {"mnist", "fashion-mnist", "emnist-digits", "emnist-letters"};
    assert_string_equal(dsc_nearest_name("emnist", sets, 4), "emnist-digits");
    assert_string_equal(dsc_nearest_name("fashion", sets, 4), "fashion-mnist");
    assert_string_equal(dsc_nearest_name("MNIST", sets, 4), "mnist");
    assert_string_equal(dsc_nearest_name("Fashion-MNIST", sets, 4), "fashion-mnist");
    assert_null(dsc_nearest_name("", sets, 4));
    assert_int_equal(dsc_edit_distance("abc", "acb"), 1);
    assert_int_equal(dsc_edit_distance("aBc", "ACb"), 1);
    assert_int_equal(dsc_edit_distance("", "abc"), 3);
}

static void a_text_survives_every_failed_allocation(void **state) {
    (void)state;
    for (long n = 0;; n++) {
        dsc_text text = {0};
        testing_fail_allocation(n);
        for (int i = 0; i < 100; i++) dsc_text_append(&text, "line %d\n", i);
        bool failed = testing_allocation_failed();
        assert_int_equal(text.failed, failed);
        dsc_text_free(&text);
        if (!failed) break;
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shortest_is_what_python_prints),
        cmocka_unit_test(numbers_are_the_same_in_every_locale),
        cmocka_unit_test(parsing_wants_the_whole_text),
        cmocka_unit_test(a_list_of_numbers_is_read_whole_or_not_at_all),
        cmocka_unit_test(a_slip_is_found_and_a_stranger_is_not),
        cmocka_unit_test(a_text_survives_every_failed_allocation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
