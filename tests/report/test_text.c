/* SPDX-License-Identifier: MIT */
/* Texts from outside stay texts; numbers for people. */
#include "testing.h"

#include "base/base64.h"

#include "report/text.h"

#include <math.h>

static void is_text(void (*append)(dsc_text *, const char *), const char *in, const char *expected) {
    dsc_text text = {0};
    append(&text, in);
    assert_string_equal(text.data ? text.data : "", expected);
    dsc_text_free(&text);
}

static void html_stays_text(void **state) {
    (void)state;
    is_text(report_append_html, "a<b>&\"c\"'d'", "a&lt;b&gt;&amp;&quot;c&quot;&#39;d&#39;");
    is_text(report_append_html, "\xFF\x01\xC3\xA9\n", "\xEF\xBF\xBD\xEF\xBF\xBD\xC3\xA9\xEF\xBF\xBD");
    is_text(report_append_html, "", "");
}

static void markdown_stays_text(void **state) {
    (void)state;
    is_text(report_append_markdown, "a|b_c*d`e<f>[g](h)\\!#", "a\\|b\\_c\\*d\\`e\\<f\\>\\[g\\](h)\\\\\\!\\#");
    is_text(report_append_markdown, "runs/0001-mnist-98.x", "runs/0001-mnist-98.x");
    is_text(report_append_markdown, "http://www.x.y", "http\\://www\\.x.y");
    is_text(report_append_markdown, "two\nlines", "two\xEF\xBF\xBDlines");
}

static void yaml_stays_one_scalar(void **state) {
    (void)state;
    is_text(report_append_yaml, "a\"b\\c: - #", "\"a\\\"b\\\\c: - #\"");
    is_text(report_append_yaml, "x\n---\ny\x7F", "\"x\xEF\xBF\xBD---\xEF\xBF\xBDy\xEF\xBF\xBD\"");
    is_text(report_append_yaml, "", "\"\"");
}

/* RFC 4648, section 10. */
static void base64_is_the_standards(void **state) {
    (void)state;
    static const char *const cases[][2] = {{"", ""},
                                           {"f", "Zg=="},
                                           {"fo", "Zm8="},
                                           {"foo", "Zm9v"},
                                           {"foob", "Zm9vYg=="},
                                           {"fooba", "Zm9vYmE="},
                                           {"foobar", "Zm9vYmFy"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        dsc_text text = {0};
        dsc_text_append_base64(&text, cases[i][0], strlen(cases[i][0]));
        assert_string_equal(text.data ? text.data : "", cases[i][1]);
        dsc_text_free(&text);
        char back[8] = "";
        assert_true(dsc_base64_decode(back, strlen(cases[i][0]), cases[i][1], strlen(cases[i][1])));
        assert_string_equal(back, cases[i][0]);
        assert_false(dsc_base64_decode(back, strlen(cases[i][0]) + 1, cases[i][1], strlen(cases[i][1])));
    }
    static const char *const wrong[] = {"Zg=",     "Zg",       "Zh==", "Z===", "Zg=A",
                                        "Z\xFFg=", "Zg==Zg==", "====", "Zm8="};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        char one[8];
        assert_false(dsc_base64_decode(one, 1, wrong[i], strlen(wrong[i])));
    }
    unsigned char many[3000], again[3000];
    for (size_t i = 0; i < sizeof many; i++) many[i] = (unsigned char)(i * 7);
    dsc_text text = {0};
    dsc_text_append_base64(&text, many, sizeof many);
    assert_int_equal(text.length, 4000);
    assert_true(dsc_base64_decode(again, sizeof again, text.data, text.length));
    assert_memory_equal(again, many, sizeof many);
    dsc_text_free(&text);
}

static void numbers_are_for_people(void **state) {
    (void)state;
    char out[80];
    assert_string_equal(report_percent(out, 0.97915, 1), "97.9");
    assert_string_equal(report_percent(out, (double)NAN, 1), "-");
    assert_string_equal(report_percents(out, (double[]){0.5, 0.75}, 0), "50 to 75");
    assert_string_equal(report_percents(out, (double[]){(double)NAN, 1}, 0), "-");
    assert_string_equal(report_bytes(out, 12), "12 bytes");
    assert_string_equal(report_bytes(out, 1234), "1.2 kB");
    assert_string_equal(report_bytes(out, 2500000), "2.50 MB");
    assert_string_equal(report_seconds(out, 2.5e-6), "2.5 \xC2\xB5s");
    assert_string_equal(report_seconds(out, 0.25), "250.00 ms");
    assert_string_equal(report_seconds(out, 61), "61.00 s");
    assert_string_equal(report_number(out, 10), "10");
    assert_string_equal(report_number(out, 0.5), "0.5");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(html_stays_text),        cmocka_unit_test(markdown_stays_text),
        cmocka_unit_test(yaml_stays_one_scalar),  cmocka_unit_test(base64_is_the_standards),
        cmocka_unit_test(numbers_are_for_people),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
