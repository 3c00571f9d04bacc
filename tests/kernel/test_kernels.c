/* SPDX-License-Identifier: MIT */
/* test_kernels.c: every matrix product of every kernel set that this machine has, against sums in double. */
#include "guarded.h"

#include "kernel/gemm.h"
#include "kernel/vectors.h"

#include <math.h>

static uint64_t state = 1;
static uint32_t random_bits(void) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(state >> 33);
}
static size_t random_below(size_t n) { return random_bits() % n; }
static float random_real(void) { return (float)((double)random_bits() / 0x1p30 - 1); }

/* How an operand is handed over. */
enum { ROWS, TRANSPOSED, STRIDED, PACKED, PACKED_TRANSPOSED, BYTES, HALVES, FORMS };

typedef struct operand {
    guarded data, packed;
    dsc_packer packer;
    dsc_packer_bytes bytes;
    double *values; /* count x depth: what the product should multiply */
    dsc_operand operand;
} operand;

static const dsc_real byte_scale[2] = {1 / 128.0f, -0.75f}, byte_offset[2] = {-1, 0.125f};

static void operand_make(operand *o, const dsc_gemm_kernels *k, bool rounds, dsc_side side, int form,
                         size_t count, size_t depth) {
    memset(o, 0, sizeof *o);
    const size_t n = count * depth;
    o->values = malloc((n + 1) * sizeof *o->values);
    const bool transposed = form == TRANSPOSED || form == PACKED_TRANSPOSED;
    const size_t spread = form == STRIDED ? 3 : 1; /* elements from one to the next */
    if (form == BYTES) {
        o->data = guarded_make(n);
        uint8_t *bytes = o->data.data;
        for (size_t i = 0; i < n; i++) bytes[i] = (uint8_t)random_bits();
        dsc_pack_bytes_init(&o->bytes);
        o->bytes.bytes = bytes;
        o->bytes.image_stride = depth;
        o->bytes.channels = 2;
        o->bytes.pixels = (depth + 1) / 2 ? (depth + 1) / 2 : 1;
        o->bytes.scale = byte_scale;
        o->bytes.offset = byte_offset;
        for (size_t i = 0; i < n; i++) {
            const size_t channel = i % depth / o->bytes.pixels;
            o->values[i] = (dsc_real)((dsc_real)bytes[i] * byte_scale[channel]) + byte_offset[channel];
            o->values[i] = (dsc_real)o->values[i];
        }
        o->operand.packer = &o->bytes.packer;
    } else {
        const size_t size = form == HALVES ? sizeof(uint16_t) : sizeof(dsc_real);
        o->data = guarded_make(n ? ((n - 1) * spread + 1) * size : 0);
        for (size_t v = 0; v < count; v++)
            for (size_t d = 0; d < depth; d++) {
                const size_t at = (transposed ? d * count + v : v * depth + d) * spread;
                float x = random_real();
                if (form == HALVES) {
                    ((uint16_t *)o->data.data)[at] = dsc_bf16_from_float(x);
                    x = dsc_bf16_to_float(dsc_bf16_from_float(x));
                } else {
                    ((dsc_real *)o->data.data)[at] = x;
                }
                o->values[v * depth + d] = x;
            }
        const ptrdiff_t vs = (ptrdiff_t)(transposed ? spread : depth * spread);
        const ptrdiff_t ds = (ptrdiff_t)(transposed ? count * spread : spread);
        o->packer =
            form == HALVES ? dsc_pack_halves(o->data.data, vs, ds) : dsc_pack_matrix(o->data.data, vs, ds);
        o->operand.packer = &o->packer;
    }
    if (rounds)
        for (size_t i = 0; i < n; i++)
            o->values[i] = dsc_bf16_to_float(dsc_bf16_from_float((float)o->values[i]));
    if (form == PACKED || form == PACKED_TRANSPOSED) {
        o->packed = guarded_make((dsc_pack_size(k, side, count, depth) + 63) / 64 * 64);
        memset(o->packed.data, 0, dsc_pack_size(k, side, count, depth));
        const size_t panels = dsc_pack_panels(k, side, count), half = panels / 2;
        dsc_pack(o->packed.data, k, side, &o->packer, count, depth, half, panels);
        dsc_pack(o->packed.data, k, side, &o->packer, count, depth, 0, half);
        o->operand.packed = o->packed.data;
        o->operand.packer = NULL;
    }
}

static void operand_free(operand *o) {
    free(o->values);
    guarded_free(o->data);
    if (o->packed.map) guarded_free(o->packed);
}

typedef struct finish_record {
    size_t elements;
    bool whole_rows;
} finish_record;

static void finish_minus_one(void *context, dsc_real *c, ptrdiff_t c_row, size_t row, size_t rows,
                             size_t column, size_t columns) {
    finish_record *record = context;
    record->elements += rows * columns;
    record->whole_rows = record->whole_rows && column == 0;
    for (size_t i = row; i < row + rows; i++)
        for (size_t j = column; j < column + columns; j++) c[(ptrdiff_t)i * c_row + (ptrdiff_t)j] -= 1;
}

