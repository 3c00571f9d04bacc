/* SPDX-License-Identifier: MIT */
/* Every registered op in double precision, with all of its examples: gradients against central
 * differences, expected output values, and the same results with any number of lanes and threads. Nothing
 * here names an op. */
#include "testing.h"

#include "check/gradient.h"
#include "op/op.h"

#include <math.h>

static void for_all_examples(void (*check)(const dsc_op *op, const dsc_op_example *example)) {
    size_t ops = 0;
    for (const dsc_op *const *op = dsc_ops; *op; op++, ops++) {
        if (!(*op)->examples || !(*op)->examples->roles) fail_msg("%s has no examples", (*op)->name);
        for (const dsc_op_example *example = (*op)->examples; example->roles; example++) check(*op, example);
    }
    assert_true(ops >= 8);
}

static void check_differences(const dsc_op *op, const dsc_op_example *example) {
    gradient_check(op, example, true);
    gradient_check(op, example, false);
}

static void every_gradient_agrees_with_central_differences(void **state) {
    (void)state;
    for_all_examples(check_differences);
}

static void every_gradient_does_where_values_lie_as_pixels(void **state) {
    (void)state;
    gradient_in(DSC_FORMS_PIXELS, false);
    for_all_examples(check_differences);
    gradient_in(DSC_FORMS_PLANNED, false);
}

/* A formula may be wrong together with its gradient, so the examples' numbers come from another program. */
static void every_op_gives_the_numbers_that_were_worked_out(void **state) {
    (void)state;
    for (const dsc_op *const *op = dsc_ops; *op; op++) {
        size_t worked_out = 0;
        for (const dsc_op_example *example = (*op)->examples; example->roles; example++)
            worked_out += gradient_check_numbers(*op, example);
        if (!worked_out) fail_msg("%s has no example with numbers", (*op)->name);
    }
}

static void every_parameter_and_input_of_every_op_matters(void **state) {
    (void)state;
    for (const dsc_op *const *op = dsc_ops; *op; op++) gradient_check_all_matters(*op);
}

static void results_do_not_depend_on_threads(void **state) {
    (void)state;
    for_all_examples(gradient_check_threads);
}

static void wrong_gradients_wrong_formulas_and_what_is_ignored_are_found(void **state) {
    (void)state;
    assert_true(gradient_finds_wrong_ops());
    assert_true(gradient_finds_wrong_formulas());
    assert_true(gradient_finds_ignored_parameters());
    assert_true(gradient_finds_ignored_inputs());
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_gradient_agrees_with_central_differences),
        cmocka_unit_test(every_gradient_does_where_values_lie_as_pixels),
        cmocka_unit_test(every_op_gives_the_numbers_that_were_worked_out),
        cmocka_unit_test(every_parameter_and_input_of_every_op_matters),
        cmocka_unit_test(results_do_not_depend_on_threads),
        cmocka_unit_test(wrong_gradients_wrong_formulas_and_what_is_ignored_are_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
