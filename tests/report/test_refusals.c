/* SPDX-License-Identifier: MIT */
/* Errors against refusals in a report: the table of an exam made by hand. */
#include "testing.h"

#include "report/refusals.h"

#include <math.h>

static dsc_error error;

/* 200 answers with confidence 0.5 to 1; the 4 least confident ones and the most confident one are wrong. */
static void fill(report_answer answers[200]) {
    for (size_t i = 0; i < 200; i++)
        answers[i] =
            (report_answer){.label = 0, .prediction = i < 4 || i == 199, .confidence = 0.5F + (float)i / 400};
}

static dsc_model *make_model(double below) {
    dsc_model_options options = dsc_model_options_defaults();
    dsc_model *model;
    options.text = "flatten, dense";
    ASSERT_OK(dsc_model_create(&model, &options, &error), error);
    ASSERT_OK(dsc_model_set_refuse_below(model, below, &error), error);
    return model;
}

static void the_table_tells_what_is_wrong_of_the_rest(void **state) {
    (void)state;
    static const size_t refused[REPORT_REFUSAL_POINTS] = {0, 1, 2, 4, 10, 20};
    static const double wrong[REPORT_REFUSAL_POINTS] = {5, 4, 3, 1, 1, 1};
    report_answer answers[200];
    dsc_model *model = make_model(0.511); /* the fifth has 0.51, the sixth 0.5125 */
    fill(answers);
    const report_exam exam = {
        .model = model, .numbering = model, .metrics = {.count = 200}, .answers = answers};
    report_refusals r;
    ASSERT_OK(report_refusals_of(&r, &exam, &error), error);
    for (size_t i = 0; i < REPORT_REFUSAL_POINTS; i++) {
        assert_int_equal(r.points[i].refused, refused[i]);
        assert_true(fabs(r.points[i].error - wrong[i] / (double)(200 - refused[i])) < 1e-12);
    }
    assert_int_equal(r.threshold.refused, 5);
    assert_true(fabs(r.threshold.error - 1.0 / 195) < 1e-12 && r.threshold.share == 0.025);
    dsc_text text = {0};
    report_append_refusals(&text, &r);
    assert_non_null(strstr(text.data, "2.50         5"));
    assert_non_null(strstr(text.data, "the model's threshold, 0.511"));
    dsc_text_free(&text);
    json_t *json = report_refusals_json(&r);
    assert_int_equal(json_array_size(json_object_get(json, "points")), REPORT_REFUSAL_POINTS);
    assert_int_equal(json_integer_value(json_object_get(json_object_get(json, "threshold"), "refused")), 5);
    json_decref(json);
    dsc_model_free(model);
}

static void a_model_without_a_threshold_has_no_line_of_it(void **state) {
    (void)state;
    report_answer answers[200];
    dsc_model *model = make_model(0);
    fill(answers);
    const report_exam exam = {
        .model = model, .numbering = model, .metrics = {.count = 200}, .answers = answers};
    report_refusals r;
    ASSERT_OK(report_refusals_of(&r, &exam, &error), error);
    assert_int_equal(r.threshold.refused, 0);
    dsc_text text = {0}, page = {0};
    const report_figures figures = {.count = 0};
    report_append_refusals(&text, &r);
    report_page_refusals(&page, &figures, &r);
    assert_null(strstr(text.data, "threshold"));
    assert_null(strstr(page.data, "threshold"));
    dsc_text_free(&text);
    dsc_text_free(&page);
    json_t *json = report_refusals_json(&r);
    assert_true(json_is_null(json_object_get(json, "threshold")));
    json_decref(json);
    dsc_model_free(model);
}

static void every_failed_allocation_is_survived(void **state) {
    (void)state;
    report_answer answers[200];
    dsc_model *model = make_model(0.6);
    fill(answers);
    const report_exam exam = {
        .model = model, .numbering = model, .metrics = {.count = 200}, .answers = answers};
    for (long n = 0;; n++) {
        report_refusals r;
        testing_fail_allocation(n);
        const dsc_status status = report_refusals_of(&r, &exam, &error);
        const bool failed = testing_allocation_failed();
        assert_int_equal(status, failed ? DSC_ERROR_MEMORY : DSC_OK);
        if (!failed) break;
    }
    dsc_model_free(model);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_table_tells_what_is_wrong_of_the_rest),
        cmocka_unit_test(a_model_without_a_threshold_has_no_line_of_it),
        cmocka_unit_test(every_failed_allocation_is_survived),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
