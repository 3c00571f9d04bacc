/* SPDX-License-Identifier: MIT */
/* test_kernels.c: compares every matrix product of every kernel set of this machine with sums in double. */
#include "products.h"

typedef void check_kernels(const dsc_gemm_kernels *kernels, bool rounds);
static void each_kernel(check_kernels *function) {
    const dsc_kernels *set;
    for (size_t i = 0; (set = dsc_kernels_at(i)); i++) {
        state = 1;
        function(set->f32, false);
        function(set->bf16, set->bf16 != set->f32);
    }
}

static void small_sizes(const dsc_gemm_kernels *k, bool rounds) {
    static const size_t sizes[] = {0, 1, 2, 3, 5, 7, 13, 16, 17, 31, 33, 64};
    enum { COUNT = sizeof sizes / sizeof *sizes };
    for (size_t m = 0; m < COUNT; m++)
        for (size_t n = 0; n < COUNT; n++)
            for (size_t d = 0; d < 4; d++)
                check(k, rounds, sizes[m], sizes[n], sizes[random_below(COUNT)], (int)random_below(FORMS),
                      (int)random_below(FORMS));
}
static void products_of_small_sizes_are_right_in_every_form(void **unused) {
    (void)unused;
    each_kernel(small_sizes);
}

/* Ops plan for the largest batch, and run smaller batches in the same memory. */
static void smaller_workspaces(const dsc_gemm_kernels *k, bool rounds) {
    (void)rounds;
    for (int round = 0; round < 3000; round++) {
        const dsc_packer packer =
            dsc_pack_matrix(NULL, random_below(2) ? 1 : 1024, random_below(2) ? 1 : 1000);
        const dsc_operand ready = {.is_packed = true}, other = {.packer = &packer};
        dsc_gemm g = {.rows = 1 + random_below(700),
                      .columns = 1 + random_below(1200),
                      .depth = 1 + random_below(1500),
                      .a = random_below(3) ? other : ready,
                      .b = random_below(3) ? other : ready};
        const size_t parts = 1 + random_below(16);
        dsc_gemm_plan most, less;
        dsc_gemm_plan_make(&most, k, &g, parts);
        g.rows = 1 + random_below(g.rows);
        g.depth = 1 + random_below(g.depth);
        dsc_gemm_plan_make(&less, k, &g, parts);
        if (less.workspace > most.workspace)
            fail_msg("%s, round %d: %zu bytes planned, %zu needed", k->name, round, most.workspace,
                     less.workspace);
    }
}
static void fewer_rows_and_less_depth_need_no_more_workspace(void **unused) {
    (void)unused;
    each_kernel(smaller_workspaces);
}

static void large_sizes(const dsc_gemm_kernels *k, bool rounds) {
    static const size_t sizes[][3] = {{128, 100, 784}, {100, 784, 128}, {64, 10, 100},   {1, 100, 784},
                                      {3, 517, 65},    {211, 37, 601},  {400, 33, 1025}, {40, 1100, 333},
                                      {2, 3, 4099},    {509, 16, 32},   {33, 600, 511}};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        for (int form = 0; form < 3; form++)
            check(k, rounds, sizes[i][0], sizes[i][1], sizes[i][2], (int)random_below(FORMS),
                  (int)random_below(FORMS));
    for (int form = 0; form < FORMS; form++) {
        check(k, rounds, 30, 40, 1024, form, form); /* rows one page apart */
        check(k, rounds, 64, 70, 64, form, form);
    }
}
static void products_of_real_sizes_are_right(void **unused) {
    (void)unused;
    each_kernel(large_sizes);
}

