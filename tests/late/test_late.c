/* SPDX-License-Identifier: MIT */
/* test_late.c: missing names and options are reported. */
#include "testing.h"

#include "late/late.h"

#include <math.h>

#define LATE_MATH(X) X(cos) X(sqrt)
typedef struct math_functions {
    LATE_MATH(LATE_MEMBER)
} math_functions;

static void functions_are_found_and_called(void **unused) {
    (void)unused;
    static const char *const names[] = {LATE_MATH(LATE_NAME) NULL};
    math_functions m;
    dsc_error error;
    const dsc_status status = late_load(&m, names, "libm.so.6", &error);
    if (status) TEST_SKIP("there is no libm.so.6 here");
    assert_true(fabs(m.cos(0) - 1) <= 0 && fabs(m.sqrt(4) - 2) <= 0);
}

static void what_is_not_there_is_named(void **unused) {
    (void)unused;
    static const char *const names[] = {"cos", "no_such_function", NULL};
    void *functions[2];
    dsc_error error;
    assert_int_equal(late_load(functions, names, "libnone.so.1", &error), DSC_ERROR_UNSUPPORTED);
    ASSERT_MESSAGE(error, "libnone.so.1");
    assert_int_equal(late_load(functions, names, "libm.so.6", &error), DSC_ERROR_UNSUPPORTED);
    if (strstr(error.message, "has no")) ASSERT_MESSAGE(error, "no_such_function");
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(functions_are_found_and_called),
                                       cmocka_unit_test(what_is_not_there_is_named)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
