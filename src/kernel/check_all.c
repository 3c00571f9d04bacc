/* SPDX-License-Identifier: MIT */
/* check_all.c: the long check of a kernel set; see check.h. Each function is compared with the portable set,
 * bit for bit, or with its definition where the set has its own memory layout. */
#include "kernel/check.h"

#include "base/error.h"
#include "base/memory.h"
#include "kernel/check_numbers.h"
#include "kernel/sets.h"
#include "kernel/sparse.h"
#include "kernel/vectors.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { SIDE = 71, DEPTH = 700 };                    /* largest rows, columns and depth of a product */
enum { PRODUCTS = 250, PATCHES = 60, SPARSE = 40 }; /* numbers of random products of each kind */
enum { MATRIX = (SIDE + 1) * (DEPTH + 1) /* elements of the largest operand */ };
enum { LINE = 150 };              /* elements of a loop's array */
enum { PANEL_ROWS = 6, GAP = 7 }; /* copied panels: rows, and unused words between panels */

typedef struct checker {
    const dsc_kernels *set, *portable;
    dsc_check_numbers numbers;
    dsc_real *a, *b, *c, *right, *bias; /* MATRIX, MATRIX, SIDE x SIDE twice, SIDE elements */
    uint16_t *halves;                   /* MATRIX elements */
    const char *wrong;                  /* name of the first function that failed */
    bool lacks_memory;
} checker;

static size_t below(checker *t, size_t n) { return dsc_check_bits(&t->numbers) % n; }

static void expect(checker *t, bool right, const char *what) {
    if (!right && !t->wrong) t->wrong = what;
}

static bool same(const dsc_real *a, const dsc_real *b, size_t count) {
    return !memcmp(a, b, count * sizeof *a);
}

/* ---- products ---- */

/* Packs an operand beforehand. The caller frees the packed buffer. */
static void *pack(checker *t, dsc_operand *o, const dsc_gemm_kernels *k, dsc_side side, size_t count,
                  size_t depth) {
    void *packed = dsc_allocate_aligned(1, dsc_pack_size(k, side, count, depth) + 1);
    if (!packed) {
        t->lacks_memory = true;
        return NULL;
    }
    dsc_pack(packed, k, side, o->packer, count, depth, 0, dsc_pack_panels(k, side, count));
    *o = (dsc_operand){.is_packed = true, .packed = packed};
    return packed;
}

static void multiply(checker *t, dsc_real *c, dsc_gemm g, const dsc_gemm_kernels *k, unsigned packed) {
    void *a = packed & 1 ? pack(t, &g.a, k, DSC_SIDE_A, g.rows, g.depth) : NULL;
    void *b = packed & 2 ? pack(t, &g.b, k, DSC_SIDE_B, g.columns, g.depth) : NULL;
    dsc_gemm_plan plan;
    dsc_gemm_plan_make(&plan, k, &g, 1 + below(t, 4));
    void *workspace = dsc_allocate_aligned(1, plan.workspace + 1);
    if (!workspace) t->lacks_memory = true;
    g.c = c;
    for (size_t i = 0; i < g.rows * g.columns; i++) c[i] = (dsc_real)(i % 100);
    if (!t->lacks_memory) dsc_gemm_run(&plan, &g, 0, plan.tiles, workspace);
    free(workspace);
    free(a);
    free(b);
}

static void compare(checker *t, dsc_gemm *g, const dsc_gemm_kernels *k, const dsc_gemm_kernels *reference,
                    bool patches, const char *what) {
    const size_t ends = below(t, 16), packed = below(t, 4);
    g->c_row = (ptrdiff_t)g->columns;
    dsc_check_fill(t->bias, SIDE, &t->numbers);
    g->accumulate = ends & 1;
    g->relu = ends & 2;
    if (ends & 4) g->bias_columns = t->bias;
    if (ends & 8 && !patches) g->bias_rows = t->bias;
    multiply(t, t->right, *g, reference, (unsigned)packed);
    multiply(t, t->c, *g, k, (unsigned)packed);
    expect(t, t->lacks_memory || same(t->c, t->right, g->rows * g->columns), what);
}