/* The value of one element: no neighbour, tile or position may change it. */
static void element_alone(const dsc_gemm_kernels *k, bool rounds) {
    (void)rounds;
    enum { M = 45, N = 77, K = 1000 };
    static dsc_real a[M * K], b[N * K], c[M * N];
    for (size_t i = 0; i < M * K; i++) a[i] = random_real();
    for (size_t i = 0; i < N * K; i++) b[i] = random_real();
    const dsc_packer pa = dsc_pack_matrix(a, K, 1), pb = dsc_pack_matrix(b, K, 1);
    dsc_gemm g = {.rows = M, .columns = N, .depth = K, .a.packer = &pa, .b.packer = &pb, .c = c, .c_row = N};
    run(k, &g, &g, 1, false);
    for (size_t i = 0; i < M; i += 4)
        for (size_t j = 0; j < N; j += 7) {
            const dsc_packer row = dsc_pack_matrix(a + i * K, K, 1),
                             column = dsc_pack_matrix(b + j * K, K, 1);
            dsc_real alone = 0;
            dsc_gemm one = {.rows = 1,
                            .columns = 1,
                            .depth = K,
                            .a.packer = &row,
                            .b.packer = &column,
                            .c = &alone,
                            .c_row = 1};
            run(k, &one, &one, 1, false);
            if (memcmp(&alone, &c[i * N + j], sizeof alone) != 0) fail_msg("%s: C(%zu, %zu)", k->name, i, j);
        }
}
static void an_element_has_the_same_bits_alone(void **unused) {
    (void)unused;
    each_kernel(element_alone);
}

static void nan_infinity_and_denormals_are_carried_through(void **unused) {
    (void)unused;
    each_kernel(special_values);
}

static void kernel_sets_are_found_by_name(void **unused) {
    (void)unused;
    size_t count = 0;
    const dsc_kernels *at;
    for (; (at = dsc_kernels_at(count)); count++) assert_ptr_equal(dsc_kernels_find(at->name), at);
    assert_string_equal(dsc_kernels_at(0)->name, "portable");
    assert_null(dsc_kernels_find("none"));
    assert_null(dsc_kernels_find(""));
    size_t names = 0;
    while (dsc_kernels_name(names)) names++;
    assert_true(names >= count);
}

static void bf16_rounds_to_nearest_ties_to_even(void **unused) {
    (void)unused;
    static const struct {
        float in, out;
    } cases[] = {{1, 1},
                 {1.00390625f, 1},
                 {1.01171875f, 1.015625f},
                 {1.00390637f, 1.0078125f},
                 {-1.00390637f, -1.0078125f},
                 {3.4e38f, INFINITY},
                 {3.38e38f, 3.37624e+38f},
                 {0, 0},
                 {-0.0f, -0.0f},
                 {1e-45f, 0},
                 {INFINITY, INFINITY}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const float out = dsc_bf16_to_float(dsc_bf16_from_float(cases[i].in));
        if (!(fabsf(out - cases[i].out) <= 1e-6f * fabsf(out)) && out != cases[i].out)
            fail_msg("%.9g became %.9g", (double)cases[i].in, (double)out);
    }
    assert_true(isnan(dsc_bf16_to_float(dsc_bf16_from_float(NAN))));
    union {
        uint32_t u;
        float f;
    } low_nan = {0x7f800001u}; /* its upper half alone would be infinity */
    assert_true(isnan(dsc_bf16_to_float(dsc_bf16_from_float(low_nan.f))));
}

static void flushing_denormals_is_undone(void **unused) {
    (void)unused;
    volatile float tiny = 1e-40f, one = 1;
    const unsigned before = dsc_denormals_flush();
#if defined(__x86_64__) || defined(__aarch64__)
    assert_true(tiny * one == 0);
#endif
    dsc_denormals_restore(before);
    assert_true(tiny * one > 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(kernel_sets_are_found_by_name),
        cmocka_unit_test(fewer_rows_and_less_depth_need_no_more_workspace),
        cmocka_unit_test(products_of_small_sizes_are_right_in_every_form),
        cmocka_unit_test(products_of_real_sizes_are_right),
        cmocka_unit_test(an_element_has_the_same_bits_alone),
        cmocka_unit_test(nan_infinity_and_denormals_are_carried_through),
        cmocka_unit_test(bf16_rounds_to_nearest_ties_to_even),
        cmocka_unit_test(flushing_denormals_is_undone),
    };
    const int failed = cmocka_run_group_tests(tests, NULL, NULL);
    /* For the last line of `make test`: tests/count.awk reads it. */
    for (size_t i = 0; dsc_kernels_name(i) && !failed; i++)
        print_message("kernels %s: %s\n", dsc_kernels_name(i),
                      !dsc_kernels_find(dsc_kernels_name(i)) ? "absent"
                      : testing_emulated()                   ? "emulated"
                                                             : "hardware");
    return failed;
}
