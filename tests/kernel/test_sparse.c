/* SPDX-License-Identifier: MIT */
/* test_sparse.c: products that skip zeros give the bits of the complete products. */
#include "testing.h"

#include "kernel/sparse.h"
#include "kernel/vectors.h"

static void *aligned(size_t size) {
    void *data = aligned_alloc(64, (size + 64) / 64 * 64);
    assert_non_null(data);
    return data;
}

static uint32_t state = 1;
static dsc_real random_real(void) {
    state = state * 1664525u + 1013904223u;
    return (dsc_real)(int32_t)(state >> 8) / (dsc_real)(1 << 23) - 1;
}

/* (rows, columns), of which about one in `every` is nonzero; some zeros are negative. */
static dsc_real *some_values(size_t rows, size_t columns, unsigned every) {
    dsc_real *values = aligned(rows * columns * sizeof *values);
    for (size_t i = 0; i < rows * columns; i++) {
        const dsc_real value = random_real();
        state = state * 1664525u + 1013904223u;
        values[i] = (state >> 16) % every == 0 ? value : value > 0 ? (dsc_real)0 : -(dsc_real)0;
    }
    return values;
}

static void whole_product(dsc_real *c, const dsc_gemm_kernels *product, size_t m, size_t n, size_t depth,
                          dsc_packer a, dsc_packer b) {
    dsc_gemm g = {.rows = m,
                  .columns = n,
                  .depth = depth,
                  .a.packer = &a,
                  .b.packer = &b,
                  .c = c,
                  .c_row = (ptrdiff_t)n};
    dsc_gemm_plan plan;
    dsc_gemm_plan_make(&plan, product, &g, 1);
    void *space = aligned(plan.workspace + 64);
    dsc_gemm_run(&plan, &g, 0, plan.tiles, space);
    free(space);
}

static void same_bits(const dsc_real *a, const dsc_real *b, size_t count, const char *what) {
    for (size_t i = 0; i < count; i++)
        if (!(a[i] == b[i])) fail_msg("%s: %zu is %.9g, not %.9g", what, i, (double)a[i], (double)b[i]);
}

static void a_row(const dsc_gemm_kernels *product, size_t depth, size_t n, unsigned every) {
    dsc_real *x = some_values(1, depth, every), *w = some_values(n, depth, 1);
    dsc_real *y = aligned(n * sizeof *y), *expected = aligned(n * sizeof *y);
    void *packed = aligned(dsc_pack_size(product, DSC_SIDE_B, n, depth)),
         *scratch = aligned(dsc_sparse_row_scratch(depth));
    const dsc_packer weight = dsc_pack_matrix(w, (ptrdiff_t)depth, 1);
    dsc_pack(packed, product, DSC_SIDE_B, &weight, n, depth, 0, dsc_pack_panels(product, DSC_SIDE_B, n));
    const dsc_sparse_rows row = {.x = x, .packed = packed, .depth = depth, .n = n, .product = product};
    dsc_sparse_row_run(y, &row, 0, n, scratch);
    whole_product(expected, product, 1, n, depth, dsc_pack_matrix(x, (ptrdiff_t)depth, 1), weight);
    if (product->row_multiple == 1)
        same_bits(y, expected, n, product->name); /* tiles sum in an order of their own */
    free(x), free(w), free(y), free(expected), free(packed), free(scratch);
}