static void check_products(checker *t, const dsc_gemm_kernels *k, const dsc_gemm_kernels *reference,
                           const char *what) {
    for (int i = 0; i < PRODUCTS && !t->wrong && !t->lacks_memory; i++) {
        const size_t m = 1 + below(t, SIDE), n = 1 + below(t, SIDE);
        const size_t depth = 1 + (i % 4 ? below(t, 100) : below(t, DEPTH));
        t->numbers.rounded = k->rounds;
        dsc_check_fill(t->a, m * depth, &t->numbers);
        dsc_check_fill(t->b, n * depth, &t->numbers);
        const bool across = below(t, 2), b_across = below(t, 2);
        const dsc_packer a = across ? dsc_pack_matrix(t->a, 1, (ptrdiff_t)m)
                                    : dsc_pack_matrix(t->a, (ptrdiff_t)depth, 1),
                         b = b_across ? dsc_pack_matrix(t->b, 1, (ptrdiff_t)n)
                                      : dsc_pack_matrix(t->b, (ptrdiff_t)depth, 1);
        dsc_gemm g = {.rows = m, .columns = n, .depth = depth, .a.packer = &a, .b.packer = &b};
        compare(t, &g, k, reference, false, what);
    }
}

/* Patches of random shapes, as reals or as bfloat16. Some lie in line or in rows of whole tiles, so that
 * tiles read them in place. */
static void check_patches(checker *t, const dsc_gemm_kernels *k, const dsc_gemm_kernels *reference,
                          const char *what) {
    for (int i = 0; i < PATCHES && !t->wrong && !t->lacks_memory; i++) {
        dsc_packer_patches p;
        const bool halves = k->rounds && below(t, 2), in_line = halves && below(t, 2);
        const bool in_tiles = halves && !in_line && below(t, 2); /* every row of patches fills whole tiles */
        dsc_pack_patches_init(&p, halves ? (const void *)t->halves : t->a, halves);
        p.channels = in_line || in_tiles ? 32 : 1 + below(t, 20);
        p.kernel_height = 1 + below(t, in_line ? 3 : 5), p.kernel_width = 1 + below(t, 5);
        p.output_height = 1 + below(t, in_line ? 3 : 6), p.output_width = 1 + below(t, 11);
        p.stride_y = in_line ? 1 : 1 + below(t, 2), p.stride_x = in_line ? 1 : 1 + below(t, 2);
        if (in_tiles) {
            p.kernel_height = p.kernel_width = p.stride_y = p.stride_x = 1;
            p.output_height = 1 + below(t, 3), p.output_width = 16;
        }
        p.height = (p.output_height - 1) * p.stride_y + p.kernel_height;
        p.width = (p.output_width - 1) * p.stride_x + p.kernel_width;
        if (in_line) p.output_width += (p.output_height - 1) * p.width, p.output_height = 1;
        const size_t places = p.channels * p.kernel_height * p.kernel_width, n = 1 + below(t, SIDE);
        t->numbers.rounded = false;
        const size_t pixels = p.height * p.width * p.channels;
        dsc_check_fill(t->a, pixels, &t->numbers);
        for (size_t j = 0; j < pixels; j++) t->halves[j] = dsc_bf16_from_float((float)t->a[j]);
        p.packer.beyond = k->row_multiple - 1; /* NaN: may be read but not used */
        memset(t->halves + pixels, 0xff, p.packer.beyond * p.channels * sizeof *t->halves);
        dsc_check_fill(t->b, n * places, &t->numbers);
        const dsc_packer b = dsc_pack_matrix(t->b, (ptrdiff_t)places, 1);
        dsc_gemm g = {.rows = p.output_height * p.output_width,
                      .columns = n,
                      .depth = places,
                      .a.packer = &p.packer,
                      .b.packer = &b};
        compare(t, &g, k, reference, true, what);
    }
}

/* ---- products that skip zeros ---- */

/* About two thirds of the elements are zero, some of them negative zero. */
static void fill_sparse(checker *t, dsc_real *x, size_t count) {
    dsc_check_fill(x, count, &t->numbers);
    for (size_t i = 0; i < count; i++)
        if (below(t, 3)) x[i] = below(t, 2) ? (dsc_real)0 : -(dsc_real)0;
}

