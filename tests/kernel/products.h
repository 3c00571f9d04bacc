/* SPDX-License-Identifier: MIT */
/* products.h: a matrix product of one kernel, with operands of every form and all options at the end,
 * compared with sums in double. */
#ifndef TESTS_KERNEL_PRODUCTS_H
#define TESTS_KERNEL_PRODUCTS_H

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

/* How an operand is passed. */
enum { ROWS, TRANSPOSED, STRIDED, PACKED, PACKED_TRANSPOSED, HALVES, FORMS };

typedef struct operand {
    guarded data, packed;
    dsc_packer packer;
    double *values; /* count x depth: the operand itself */
    dsc_operand operand;
} operand;

static void operand_make(operand *o, const dsc_gemm_kernels *k, bool rounds, dsc_side side, int form,
                         size_t count, size_t depth) {
    memset(o, 0, sizeof *o);
    const size_t n = count * depth;
    o->values = malloc((n + 1) * sizeof *o->values);
    const bool transposed = form == TRANSPOSED || form == PACKED_TRANSPOSED;
    const size_t spread = form == STRIDED ? 3 : 1; /* distance of adjacent elements */
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
    if (rounds)
        for (size_t i = 0; i < n; i++)
            o->values[i] = dsc_bf16_to_float(dsc_bf16_from_float((float)o->values[i]));
    if (form == PACKED || form == PACKED_TRANSPOSED) {
        o->packed = guarded_make((dsc_pack_size(k, side, count, depth) + 63) / 64 * 64);
        memset(o->packed.data, 0, dsc_pack_size(k, side, count, depth));
        const size_t panels = dsc_pack_panels(k, side, count), half = panels / 2;
        dsc_pack(o->packed.data, k, side, &o->packer, count, depth, half, panels);
        dsc_pack(o->packed.data, k, side, &o->packer, count, depth, 0, half);
        o->operand.is_packed = true;
        o->operand.packed = o->packed.data;
        o->operand.packer = NULL;
    }
}

static void operand_free(operand *o) {
    free(o->values);
    guarded_free(o->data);
    if (o->packed.map) guarded_free(o->packed);
}

/* With a plan made for `most`. */
static void run(const dsc_gemm_kernels *k, const dsc_gemm *g, const dsc_gemm *most, size_t parts,
                bool backwards) {
    dsc_gemm_plan plan;
    dsc_gemm_plan_make(&plan, k, most, parts);
    const guarded space = guarded_make((plan.workspace + 63) / 64 * 64);
    memset(space.data, 0xff, plan.workspace); /* NaN: values that were not written must not be used */
    if (backwards)
        for (size_t t = plan.tiles; t-- > 0;) dsc_gemm_run(&plan, g, t, t + 1, space.data);
    else
        dsc_gemm_run(&plan, g, 0, plan.tiles, space.data);
    guarded_free(space);
}

/* One product with random sizes and options; a failure prints all that is needed to repeat it. */
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
    memcpy(out, start, c_size * sizeof *out);
    run(k, &g, &g, 1, false);

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
            if (!(fabs(out[at] - sum) <= error + 0x1p-23))
                fail_msg("%s %zux%zux%zu forms %d %d ends %u: C(%zu, %zu) is %g, not %g", k->name, m, n,
                         depth, a_form, b_form, ends & 15, i, j, (double)out[at], sum);
        }

    /* The same bits for any division of the work. */
    memcpy(again.data, start, c_size * sizeof *out);
    g.c = again.data;
    run(k, &g, &g, 1 + random_below(9), true);
    if (memcmp(again.data, out, c_size * sizeof *out) != 0)
        fail_msg("%s %zux%zux%zu: other bits when cut in tiles", k->name, m, n, depth);

    /* And with the plan of a larger product. */
    dsc_gemm most = g;
    most.rows += random_below(100);
    most.depth += random_below(700);
    memcpy(again.data, start, c_size * sizeof *out);
    run(k, &g, &most, 1 + random_below(9), false);
    if (memcmp(again.data, out, c_size * sizeof *out) != 0)
        fail_msg("%s %zux%zux%zu: other bits by the plan of %zux%zux%zu", k->name, m, n, depth, most.rows, n,
                 most.depth);
    operand_free(&a);
    operand_free(&b);
    guarded_free(c);
    guarded_free(again);
    guarded_free(row_bias);
    guarded_free(column_bias);
    free(start);
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
    run(k, &g, &g, 1, false);
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

#endif
