/* SPDX-License-Identifier: MIT */
/* test_amx.c: the products on AMX tiles where there are no tiles: the machine code of src/kernel/set_amx.c
 * with its tile instructions done in software (amx_trap.h). Where the processor has AMX, test_kernels.c
 * runs the real ones. */
#include "testing.h"

#include "kernel/check.h"
#include "kernel/sets.h"

#if DSC_HAVE_X86
#include "amx_trap.h"
#include "products.h"

static const dsc_kernels *bf16_set;

/* cmocka's skipping jumps, so it stands in the test itself. */
static const char *reason_to_skip(void) {
    if (dsc_kernels_find("amx")) return "this processor has AMX: kernel.kernels tests it";
    bf16_set = dsc_kernels_find("avx512-bf16");
    return bf16_set ? NULL : "needs AVX-512 with bf16, which AMX's code rounds with";
}

static void products_on_emulated_tiles_are_right(void **unused) {
    (void)unused;
    if (reason_to_skip()) TEST_SKIP(reason_to_skip());
    const dsc_gemm_kernels *k = &dsc_gemm_bf16_amx;
    amx_trap_begin();
    static const size_t sizes[] = {0, 1, 2, 15, 16, 17, 31, 32, 33, 70, 128};
    enum { COUNT = sizeof sizes / sizeof *sizes };
    for (size_t m = 0; m < COUNT; m++)
        for (size_t n = 0; n < COUNT; n++)
            for (int form = 0; form < 2; form++)
                check(k, true, sizes[m], sizes[n], sizes[random_below(COUNT)], (int)random_below(FORMS),
                      (int)random_below(FORMS));
    for (int form = 0; form < FORMS; form++) {
        check(k, true, 48, 40, 1100, form, FORMS - 1 - form);
        check(k, true, 5, 130, 544, form, form);
        check(k, true, 400, 33, 64, form, form);
    }
    special_values(k, true);
    amx_trap_end();
    assert_true(amx_instructions > 10000);
    if (amx_faults) fail_msg("a processor would have stopped: %s", amx_fault);
    assert_int_equal(amx_config.palette, 0); /* released */
    print_message("kernels amx: emulated\n");
}

/* The checks before a set is used must not find fault with tiles that are right. */
static void the_checks_find_emulated_tiles_right(void **unused) {
    (void)unused;
    if (reason_to_skip()) TEST_SKIP(reason_to_skip());
    dsc_kernels set = *bf16_set;
    dsc_error error = {0};
    set.name = "emulated amx";
    set.bf16 = &dsc_gemm_bf16_amx;
    amx_trap_begin();
    amx_faults = amx_instructions = 0;
    const char *wrong = dsc_kernels_check(&set);
    const dsc_status status = dsc_kernels_check_all(&set, &error);
    amx_trap_end();
    if (wrong) fail_msg("the short check: %s", wrong);
    if (status) fail_msg("the long check: %s", error.message);
    assert_true(amx_instructions > 1000);
    assert_int_equal(amx_faults, 0);
}

/* The emulation must notice what made processors stop: a configuration whose stores were dropped. */
static void a_wrong_configuration_is_a_fault(void **unused) {
    (void)unused;
    if (reason_to_skip()) TEST_SKIP(reason_to_skip());
    dsc_amx_config config = {.palette = 1, .row_bytes = {64}, .rows = {16}};
    amx_trap_begin();
    amx_faults = 0;
    AMX_CONFIGURE(&config);
    AMX_ZERO(0);
    assert_int_equal(amx_faults, 0);
    AMX_ZERO(1); /* not configured */
    assert_int_equal(amx_faults, 1);
    config.reserved[3] = 0x7f; /* rubbish of the stack */
    AMX_CONFIGURE(&config);
    assert_int_equal(amx_faults, 2);
    AMX_RELEASE();
    AMX_ZERO(0); /* after the release */
    assert_int_equal(amx_faults, 3);
    amx_trap_end();
}
#else
static void products_on_emulated_tiles_are_right(void **unused) {
    (void)unused;
    TEST_SKIP("needs an x86-64 build in float");
}
static void the_checks_find_emulated_tiles_right(void **unused) {
    (void)unused;
    TEST_SKIP("needs an x86-64 build in float");
}
static void a_wrong_configuration_is_a_fault(void **unused) {
    (void)unused;
    TEST_SKIP("needs an x86-64 build in float");
}
#endif

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(products_on_emulated_tiles_are_right),
                                       cmocka_unit_test(the_checks_find_emulated_tiles_right),
                                       cmocka_unit_test(a_wrong_configuration_is_a_fault)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