static void *scratch_of(checker *t, size_t bytes) {
    void *scratch = dsc_allocate_aligned(1, bytes + 1);
    if (!scratch) t->lacks_memory = true;
    return scratch;
}

/* x (rows, depth) with zeros times w (n, depth): first a single row, then all rows. */
static void check_sparse_y(checker *t, const dsc_gemm_kernels *k, const dsc_gemm_kernels *reference) {
    const size_t rows = 1 + below(t, SIDE), n = 1 + below(t, SIDE), depth = 1 + below(t, DEPTH);
    t->numbers.rounded = k->rounds;
    fill_sparse(t, t->a, rows * depth);
    dsc_check_fill(t->b, n * depth, &t->numbers);
    const dsc_packer x = dsc_pack_matrix(t->a, (ptrdiff_t)depth, 1),
                     w = dsc_pack_matrix(t->b, (ptrdiff_t)depth, 1);
    dsc_gemm g = {.rows = rows, .columns = n, .depth = depth, .a.packer = &x, .b.packer = &w};
    g.c_row = (ptrdiff_t)n;
    multiply(t, t->right, g, reference, 0);
    void *packed = pack(t, &g.b, k, DSC_SIDE_B, n, depth);
    const size_t one = dsc_sparse_row_scratch(depth), all = dsc_sparse_rows_scratch(rows, n);
    void *scratch = scratch_of(t, one > all ? one : all);
    if (!t->lacks_memory) {
        const dsc_sparse_rows row = {.x = t->a, .packed = packed, .depth = depth, .n = n, .product = k};
        dsc_sparse_row_run(t->c, &row, 0, n, scratch);
        expect(t, same(t->c, t->right, n), "the row that leaves zeros out");
    }
    if (!t->lacks_memory && dsc_sparse_batch_serves(k)) {
        const dsc_sparse_rows batch = {
            .x = t->a, .x_row = depth, .rows = rows, .packed = packed, .depth = depth, .n = n, .product = k};
        dsc_sparse_rows_run(t->c, &batch, scratch);
        expect(t, same(t->c, t->right, rows * n), "the rows that leave zeros out");
    }
    free(scratch);
    free(packed);
}

/* dy (samples, n) transposed times x (samples, inputs) with zeros. */
static void check_sparse_dw(checker *t, const dsc_gemm_kernels *k, const dsc_gemm_kernels *reference) {
    const size_t samples = 1 + below(t, 300), n = 1 + below(t, SIDE), inputs = 1 + below(t, SIDE);
    t->numbers.rounded = k->rounds;
    fill_sparse(t, t->a, samples * inputs);
    dsc_check_fill(t->b, samples * n, &t->numbers);
    const dsc_packer x = dsc_pack_matrix(t->a, 1, (ptrdiff_t)inputs),
                     dy = dsc_pack_matrix(t->b, 1, (ptrdiff_t)n);
    dsc_gemm g = {.rows = n, .columns = inputs, .depth = samples, .a.packer = &dy, .b.packer = &x};
    g.c_row = (ptrdiff_t)inputs;
    multiply(t, t->right, g, reference, 0);
    void *scratch = scratch_of(t, dsc_sparse_dw_scratch(k, samples, n));
    if (!t->lacks_memory) {
        const dsc_sparse_dw sparse = {
            .x = t->a, .dy = t->b, .samples = samples, .n = n, .k = inputs, .product = k};
        dsc_sparse_dw_run(t->c, &sparse, 0, inputs, scratch);
        expect(t, same(t->c, t->right, n * inputs), "the gradient that leaves zeros out");
    }
    free(scratch);
}

static void check_sparse(checker *t, const dsc_gemm_kernels *k, const dsc_gemm_kernels *reference) {
    for (int i = 0; i < SPARSE && !t->wrong && !t->lacks_memory; i++) {
        if (dsc_sparse_serves(k)) check_sparse_y(t, k, reference);
        if (dsc_sparse_batch_serves(k) && !t->lacks_memory) check_sparse_dw(t, k, reference);
    }
}

/* ---- rounding to bfloat16 ---- */