static void run(const dsc_gemm_kernels *k, const dsc_gemm *g, size_t parts, bool backwards) {
    dsc_gemm_plan plan;
    dsc_gemm_plan_make(&plan, k, g, parts);
    const guarded space = guarded_make((plan.workspace + 63) / 64 * 64);
    memset(space.data, 0xff, plan.workspace); /* NaN: nothing unwritten may be used */
    if (backwards)
        for (size_t t = plan.tiles; t-- > 0;) dsc_gemm_run(&plan, g, t, t + 1, space.data);
    else
        dsc_gemm_run(&plan, g, 0, plan.tiles, space.data);
    guarded_free(space);
}

/* One product with random sizes of ends; fails with all it needs to be repeated. */
static void check(const dsc_gemm_kernels *k, bool rounds, size_t m, size_t n, size_t depth, int a_form,
                  int b_form) {
    operand a, b;
    operand_make(&a, k, rounds, DSC_SIDE_A, a_form, m, depth);
    operand_make(&b, k, rounds, DSC_SIDE_B, b_form, n, depth);
    const unsigned ends = random_bits();
    const size_t c_row = n + (ends >> 8) % 3, c_size = m && n ? (m - 1) * c_row + n : 0;
    const guarded c = guarded_make(c_size * sizeof(dsc_real)),
                  again = guarded_make(c_size * sizeof(dsc_real));
    const guarded row_bias = guarded_make(m * sizeof(dsc_real)),
                  column_bias = guarded_make(n * sizeof(dsc_real));
    dsc_real *start = malloc((c_size + 1) * sizeof *start), *out = c.data;
    for (size_t i = 0; i < c_size; i++) start[i] = random_real();
    for (size_t i = 0; i < m; i++) ((dsc_real *)row_bias.data)[i] = random_real();
    for (size_t i = 0; i < n; i++) ((dsc_real *)column_bias.data)[i] = random_real();
    finish_record record = {0, true};
    dsc_gemm g = {.rows = m,
                  .columns = n,
                  .depth = depth,
                  .a = a.operand,
                  .b = b.operand,
                  .c = out,
                  .c_row = (ptrdiff_t)c_row};
    g.accumulate = ends & 1;
    g.relu = ends & 2;
    g.bias_rows = ends & 4 ? row_bias.data : NULL;
    g.bias_columns = ends & 8 ? column_bias.data : NULL;
    g.finish = ends & 16 ? finish_minus_one : NULL;
    g.finish_context = &record;
    memcpy(out, start, c_size * sizeof *out);
    run(k, &g, 1, false);
    if (g.finish) {
        assert_int_equal(record.elements, m * n);
        assert_true(record.whole_rows || n > DSC_GEMM_COLUMNS);
    }

    for (size_t i = 0; i < m; i++)
        for (size_t j = 0; j < c_row && i * c_row + j < c_size; j++) {
            const size_t at = i * c_row + j;
            if (j >= n) {
                if (out[at] != start[at]) fail_msg("%s: writes beside C", k->name);
                continue;
            }
            double sum = 0, size = 0;
            for (size_t d = 0; d < depth; d++) {
                const double term = a.values[i * depth + d] * b.values[j * depth + d];
                sum += term;
                size += fabs(term);
            }
            if (g.accumulate) sum += start[at], size += fabs(start[at]);
            if (g.bias_rows) sum += g.bias_rows[i], size += 1;
            if (g.bias_columns) sum += g.bias_columns[j], size += 1;
            const double error = (double)depth * 0x1p-24 * size + 0x1p-22 * size + 1e-30;
            if (g.relu && sum < 0) sum = 0;
            if (g.finish) sum -= 1;
            if (!(fabs(out[at] - sum) <= error + 0x1p-23))
                fail_msg("%s %zux%zux%zu forms %d %d ends %u: C(%zu, %zu) is %g, not %g", k->name, m, n,
                         depth, a_form, b_form, ends & 31, i, j, (double)out[at], sum);
        }

    /* The same bits however it is cut. */
    memcpy(again.data, start, c_size * sizeof *out);
    g.c = again.data;
    run(k, &g, 1 + random_below(9), true);
    if (memcmp(again.data, out, c_size * sizeof *out) != 0)
        fail_msg("%s %zux%zux%zu: other bits when cut in tiles", k->name, m, n, depth);
    operand_free(&a);
    operand_free(&b);
    guarded_free(c);
    guarded_free(again);
    guarded_free(row_bias);
    guarded_free(column_bias);
    free(start);
}

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

