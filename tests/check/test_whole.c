/* SPDX-License-Identifier: MIT */
/* The integer bounds that ops declare: their results are integers and lie within the bounds. */
#include "testing.h"

#include "check/whole.h"

static void what_every_op_makes_of_whole_numbers_is_within_the_bounds_that_it_says(void **state) {
    (void)state;
    char message[WHOLE_MESSAGE];
    for (const dsc_op *const *op = dsc_ops; *op; op++) {
        size_t said = 0;
        for (const dsc_op_example *e = (*op)->examples; (*op)->whole && e->roles; e++) {
            said += whole_check(message, *op, e);
            if (message[0]) fail_msg("%s", message);
        }
        if ((*op)->whole && !said) fail_msg("%s never says bounds", (*op)->name);
    }
}

/* Otherwise no network would use it. Only scale turns integers into floats, the logits. */
static void an_op_that_is_written_in_whole_numbers_says_its_bounds(void **state) {
    (void)state;
    size_t ops = 0;
    for (const dsc_op *const *op = dsc_ops; *op; op++) {
        if ((*op)->c_whole && !(*op)->whole && *op != dsc_op_find("scale"))
            fail_msg("%s has `c_whole` without `whole`", (*op)->name);
        ops += (*op)->whole != NULL;
    }
    assert_true(ops >= 10);
}

static bool too_narrow(double *low, double *high, const dsc_whole_rule *rule) {
    const bool known = dsc_op_find("conv2d")->whole(low, high, rule);
    if (*high > *low) *high -= 1;
    return known;
}
static bool as_the_input(double *low, double *high, const dsc_whole_rule *rule) {
    *low = rule->low[0];
    *high = rule->high[0];
    return true;
}

/* Tests that the check can fail. */
static void bounds_that_are_too_narrow_and_numbers_that_are_not_whole_are_found(void **state) {
    (void)state;
    char message[WHOLE_MESSAGE];
    static const struct {
        const char *name;
        bool (*whole)(double *low, double *high, const dsc_whole_rule *rule);
    } wrong[] = {{"conv2d", too_narrow}, {"global-sum-pool", as_the_input}, {"gelu", as_the_input}};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        dsc_op op = *dsc_op_find(wrong[i].name);
        bool found = false;
        op.whole = wrong[i].whole;
        for (const dsc_op_example *e = op.examples; e->roles; e++) {
            assert_true(whole_check(message, &op, e) > 0);
            found = found || message[0];
        }
        if (!found) fail_msg("nothing wrong was found in %s", op.name);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_every_op_makes_of_whole_numbers_is_within_the_bounds_that_it_says),
        cmocka_unit_test(an_op_that_is_written_in_whole_numbers_says_its_bounds),
        cmocka_unit_test(bounds_that_are_too_narrow_and_numbers_that_are_not_whole_are_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