static dsc_real any_normal(checker *t) {
    return (dsc_real)ldexp(1 + (double)dsc_check_bits(&t->numbers) * 0x1p-31, (int)below(t, 40) - 20) *
           (below(t, 2) ? 1 : -1);
}

static void check_rounding(checker *t) {
    const dsc_gemm_kernels *k = t->set->bf16;
    const uint16_t *words = (const uint16_t *)(const void *)t->c;
    if (!k->rounds) return;
    for (size_t count = 1; count <= LINE && !t->wrong; count++) {
        for (size_t i = 0; i < 2 * count; i++) t->a[i] = any_normal(t);
        bool row = true, pairs = true;
        k->round_row(t->c, t->a, count);
        for (size_t i = 0; i < count; i++) {
            const uint16_t half = dsc_bf16_from_float((float)t->a[i]);
            row = row && (k->elements_per_word == 2 ? words[i] == half
                                                    : t->c[i] == (dsc_real)dsc_bf16_to_float(half));
        }
        expect(t, row, "bf16 round_row");
        if (k->elements_per_word != 2) continue;
        k->round_pairs(t->c, t->a, t->a + count, count);
        for (size_t i = 0; i < count; i++)
            pairs = pairs && words[2 * i] == dsc_bf16_from_float((float)t->a[i]) &&
                    words[2 * i + 1] == dsc_bf16_from_float((float)t->a[count + i]);
        expect(t, pairs, "bf16 round_pairs");
    }
}

/* ---- loops: the same bits as the portable loops ---- */

static void check_maps(checker *t) {
    const dsc_vector_kernels *v = t->set->vector, *p = t->portable->vector;
    const struct {
        dsc_map *map, *right;
        const char *name;
    } maps[] = {{v->exp, p->exp, "exp"},
                {v->log, p->log, "log"},
                {v->tanh, p->tanh, "tanh"},
                {v->sigmoid, p->sigmoid, "sigmoid"},
                {v->erf, p->erf, "erf"},
                {v->sin, p->sin, "sin"},
                {v->cos, p->cos, "cos"},
                {v->relu, p->relu, "relu"},
                {v->softmax, p->softmax, "softmax"}};
    for (size_t m = 0; m < sizeof maps / sizeof *maps; m++)
        for (size_t count = 1; count <= LINE && !t->wrong; count++) {
            for (size_t i = 0; i < count; i++) {
                t->a[i] = any_normal(t);
                if (maps[m].map == v->log) t->a[i] = (dsc_real)fabs((double)t->a[i]);
            }
            maps[m].map(t->c, t->a, count);
            maps[m].right(t->right, t->a, count);
            expect(t, same(t->c, t->right, count), maps[m].name);
        }
}

static void check_reductions(checker *t, size_t count) {
    const dsc_vector_kernels *v = t->set->vector, *p = t->portable->vector;
    const dsc_real shift = p->max(t->a, count);
    expect(t, v->max(t->a, count) == shift, "max");
    expect(t, v->sum(t->a, count) == p->sum(t->a, count), "sum");
    expect(t, v->sum_squares(t->a, count) == p->sum_squares(t->a, count), "sum_squares");
    expect(t, v->dot(t->a, t->b, count) == p->dot(t->a, t->b, count), "dot");
    double centred[2][2] = {{0}};
    v->sum_centred(&centred[0][0], &centred[0][1], t->a, t->b, 3, count);
    p->sum_centred(&centred[1][0], &centred[1][1], t->a, t->b, 3, count);
    expect(t, centred[0][0] == centred[1][0] && centred[0][1] == centred[1][1], "sum_centred");
    const dsc_real sum = v->exp_sum(t->c, t->a, shift, count);
    expect(t, sum == p->exp_sum(t->right, t->a, shift, count) && same(t->c, t->right, count), "exp_sum");
}