static void large_sizes(const dsc_gemm_kernels *k, bool rounds) {
    static const size_t sizes[][3] = {{128, 100, 784}, {100, 784, 128}, {64, 10, 100},   {1, 100, 784},
                                      {3, 517, 65},    {211, 37, 601},  {400, 33, 1025}, {40, 1100, 333},
                                      {2, 3, 4099},    {509, 16, 32},   {33, 600, 511}};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        for (int form = 0; form < 3; form++)
            check(k, rounds, sizes[i][0], sizes[i][1], sizes[i][2], (int)random_below(FORMS),
                  (int)random_below(FORMS));
    for (int form = 0; form < FORMS; form++) {
        check(k, rounds, 30, 40, 1024, form, form); /* rows a page apart */
        check(k, rounds, 64, 70, 64, form, form);
    }
}
static void products_of_real_sizes_are_right(void **unused) {
    (void)unused;
    each_kernel(large_sizes);
}

/* Of one element: no neighbour, tile or position may change it. */
static void element_alone(const dsc_gemm_kernels *k, bool rounds) {
    (void)rounds;
    enum { M = 45, N = 77, K = 1000 };
    static dsc_real a[M * K], b[N * K], c[M * N];
    for (size_t i = 0; i < M * K; i++) a[i] = random_real();
    for (size_t i = 0; i < N * K; i++) b[i] = random_real();
    const dsc_packer pa = dsc_pack_matrix(a, K, 1), pb = dsc_pack_matrix(b, K, 1);
    dsc_gemm g = {.rows = M, .columns = N, .depth = K, .a.packer = &pa, .b.packer = &pb, .c = c, .c_row = N};
    run(k, &g, 1, false);
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
            run(k, &one, 1, false);
            if (memcmp(&alone, &c[i * N + j], sizeof alone) != 0) fail_msg("%s: C(%zu, %zu)", k->name, i, j);
        }
}
static void an_element_has_the_same_bits_alone(void **unused) {
    (void)unused;
    each_kernel(element_alone);
}

static void special_values(const dsc_gemm_kernels *k, bool rounds) {
    enum { M = 19, N = 35, K = 20 };
    dsc_real a[M * K], b[N * K], c[M * N];
    for (size_t i = 0; i < M * K; i++) a[i] = 1;
    for (size_t i = 0; i < N * K; i++) b[i] = 1;
    a[2 * K + 3] = NAN;
    a[5 * K + 7] = INFINITY;
    b[9 * K + 7] = -INFINITY;
    b[34 * K + 7] = 0;
    for (size_t d = 0; d < K; d++)
        a[17 * K + d] = 0x1p-120f, b[33 * K + d] = 0x1p-20f; /* denormal products */
    const dsc_packer pa = dsc_pack_matrix(a, K, 1), pb = dsc_pack_matrix(b, K, 1);
    dsc_gemm g = {.rows = M,
                  .columns = N,
                  .depth = K,
                  .a.packer = &pa,
                  .b.packer = &pb,
                  .c = c,
                  .c_row = N,
                  .relu = true};
    for (size_t i = 0; i < M * N; i++) c[i] = NAN; /* only written, not read */
    run(k, &g, 1, false);
    for (size_t i = 0; i < M; i++)
        for (size_t j = 0; j < N; j++) {
            const dsc_real x = c[i * N + j];
            bool right;
            if (i == 2 || (i == 5 && j == 34))
                right = isnan(x); /* also infinity times 0 */
            else if (j == 9)
                right = x == 0; /* relu of minus infinity */
            else if (i == 5)
                right = x == INFINITY;
            else if (i == 17 && j == 33)
                right = x == 20 * 0x1p-140f || (rounds && x == 0);
            else if (i == 17 || j == 33)
                right = x > 0 && x < 1;
            else
                right = x == (j == 34 ? K - 1 : K);
            if (!right) fail_msg("%s: C(%zu, %zu) is %g", k->name, i, j, (double)x);
        }
}
static void nan_infinity_and_denormals_are_carried_through(void **unused) {
    (void)unused;
    each_kernel(special_values);
}

static void kernel_sets_are_found_by_name_best_first(void **unused) {
    (void)unused;
    size_t count = 0;
    const dsc_kernels *last = NULL, *at;
    for (; (at = dsc_kernels_at(count)); count++) {
        assert_ptr_equal(dsc_kernels_find(at->name), at);
        last = at;
    }
    assert_string_equal(dsc_kernels_at(0)->name, "portable");
    assert_ptr_equal(dsc_kernels_find(NULL), last);
    assert_null(dsc_kernels_find("none"));
    assert_null(dsc_kernels_find(""));
    size_t names = 0;
    while (dsc_kernels_name(names)) names++;
    assert_true(names >= count);
    print_message("kernels of this machine:");
    for (size_t i = 0; i < count; i++) print_message(" %s", dsc_kernels_at(i)->name);
    print_message("\n");
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
        cmocka_unit_test(kernel_sets_are_found_by_name_best_first),
        cmocka_unit_test(products_of_small_sizes_are_right_in_every_form),
        cmocka_unit_test(products_of_real_sizes_are_right),
        cmocka_unit_test(an_element_has_the_same_bits_alone),
        cmocka_unit_test(nan_infinity_and_denormals_are_carried_through),
        cmocka_unit_test(bf16_rounds_to_nearest_ties_to_even),
        cmocka_unit_test(flushing_denormals_is_undone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