static void some_rows(const dsc_gemm_kernels *product, size_t rows, size_t depth, size_t n, unsigned every) {
    dsc_real *x = some_values(rows, depth, every), *w = some_values(n, depth, 1),
             *bias = some_values(1, n, 1);
    dsc_real *y = aligned(rows * n * sizeof *y), *expected = aligned(rows * n * sizeof *y);
    void *packed = aligned(dsc_pack_size(product, DSC_SIDE_B, n, depth)),
         *scratch = aligned(dsc_sparse_rows_scratch(rows, n));
    const dsc_packer weight = dsc_pack_matrix(w, (ptrdiff_t)depth, 1);
    dsc_pack(packed, product, DSC_SIDE_B, &weight, n, depth, 0, dsc_pack_panels(product, DSC_SIDE_B, n));
    const dsc_sparse_rows sparse = {.x = x,
                                    .x_row = depth,
                                    .rows = rows,
                                    .packed = packed,
                                    .bias = bias,
                                    .depth = depth,
                                    .n = n,
                                    .relu = n % 2 == 0,
                                    .product = product};
    memset(y, 0xff, rows * n * sizeof *y);
    dsc_sparse_rows_run(y, &sparse, scratch);
    whole_product(expected, product, rows, n, depth, dsc_pack_matrix(x, (ptrdiff_t)depth, 1), weight);
    for (size_t i = 0; i < rows; i++) {
        product->vector->add(expected + i * n, expected + i * n, bias, n);
        if (sparse.relu) product->vector->relu(expected + i * n, expected + i * n, n);
    }
    same_bits(y, expected, rows * n, "rows");
    free(x), free(w), free(bias), free(y), free(expected), free(packed), free(scratch);
}

static void dw(const dsc_gemm_kernels *product, size_t samples, size_t n, size_t k, unsigned every) {
    dsc_real *x = some_values(samples, k, every), *dy = some_values(samples, n, 1);
    dsc_real *out = aligned(n * k * sizeof *out), *expected = aligned(n * k * sizeof *out);
    void *scratch = aligned(dsc_sparse_dw_scratch(product, samples, n));
    const dsc_sparse_dw sparse = {.x = x, .dy = dy, .samples = samples, .n = n, .k = k, .product = product};
    const size_t half = k / 32 * 16;
    memset(out, 0xff, n * k * sizeof *out);
    dsc_sparse_dw_run(out, &sparse, half, k, scratch);
    dsc_sparse_dw_run(out, &sparse, 0, half, scratch);
    whole_product(expected, product, n, k, samples, dsc_pack_matrix(dy, 1, (ptrdiff_t)n),
                  dsc_pack_matrix(x, 1, (ptrdiff_t)k));
    same_bits(out, expected, n * k, "dw");
    free(x), free(dy), free(out), free(expected), free(scratch);
}

static void zeros_left_out_change_no_bit(void **unused) {
    (void)unused;
    static const size_t sizes[] = {1, 2, 15, 16, 17, 100, 130, 333, 700, 1300};
    enum { COUNT = sizeof sizes / sizeof *sizes };
    size_t tried = 0;
    for (size_t set = 0; dsc_kernels_at(set); set++) {
        const dsc_kernels *kernels = dsc_kernels_at(set);
        for (int bf16 = 0; bf16 < 2; bf16++) {
            const dsc_gemm_kernels *product = bf16 ? kernels->bf16 : kernels->f32;
            for (size_t i = 0; i < COUNT; i++)
                for (size_t j = 0; j < COUNT; j++) {
                    const unsigned every = 1 + (unsigned)(i * 3 + j) % 9;
                    if (dsc_sparse_serves(product)) a_row(product, sizes[i], sizes[j], every), tried++;
                    if (dsc_sparse_batch_serves(product))
                        some_rows(product, sizes[(i + j) % COUNT] % 40 + 1, sizes[i], sizes[j], every);
                    if (dsc_sparse_batch_serves(product))
                        dw(product, sizes[i], sizes[(i + j) % COUNT] % 200 + 1, sizes[j] % 200 + 1, every);
                }
        }
    }
    if (!tried) TEST_SKIP("no kernels here whose products can leave zeros out");
}

static void it_pays_where_half_are_zero(void **unused) {
    (void)unused;
    dsc_real *few = some_values(64, 784, 3), *most = some_values(64, 784, 1);
    for (size_t i = 0; i < 64 * 784; i += 4) most[i] = 0;
    assert_true(dsc_sparse_pays(few, 784, 64, 784));
    assert_false(dsc_sparse_pays(most, 784, 64, 784));
    free(few), free(most);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(zeros_left_out_change_no_bit),
                                       cmocka_unit_test(it_pays_where_half_are_zero)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