static void check_elementwise(checker *t, size_t count) {
    const dsc_vector_kernels *v = t->set->vector, *p = t->portable->vector;
    const struct {
        void (*of_two)(dsc_real *out, const dsc_real *a, const dsc_real *b, size_t count),
            (*right)(dsc_real *out, const dsc_real *a, const dsc_real *b, size_t count);
        const char *name;
    } loops[] = {{v->add, p->add, "add"},
                 {v->subtract, p->subtract, "subtract"},
                 {v->multiply, p->multiply, "multiply"},
                 {v->relu_back, p->relu_back, "relu_back"}};
    for (size_t i = 0; i < sizeof loops / sizeof *loops; i++) {
        loops[i].of_two(t->c, t->a, t->b, count);
        loops[i].right(t->right, t->a, t->b, count);
        expect(t, same(t->c, t->right, count), loops[i].name);
    }
    v->axpy(t->c, 3, t->b, count);
    p->axpy(t->right, 3, t->b, count);
    expect(t, same(t->c, t->right, count), "axpy");
    v->scale(t->c, t->a, (dsc_real)0.3, count);
    p->scale(t->right, t->a, (dsc_real)0.3, count);
    expect(t, same(t->c, t->right, count), "scale");
    v->fill(t->c, 3, count);
    p->fill(t->right, 3, count);
    expect(t, same(t->c, t->right, count), "fill");
    v->copy(t->c, t->a, count);
    expect(t, same(t->c, t->a, count), "copy");
}

static void check_halves(checker *t, size_t count) {
    const dsc_vector_kernels *v = t->set->vector;
    bool to = true, from = true;
    v->to_bf16(t->halves, t->a, count);
    for (size_t i = 0; i < count; i++) to = to && t->halves[i] == dsc_bf16_from_float((float)t->a[i]);
    v->from_bf16(t->c, t->halves, count);
    for (size_t i = 0; i < count; i++) from = from && t->c[i] == (dsc_real)dsc_bf16_to_float(t->halves[i]);
    expect(t, to, "to_bf16");
    expect(t, from, "from_bf16");
}

static void check_loops(checker *t) {
    for (size_t count = 1; count <= LINE && !t->wrong; count++) {
        for (size_t i = 0; i < count; i++) t->a[i] = any_normal(t), t->b[i] = any_normal(t);
        check_reductions(t, count);
        check_elementwise(t, count);
        check_halves(t, count);
    }
}

/* ---- rows, transposed matrices and panels ---- */

static void check_rows(checker *t, size_t rows, size_t columns) {
    const dsc_vector_kernels *v = t->set->vector;
    const ptrdiff_t in_row = (ptrdiff_t)columns + 3;
    bool copied = true, turned = true;
    dsc_check_fill(t->a, rows * (size_t)in_row, &t->numbers);
    for (int more = 0; more < 2; more++) {
        for (size_t j = 0; j < columns; j++) t->c[j] = t->right[j] = (dsc_real)j;
        v->sum_rows(t->c, t->a, in_row, rows, columns, more);
        t->portable->vector->sum_rows(t->right, t->a, in_row, rows, columns, more);
        expect(t, same(t->c, t->right, columns), "sum_rows");
    }
    v->copy_rows(t->b, (ptrdiff_t)columns, t->a, in_row, rows, columns);
    v->transpose(t->c, (ptrdiff_t)rows, t->a, in_row, rows, columns);
    for (size_t i = 0; i < rows; i++)
        for (size_t j = 0; j < columns; j++) {
            const dsc_real x = t->a[(ptrdiff_t)i * in_row + (ptrdiff_t)j];
            copied = copied && t->b[i * columns + j] == x;
            turned = turned && t->c[j * rows + i] == x;
        }
    expect(t, copied, "copy_rows");
    expect(t, turned, "transpose");
}

/* Copies reals into panels one vector wide, and pairs of bfloat16 into panels of 16 words, both from bfloat16
 * and from reals. */
