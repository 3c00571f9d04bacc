/* SPDX-License-Identifier: MIT */
/* The op of examples/custom_op.c, which uses only the public header, passes the checks of the library's
 * own ops. */
#include "testing.h"

#include "check/gradient.h"
#include "check/whole.h"

#define main example_main
int example_main(void);
#include "../../examples/custom_op.c"
#undef main

static void the_examples_gradient_agrees_with_central_differences(void **state) {
    (void)state;
    for (const dsc_op_example *example = prelu_op.examples; example->roles; example++) {
        gradient_check(&prelu_op, example, true);
        gradient_check(&prelu_op, example, false);
    }
}

static void the_examples_numbers_come_out_and_both_inputs_matter(void **state) {
    (void)state;
    size_t worked_out = 0;
    for (const dsc_op_example *example = prelu_op.examples; example->roles; example++)
        worked_out += gradient_check_numbers(&prelu_op, example);
    assert_int_equal(worked_out, 1);
    gradient_check_all_matters(&prelu_op);
}

static void the_example_does_not_depend_on_threads(void **state) {
    (void)state;
    for (const dsc_op_example *example = prelu_op.examples; example->roles; example++)
        gradient_check_threads(&prelu_op, example);
}

static void the_examples_bounds_of_whole_numbers_hold(void **state) {
    (void)state;
    char message[WHOLE_MESSAGE];
    for (const dsc_op_example *example = prelu_op.examples; example->roles; example++) {
        assert_true(whole_check(message, &prelu_op, example) > 0);
        if (message[0]) fail_msg("%s", message);
    }
}

static void the_example_finds_its_own_gradient_right(void **state) {
    (void)state;
    assert_int_equal(example_main(), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_examples_gradient_agrees_with_central_differences),
        cmocka_unit_test(the_examples_numbers_come_out_and_both_inputs_matter),
        cmocka_unit_test(the_example_does_not_depend_on_threads),
        cmocka_unit_test(the_examples_bounds_of_whole_numbers_hold),
        cmocka_unit_test(the_example_finds_its_own_gradient_right),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
