/* SPDX-License-Identifier: MIT */
/* test_choose.c: the kernel set that `auto` means on each processor. */
#include "testing.h"

#include "kernel/choose.h"
#include "kernel/gemm.h"

#include <string.h>

/* A build for another architecture lacks the sets that the table names. */
static bool is_a_set(const char *name) {
#if defined(__x86_64__)
    for (size_t i = 0; dsc_kernels_name(i); i++)
        if (!strcmp(name, dsc_kernels_name(i))) return true;
    return false;
#else
    return *name;
#endif
}

/* Returns the first candidate on that processor, and whether it was measured there. */
static void first_is(const char *vendor, unsigned family, unsigned model, const char *name, bool measured) {
    dsc_processor p = {.family = family, .model = model};
    const char *why;
    memcpy(p.vendor, vendor, strlen(vendor) + 1);
    const char *first = dsc_kernels_candidate(&why, &p, 0);
    assert_string_equal(first, name);
    if (measured != !strncmp(why, "measured on ", 12)) fail_msg("%s %u %u: %s", vendor, family, model, why);
}

static void processors_of_the_table_get_what_was_measured(void **unused) {
    (void)unused;
    first_is("AuthenticAMD", 25, 1, "avx2", true);           /* Zen 3 */
    first_is("AuthenticAMD", 25, 17, "avx512-bf16", true);   /* Zen 4 */
    first_is("AuthenticAMD", 25, 0x21, "avx2", true);        /* Zen 3, desktop */
    first_is("AuthenticAMD", 25, 0x61, "avx512-bf16", true); /* Zen 4, desktop */
    first_is("AuthenticAMD", 26, 2, "avx512-bf16", true);    /* Zen 5 */
}

static void other_processors_get_the_most_capable_set(void **unused) {
    (void)unused;
    first_is("GenuineIntel", 6, 0x55, "avx512", false); /* if the processor lacks it, the next ones follow */
    first_is("GenuineIntel", 6, 0x8f, "avx512", false); /* Sapphire Rapids */
    first_is("AuthenticAMD", 25, 0x80, "avx512", false);
    first_is("SomethingNew", 99, 1, "avx512", false);
    first_is("", 0, 0, "avx512", false);
}

static void candidates_end_with_the_portable_set(void **unused) {
    (void)unused;
    static const dsc_processor processors[] = {
        {"", 0, 0}, {"AuthenticAMD", 25, 17}, {"GenuineIntel", 6, 0x8f}};
    for (size_t p = 0; p < 3; p++) {
        const char *why, *name, *last = NULL;
        size_t count = 0;
        for (; (name = dsc_kernels_candidate(&why, &processors[p], count)); count++) {
            assert_true(is_a_set(name));
            last = name;
        }
        assert_string_equal(last, "portable");
        assert_in_range(count, 3, 4);
    }
}

/* No hardware has run amx in its present form, nor neon or wasm. If you have seen one pass on hardware,
 * change this and the table. */
static void a_set_that_no_hardware_ran_is_never_automatic(void **unused) {
    (void)unused;
    static const dsc_processor processors[] = {
        {"", 0, 0}, {"AuthenticAMD", 26, 2}, {"GenuineIntel", 6, 0x8f}, {"GenuineIntel", 6, 0xad}};
    for (size_t p = 0; p < sizeof processors / sizeof *processors; p++) {
        const char *why, *name;
        for (size_t i = 0; (name = dsc_kernels_candidate(&why, &processors[p], i)); i++)
            if (!strcmp(name, "amx") || !strcmp(name, "neon") || !strcmp(name, "wasm"))
                fail_msg("%s is automatic", name);
    }
}

static void auto_is_one_choice_of_this_processor(void **unused) {
    (void)unused;
    dsc_kernels_choice first, again;
    dsc_error error = {0};
    ASSERT_OK(dsc_kernels_choose(&first, NULL, &error), error);
    ASSERT_OK(dsc_kernels_choose(&again, "auto", &error), error);
    assert_ptr_equal(first.kernels, again.kernels);
    assert_ptr_equal(first.kernels, dsc_kernels_auto());
    assert_ptr_equal(first.kernels, dsc_kernels_find(first.kernels->name));
    assert_string_equal(first.reason, again.reason);
    assert_int_equal(strncmp(first.reason, "auto: ", 6), 0);
    assert_string_equal(first.refused, "");
    assert_true(first.bf16 == (first.kernels->bf16->elements_per_word == 2));
    dsc_processor processor;
    const char *why, *name;
    dsc_processor_read(&processor);
    for (size_t i = 0; (name = dsc_kernels_candidate(&why, &processor, i)); i++)
        if (dsc_kernels_find(name)) break;
    assert_string_equal(first.kernels->name, name);
}

static void a_set_is_chosen_by_name_or_refused(void **unused) {
    (void)unused;
    dsc_kernels_choice choice;
    dsc_error error = {0};
    for (size_t i = 0; dsc_kernels_at(i); i++) {
        ASSERT_OK(dsc_kernels_choose(&choice, dsc_kernels_at(i)->name, &error), error);
        assert_ptr_equal(choice.kernels, dsc_kernels_at(i));
        assert_string_equal(choice.reason, "asked for");
    }
    assert_int_equal(dsc_kernels_choose(&choice, "abacus", &error), DSC_ERROR_ARGUMENT);
    ASSERT_MESSAGE(error, "no kernels 'abacus' here");
    for (size_t i = 0; dsc_kernels_name(i); i++)
        if (!dsc_kernels_find(dsc_kernels_name(i)))
            assert_int_equal(dsc_kernels_choose(&choice, dsc_kernels_name(i), &error), DSC_ERROR_ARGUMENT);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(processors_of_the_table_get_what_was_measured),
        cmocka_unit_test(other_processors_get_the_most_capable_set),
        cmocka_unit_test(candidates_end_with_the_portable_set),
        cmocka_unit_test(a_set_that_no_hardware_ran_is_never_automatic),
        cmocka_unit_test(auto_is_one_choice_of_this_processor),
        cmocka_unit_test(a_set_is_chosen_by_name_or_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