static void check_panels(checker *t, size_t columns) {
    const dsc_vector_kernels *v = t->set->vector;
    const dsc_gemm_kernels *bf16 = t->set->bf16;
    const size_t width = t->set->f32->width, panel = PANEL_ROWS * width + GAP, wide = PANEL_ROWS * 16 + GAP;
    const uint16_t *words = (const uint16_t *)(const void *)t->b;
    const int ways = bf16->elements_per_word == 2 ? 2 : 1; /* from bfloat16; from reals */
    bool copied = true, zipped = true, rounded = true;
    for (size_t i = 0; i < 2 * PANEL_ROWS * columns; i++) {
        t->a[i] = any_normal(t);
        t->halves[i] = dsc_bf16_from_float((float)t->a[i]);
    }
    v->copy_panels(t->c, (ptrdiff_t)panel, (ptrdiff_t)width, t->a, (ptrdiff_t)columns, PANEL_ROWS, columns);
    for (size_t i = 0; i < PANEL_ROWS; i++)
        for (size_t j = 0; j < columns; j++)
            copied = copied && t->c[j / width * panel + i * width + j % width] == t->a[i * columns + j];
    expect(t, copied, "copy_panels");
    if (sizeof(dsc_real) != 4) return; /* bfloat16 pairs need words of float */
    for (int from_reals = 0; from_reals < ways; from_reals++) {
        if (from_reals)
            bf16->round_panels(t->b, (ptrdiff_t)wide, 16, t->a, (ptrdiff_t)columns, PANEL_ROWS, columns);
        else
            v->zip_halves(t->b, (ptrdiff_t)wide, 16, t->halves, (ptrdiff_t)columns, PANEL_ROWS, columns);
        bool right = true;
        for (size_t i = 0; i < 2 * PANEL_ROWS; i++)
            for (size_t j = 0; j < columns; j++)
                right = right && words[2 * (j / 16 * wide + i / 2 * 16 + j % 16) + i % 2] ==
                                     t->halves[i * columns + j];
        if (from_reals)
            rounded = right;
        else
            zipped = right;
    }
    expect(t, zipped, "zip_halves");
    expect(t, rounded, "bf16 round_panels");
}

/* ---- windows of 2 x 2 ---- */

static void check_pools(checker *t, size_t columns) {
    const dsc_vector_kernels *v = t->set->vector, *p = t->portable->vector;
    const size_t rows = 1 + columns % 3, width = 2 * columns + columns % 2, windows = rows * columns;
    uint8_t *place = (uint8_t *)t->halves, *right_place = place + windows;
    for (size_t i = 0; i < 2 * rows * width; i++) t->a[i] = (dsc_real)below(t, 5); /* with equal ones */
    v->pool_2x2(t->c, place, t->a, rows, columns, width);
    p->pool_2x2(t->right, right_place, t->a, rows, columns, width);
    expect(t, same(t->c, t->right, windows) && !memcmp(place, right_place, windows), "pool_2x2");
    memset(t->b, 0, 2 * rows * width * sizeof *t->b);
    memset(t->c, 0, 2 * rows * width * sizeof *t->c);
    v->pool_2x2_back(t->b, t->a, right_place, rows, columns, width);
    p->pool_2x2_back(t->c, t->a, right_place, rows, columns, width);
    expect(t, same(t->b, t->c, 2 * rows * width), "pool_2x2_back");

    const size_t channels = 1 + columns % 37, row = 2 * columns * channels;
    dsc_check_fill(t->a, 2 * row, &t->numbers);
    v->pool_pixels(t->c, t->a, t->a + row, columns, channels);
    p->pool_pixels(t->right, t->a, t->a + row, columns, channels);
    expect(t, same(t->c, t->right, columns * channels), "pool_pixels");
}

/* ---- 3 x 3 convolutions in tiles ---- */

/* Whether t->c, in reals or bfloat16, has the numbers of t->right. */
static bool same_elements(const checker *t, bool pairs, size_t count) {
    const uint16_t *halves = (const uint16_t *)(const void *)t->c;
    if (!pairs) return same(t->c, t->right, count);
    for (size_t i = 0; i < count; i++)
        if (halves[i] != dsc_bf16_from_float((float)t->right[i])) return false;
    return true;
}

/* Gaps between planes and rows are not written. */
static void clear_results(checker *t) {
    memset(t->c, 0, (SIDE + 1) * (SIDE + 1) * sizeof *t->c);
    memset(t->right, 0, (SIDE + 1) * (SIDE + 1) * sizeof *t->right);
}

