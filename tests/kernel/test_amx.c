/* SPDX-License-Identifier: MIT */
/* test_amx.c: the AMX micro-kernel with its tile instructions emulated, so that any machine with AVX-512 tests everything but the
 * processor's tiles themselves. (Where they are there, test_kernels.c runs the real ones as well.) */
#include "amx_emulated.h"
#include "products.h"

#include "kernel/isa.h"

#if DSC_HAVE_X86
#include "kernel/isa_avx512.h"

#include "kernel/amx_template.h"

#include "kernel/isa_end.h"

static void round_row(void *words, const dsc_real *reals, size_t count) {
    for (size_t i = 0; i < count; i++) ((uint16_t *)words)[i] = dsc_bf16_from_float(reals[i]);
}
static void round_pairs(void *words, const dsc_real *low, const dsc_real *high, size_t count) {
    for (size_t i = 0; i < count; i++) {
        ((uint16_t *)words)[2 * i] = dsc_bf16_from_float(low[i]);
        ((uint16_t *)words)[2 * i + 1] = dsc_bf16_from_float(high[i]);
    }
}
static void round_panels(void *words, ptrdiff_t panel, ptrdiff_t out_row, const dsc_real *in,
                         ptrdiff_t in_row, size_t pairs, size_t columns) {
    for (size_t j = 0; j < columns; j += 16)
        for (size_t i = 0; i < pairs; i++) {
            const dsc_real *low = in + 2 * (ptrdiff_t)i * in_row + j;
            round_pairs((dsc_real *)words + (ptrdiff_t)(j / 16) * panel + (ptrdiff_t)i * out_row, low,
                        low + in_row, columns - j < 16 ? columns - j : 16);
        }
}

static void products_on_emulated_tiles_are_right(void **unused) {
    (void)unused;
    if (!dsc_kernels_find("avx512")) TEST_SKIP("needs AVX-512");
#define DSC_ISA_SUFFIX avx512
    dsc_gemm_kernels kernels = {.name = "emulated amx",
                                .round_row = round_row,
                                .round_pairs = round_pairs,
                                .round_panels = round_panels,
                                .vector = dsc_kernels_find("avx512")->vector,
                                DSC_AMX_SHAPE};
#undef DSC_ISA_SUFFIX
    static const size_t sizes[] = {0, 1, 2, 15, 16, 17, 31, 32, 33, 70, 128};
    enum { COUNT = sizeof sizes / sizeof *sizes };
    for (size_t m = 0; m < COUNT; m++)
        for (size_t n = 0; n < COUNT; n++)
            for (int form = 0; form < 2; form++)
                check(&kernels, true, sizes[m], sizes[n], sizes[random_below(COUNT)],
                      (int)random_below(FORMS), (int)random_below(FORMS));
    for (int form = 0; form < FORMS; form++) {
        check(&kernels, true, 48, 40, 1100, form, FORMS - 1 - form);
        check(&kernels, true, 5, 130, 544, form, form);
        check(&kernels, true, 400, 33, 64, form, form);
    }
    special_values(&kernels, true);
    assert_int_equal(amx_mistakes, 0);
    assert_false(amx_configured); /* released */
}
#else
static void products_on_emulated_tiles_are_right(void **unused) {
    (void)unused;
    TEST_SKIP("needs an x86-64 build in float");
}
#endif

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(products_on_emulated_tiles_are_right)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
