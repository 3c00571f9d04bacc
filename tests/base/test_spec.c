/* SPDX-License-Identifier: MIT */
#include "testing.h"

#include "base/spec.h"

typedef struct values {
    int64_t units;
    double rate;
    bool bias;
} values;

static const dsc_param table[] = {
    {"units", DSC_PARAM_INT, offsetof(values, units), "10", 1, 1000, NULL, "outputs"},
    {"rate", DSC_PARAM_REAL, offsetof(values, rate), "0.5", 0, 1, NULL, "a rate"},
    {"bias", DSC_PARAM_SWITCH, offsetof(values, bias), "on", 0, 0, NULL, "a bias"},
    {0}};

static dsc_status read_all(values *v, const char *text, dsc_error *error) {
    dsc_spec spec;
    const char *next = text;
    memset(v, 0, sizeof *v);
    dsc_status status = dsc_spec_read(&spec, &next, text, ",", error);
    return status ? status : dsc_spec_apply(&spec, text, "layer dense", table, 1, v, error);
}

static void arguments_and_keys_set_values(void **state) {
    (void)state;
    values v;
    dsc_error error;
    ASSERT_OK(read_all(&v, "  dense 30  bias=off rate=1e-2 , relu", &error), error);
    assert_int_equal(v.units, 30);
    assert_false(v.bias);
    assert_true(v.rate == 1e-2);
    ASSERT_OK(read_all(&v, "dense", &error), error);
    assert_int_equal(v.units, 10);
}

static void the_next_item_begins_behind_the_end(void **state) {
    (void)state;
    dsc_spec spec;
    dsc_error error;
    const char *text = "dense 30, relu", *next = text;
    ASSERT_OK(dsc_spec_read(&spec, &next, text, ",", &error), error);
    assert_string_equal(next, ", relu");
    next++;
    ASSERT_OK(dsc_spec_read(&spec, &next, text, ",", &error), error);
    assert_int_equal(spec.column, 11);
    assert_int_equal(*next, 0);
}

static void check_error(const char *text, const char *part) {
    values v;
    dsc_error error;
    assert_int_equal(read_all(&v, text, &error), DSC_ERROR_ARGUMENT);
    ASSERT_MESSAGE(error, part);
}

static void errors_point_at_the_column_and_suggest(void **state) {
    (void)state;
    check_error("dense unitss=3", "column 7: layer dense: unknown parameter 'unitss'; did you mean 'units'?");
    check_error("dense 0", "column 7: layer dense: units: expected a whole number 1 to 1000, found '0'");
    check_error("dense 1 2", "column 9: layer dense takes 1 argument without a name; '2' is one more");
    check_error("dense rate=", "column 12: expected a value after '='");
    check_error("dense =3", "column 7: expected a name before '='");
    check_error("", "column 1: expected a name");
    check_error("  , relu", "column 3: expected a name before ','");
}

static void only_what_differs_is_written(void **state) {
    (void)state;
    values v = {.units = 10, .rate = 0.25, .bias = false};
    dsc_text text = {0};
    dsc_spec_format(&text, "dense", table, &v);
    assert_string_equal(text.data, "dense rate=0.25 bias=off");
    dsc_text_free(&text);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(arguments_and_keys_set_values),
        cmocka_unit_test(the_next_item_begins_behind_the_end),
        cmocka_unit_test(errors_point_at_the_column_and_suggest),
        cmocka_unit_test(only_what_differs_is_written),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