static void check_tiles(checker *t, const dsc_tile_kernels *v, bool pairs, size_t channels) {
    const dsc_tile_kernels *p = &dsc_tiles_portable;
    const size_t tiles = 1 + channels % 4, plane = tiles * channels + GAP, all = 16 * plane;
    const size_t apart = channels + channels % 2, apart_plane = plane + tiles;
    const size_t in_row = (2 * tiles + 2) * channels, columns = 2 * tiles - channels / 4 % 2;
    const size_t rows = 1 + channels % 2, out_row = columns * channels;
    const dsc_real *bias = channels % 3 ? t->bias : NULL;
    const bool relu = channels % 5 > 1;
    const void *in = pairs ? (const void *)t->halves : t->a;
    if (!v) return;
    dsc_check_fill(t->a, all + 4 * in_row, &t->numbers); /* exact in bfloat16 */
    dsc_check_fill(t->bias, channels, &t->numbers);
    for (size_t i = 0; i < 4 * in_row; i++) t->halves[i] = dsc_bf16_from_float((float)t->a[i]);
    clear_results(t);
    v->values(t->c, plane, in, in_row, tiles, channels);
    p->values(t->right, plane, t->a, in_row, tiles, channels);
    expect(t, same_elements(t, pairs, all), "the values of tiles");
    clear_results(t);
    v->gradients(t->c, apart_plane, apart, in, in_row, tiles, channels);
    p->gradients(t->right, apart_plane, apart, t->a, in_row, tiles, channels);
    expect(t, same_elements(t, pairs, 16 * apart_plane), "the gradients of tiles");
    clear_results(t);
    v->sums(t->c, out_row, t->a, plane, bias, relu, rows, columns, channels);
    p->sums(t->right, out_row, t->a, plane, bias, relu, rows, columns, channels);
    expect(t, same_elements(t, pairs, all), "the sums of tiles");
    clear_results(t);
    v->pooled(t->c, t->a, plane, bias, relu, tiles, channels);
    p->pooled(t->right, t->a, plane, bias, relu, tiles, channels);
    expect(t, same_elements(t, pairs, all), "the pooled sums of tiles");
}

/* ---- entry point ---- */

static bool make_room(checker *t) {
    t->a = dsc_allocate_aligned(MATRIX, sizeof *t->a);
    t->b = dsc_allocate_aligned(MATRIX, sizeof *t->b);
    t->c = dsc_allocate_aligned((SIDE + 1) * (SIDE + 1), sizeof *t->c);
    t->right = dsc_allocate_aligned((SIDE + 1) * (SIDE + 1), sizeof *t->right);
    t->bias = dsc_allocate_aligned(SIDE + 1, sizeof *t->bias);
    t->halves = dsc_allocate_aligned(MATRIX, sizeof *t->halves);
    return t->a && t->b && t->c && t->right && t->bias && t->halves;
}

dsc_status dsc_kernels_check_all(const dsc_kernels *set, dsc_error *error) {
    checker t = {
        .set = set, .portable = dsc_kernels_find("portable"), .numbers = dsc_check_numbers_begin(7, false)};
    if (make_room(&t)) {
        check_maps(&t);
        check_loops(&t);
        for (size_t columns = 1; columns <= SIDE && !t.wrong; columns++) {
            check_rows(&t, 1 + columns % 37, columns);
            check_panels(&t, columns);
            check_pools(&t, columns);
            check_tiles(&t, set->f32->tiles, false, columns);
            check_tiles(&t, set->bf16->tiles, set->bf16->elements_per_word == 2, columns);
        }
        check_rounding(&t);
        check_products(&t, set->f32, t.portable->f32, "the f32 product");
        check_products(&t, set->bf16, t.portable->bf16, "the bf16 product");
        check_sparse(&t, set->f32, t.portable->f32);
        check_sparse(&t, set->bf16, t.portable->bf16);
        check_patches(&t, set->f32, t.portable->f32, "the f32 convolution");
        check_patches(&t, set->bf16, t.portable->bf16, "the bf16 convolution");
    } else {
        t.lacks_memory = true;
    }
    free(t.a);
    free(t.b);
    free(t.c);
    free(t.right);
    free(t.bias);
    free(t.halves);
    if (t.lacks_memory) return dsc_fail_memory(error, MATRIX * sizeof *t.a, "the check of kernels");
    return t.wrong ? dsc_fail(error, DSC_ERROR_MISMATCH, "kernels '%s': %s is wrong here", set->name, t.wrong)
                   : DSC_OK;
}
