/* SPDX-License-Identifier: MIT */
/* gemm.c: splits a product into blocks and micro-tiles; see gemm.h. */
#include "kernel/gemm.h"

#include "base/thresholds.h"
#include "kernel/gemm_pack.h"

static size_t round_up(size_t value, size_t multiple) { return (value + multiple - 1) / multiple * multiple; }
static size_t divide_up(size_t a, size_t b) { return (a + b - 1) / b; } /* NOLINT: b > 0 in every set */
static size_t smaller(size_t a, size_t b) { return a < b ? a : b; }

/* Size of a part if `total` is split into as few nearly equal parts as possible, each at most `limit` and a
 * multiple of `multiple`. */
static size_t even_part(size_t total, size_t limit, size_t multiple) {
    if (total == 0) return multiple;
    return round_up(divide_up(total, divide_up(total, limit)), multiple);
}

/* Whether the micro-kernel can read A in place. If the row stride is a multiple of the page size, all rows of
 * a micro-tile compete for the same few cache lines, so such a matrix is packed. Patches with short rows are
 * packed too, because micro-tiles would be small. */
static bool reads_in_place(const dsc_gemm_kernels *k, const dsc_gemm *g) {
    const dsc_packer *p = g->a.packer;
    dsc_vector_place at;
    if (g->a.is_packed || !p->place || g->rows == 0 || !p->place(&at, p, 0)) return false;
    if (at.vectors < g->rows && at.vectors < k->rows / 2) return false;
    if (!at.halves) {
        const ptrdiff_t apart = at.vector_stride * (ptrdiff_t)sizeof(dsc_real);
        return (!k->rounds || p->rounded) && k->elements_per_word == 1 &&
               (at.depth_stride != 1 || apart % 4096 != 0);
    }
    /* Tiles read whole rows of tiles and whole steps of depth. */
    const bool in_tiles = k->row_multiple == 1 ||
                          (at.vectors >= g->rows && p->beyond + 1 >= k->row_multiple) ||
                          (at.vectors % k->row_multiple == 0 && g->rows % k->row_multiple == 0);
    return in_tiles && k->elements_per_word == 2 && at.depth_stride == 1 && at.vector_stride % 2 == 0 &&
           at.run_stride % 2 == 0 && (at.run % k->depth_multiple == 0 || at.run >= g->depth) &&
           g->depth % k->depth_multiple == 0;
}

/* Whether the micro-kernel can read B in place: whole vectors, in rows that do not collide in the first-level
 * cache. */
static bool reads_b_in_place(const dsc_gemm_kernels *k, const dsc_gemm *g) {
    const dsc_packer *p = g->b.packer;
    dsc_vector_place at;
    if (g->b.is_packed || k->rounds || k->elements_per_word != 1 || !p->place || !p->place(&at, p, 0))
        return false;
    if (at.halves || at.vector_stride != 1 || at.vectors < g->columns || at.run < g->depth) return false;
    const size_t bytes = (size_t)at.depth_stride * sizeof(dsc_real);
    return at.depth_stride > 0 && g->columns % k->width == 0 && (bytes <= 256 || bytes / 64 % 2 == 1);
}

size_t dsc_gemm_depth_block(const dsc_gemm_kernels *k, size_t depth) {
    const size_t blocks = divide_up(depth, k->depth_block), multiple = round_up(16, k->depth_multiple);
    if (blocks <= 1) return even_part(depth, k->depth_block, multiple);
    return even_part(depth, divide_up(depth, round_up(blocks, 2)), multiple);
}

/* Number of parts into which to split the rows when both operands are packed on the fly. Each part of the
 * rows packs B once, and each part of the columns packs A once. */
static size_t balanced_parts(size_t parts, size_t rows, size_t columns) {
    size_t best = 1, least = SIZE_MAX;
    for (size_t r = 1; r <= parts; r++) {
        const size_t packed = r * columns + divide_up(parts, r) * rows;
        if (packed < least) best = r, least = packed;
    }
    return best;
}

/* Upper bounds for the bytes of a block of A and of B. Blocks are split evenly, so a product with fewer rows
 * or less depth can have larger blocks; the bounds cover those too. */
static size_t a_most(const dsc_gemm_kernels *k, const dsc_gemm *g, size_t depth) {
    const size_t rows = smaller(DSC_GEMM_ROW_CHUNKS * round_up(k->rows, k->row_multiple), g->rows);
    return round_up(rows, round_up(16, k->row_multiple)) * dsc_gemm_row_bytes(k, depth);
}
static size_t b_most(const dsc_gemm_kernels *k, const dsc_gemm *g, size_t depth) {
    const size_t columns = smaller(round_up(g->columns, 8 * k->width), DSC_GEMM_COLUMNS);
    return round_up(columns / k->width * dsc_gemm_panel_bytes(k, depth), 64);
}

void dsc_gemm_plan_make(dsc_gemm_plan *plan, const dsc_gemm_kernels *k, const dsc_gemm *g, size_t parts) {
    const size_t row_unit = round_up(k->rows, k->row_multiple), column_unit = 2 * k->width;
    plan->kernels = k;
    plan->a_direct = reads_in_place(k, g);
    plan->b_direct = reads_b_in_place(k, g);

    /* An operand that is packed on the fly is packed again for each tile that reads it, so the other side is
     * split. */
    const size_t row_units = divide_up(g->rows, row_unit), column_units = divide_up(g->columns, column_unit);
    const bool a_ready = g->a.is_packed || plan->a_direct, b_ready = g->b.is_packed || plan->b_direct;
    if (parts < 1) parts = 1;
    size_t row_parts = b_ready   ? parts
                       : a_ready ? divide_up(parts, column_units ? column_units : 1)
                                 : balanced_parts(parts, row_units, column_units);
    row_parts = smaller(row_parts, row_units);
    if (row_parts < 1) row_parts = 1;
    size_t column_parts = smaller(divide_up(parts, row_parts), column_units);
    if (column_parts < 1) column_parts = 1;
    plan->tile_rows = round_up(divide_up(g->rows, row_parts), k->row_multiple);
    plan->tile_columns = round_up(divide_up(g->columns, column_parts), column_unit);
    plan->column_tiles = plan->tile_columns ? divide_up(g->columns, plan->tile_columns) : 0;
    plan->tiles = plan->tile_rows ? plan->column_tiles * divide_up(g->rows, plan->tile_rows) : 0;

    plan->row_block = even_part(plan->tile_rows, DSC_GEMM_ROW_CHUNKS * row_unit, k->row_multiple);
    if (g->b.is_packed || plan->b_direct)
        plan->column_block = plan->tile_columns;
    else if (plan->row_block >= plan->tile_rows && (g->a.is_packed || plan->a_direct))
        plan->column_block =
            k->vectors(smaller(g->rows, k->rows)) * k->width; /* used at once, in the first-level cache */
    else
        plan->column_block = even_part(plan->tile_columns, DSC_GEMM_COLUMNS, column_unit);

    const size_t depth = smaller(k->depth_block, round_up(g->depth, round_up(16, k->depth_multiple)));
    plan->a_bytes = a_ready ? 0 : round_up(a_most(k, g, depth), 64);
    plan->workspace = plan->a_bytes + (b_ready ? 0 : b_most(k, g, depth));
}

/* Address of a block of an operand. */
typedef struct block {
    const dsc_real *words;
    ptrdiff_t major, minor;  /* words between rows (A) or vectors (B); between steps of depth */
    const dsc_packer *place; /* A read in place; `words` is then unset */
} block;

/* Rows [row, row + rows) and depth [depth, depth + depths) of A, packed into `space` if needed. Vectors that
 * lie side by side are packed across, as one panel as wide as the block. */
static block block_of_a(const dsc_gemm_plan *plan, const dsc_gemm *g, size_t row, size_t rows, size_t depth,
                        size_t depths, void *space) {
    const dsc_gemm_kernels *k = plan->kernels;
    if (g->a.is_packed) {
        const size_t stride = dsc_gemm_row_bytes(k, g->depth) / sizeof(dsc_real);
        return (block){(const dsc_real *)g->a.packed + row * stride + depth / k->elements_per_word,
                       (ptrdiff_t)stride, 1, NULL};
    }
    if (plan->a_direct) return (block){NULL, 0, 0, g->a.packer};
    if (dsc_gemm_across(k, g->a.packer)) {
        const size_t width = round_up(rows, 16);
        dsc_gemm_pack_panels(space, width, 0, k, g->a.packer, row, rows, depth, depths);
        return (block){space, 1, (ptrdiff_t)width, NULL};
    }
    const size_t stride = dsc_gemm_row_bytes(k, depths) / sizeof(dsc_real);
    dsc_gemm_pack_rows(space, k, g->a.packer, stride, row, rows, depth, depths);
    return (block){space, (ptrdiff_t)stride, 1, NULL};
}

/* Columns [column, column + columns) of B, likewise; `column` is the first of a panel. */
static block block_of_b(const dsc_gemm_plan *plan, const dsc_gemm *g, size_t column, size_t columns,
                        size_t depth, size_t depths, void *space) {
    const dsc_gemm_kernels *k = plan->kernels;
    const ptrdiff_t width = (ptrdiff_t)k->width;
    if (plan->b_direct) {
        dsc_vector_place at;
        g->b.packer->place(&at, g->b.packer, column);
        return (block){(const dsc_real *)at.at + (ptrdiff_t)depth * at.depth_stride, width, at.depth_stride,
                       NULL};
    }
    const size_t panel = dsc_gemm_panel_bytes(k, g->b.is_packed ? g->depth : depths) / sizeof(dsc_real);
    if (g->b.is_packed)
        return (block){(const dsc_real *)g->b.packed + column / k->width * panel +
                           depth / k->elements_per_word * k->width,
                       (ptrdiff_t)panel, width, NULL};
    dsc_gemm_pack_panels(space, k->width, panel, k, g->b.packer, column, columns, depth, depths);
    return (block){space, (ptrdiff_t)panel, width, NULL};
}

/* Data shared by the micro-tiles of the same columns, for rows [row, row + rows) of the block. */
typedef struct strip {
    const dsc_gemm_kernels *kernels;
    const dsc_gemm *gemm;
    size_t vectors, column;
    bool last;
} strip;

static void multiply_rows(const strip *s, dsc_micro_tile *t, const dsc_real *a, size_t row, size_t rows,
                          size_t chunk) {
    const dsc_gemm *g = s->gemm;
    for (size_t i = 0; i < rows; i += chunk) {
        t->a = a + (ptrdiff_t)i * t->a_row;
        t->c = g->c + (ptrdiff_t)(row + i) * g->c_row + (ptrdiff_t)s->column;
        t->bias_rows = s->last && g->bias_rows ? g->bias_rows + row + i : NULL;
        s->kernels->tile(smaller(chunk, rows - i), s->vectors, t);
    }
}

/* Multiplies rows that are read in place, run by run. */
static void multiply_places(const strip *s, dsc_micro_tile *t, const dsc_packer *p, size_t row, size_t rows,
                            size_t depth) {
    const ptrdiff_t e = (ptrdiff_t)s->kernels->elements_per_word;
    const size_t rows_end = row + rows;
    while (row < rows_end) {
        dsc_vector_place at;
        p->place(&at, p, row);
        const size_t some = smaller(at.vectors, rows_end - row), inside = depth % at.run;
        const ptrdiff_t start =
            (ptrdiff_t)(depth / at.run) * at.run_stride + (ptrdiff_t)inside * at.depth_stride;
        const char *a = (const char *)at.at + start * (ptrdiff_t)(sizeof(dsc_real) / (size_t)e);
        t->a_row = at.vector_stride / e;
        t->a_depth = at.depth_stride;
        t->run = at.run / (size_t)e;
        t->first_run = (at.run - inside) / (size_t)e;
        t->a_jump = (at.run_stride - (ptrdiff_t)at.run * at.depth_stride) / e;
        multiply_rows(s, t, (const dsc_real *)(const void *)a, row, some,
                      even_part(some, s->kernels->rows, s->kernels->row_multiple));
        row += some;
    }
}

/* Computes all micro-tiles of one block. The column loop is the outer one, so that its part of B stays in the
 * first-level cache. */
static void multiply_block(const dsc_gemm_kernels *k, const dsc_gemm *g, block a, block b, size_t row,
                           size_t rows, size_t column, size_t columns, size_t depth, size_t words,
                           bool last) {
    const size_t chunk = even_part(rows, k->rows, k->row_multiple);
    const size_t most = k->vectors(smaller(chunk, rows));
    strip s = {k, g, most, column, last};
    dsc_micro_tile t = {.depth = words,
                        .first_run = words,
                        .run = words,
                        .a_row = a.major,
                        .a_depth = a.minor,
                        .b_vector = b.major,
                        .b_depth = b.minor,
                        .c_row = g->c_row};
    t.load = depth > 0 || g->accumulate;
    t.relu = last && g->relu;
    for (size_t j = 0; j < columns; j += s.vectors * k->width) {
        const size_t panels = divide_up(columns - j, k->width);
        while (s.vectors > panels) s.vectors /= 2;
        s.column = column + j;
        t.b = b.words + (ptrdiff_t)(j / k->width) * b.major;
        t.columns = smaller(s.vectors * k->width, columns - j);
        t.bias_columns = last && g->bias_columns ? g->bias_columns + column + j : NULL;
        if (a.place)
            multiply_places(&s, &t, a.place, row, rows, depth);
        else
            multiply_rows(&s, &t, a.words, row, rows, chunk);
    }
}

void dsc_gemm_tile_rows(size_t *first, size_t *last, const dsc_gemm_plan *plan, const dsc_gemm *g,
                        size_t tile) {
    *first = smaller(tile / plan->column_tiles * plan->tile_rows, g->rows);
    *last = smaller(*first + plan->tile_rows, g->rows);
}

static void run_tile(const dsc_gemm_plan *plan, const dsc_gemm *g, size_t tile, void *workspace) {
    const dsc_gemm_kernels *k = plan->kernels;
    const size_t depth_block = dsc_gemm_depth_block(k, g->depth);
    char *const a_space = workspace, *const b_space = a_space ? a_space + plan->a_bytes : NULL;
    size_t row0, row_end;
    dsc_gemm_tile_rows(&row0, &row_end, plan, g, tile);
    const size_t column0 = tile % plan->column_tiles * plan->tile_columns;
    const size_t column_end = smaller(column0 + plan->tile_columns, g->columns);

    for (size_t column = column0; column < column_end; column += plan->column_block) {
        const size_t columns = smaller(plan->column_block, column_end - column);
        size_t depth = 0;
        do { /* runs once even for depth 0, to apply the end */
            const size_t depths = smaller(depth_block, g->depth - depth);
            const size_t words = round_up(depths, k->depth_multiple) / k->elements_per_word;
            const bool last = depth + depths == g->depth;
            const block b = block_of_b(plan, g, column, columns, depth, depths, b_space);
            for (size_t row = row0; row < row_end; row += plan->row_block) {
                const size_t rows = smaller(plan->row_block, row_end - row);
                const block a = block_of_a(plan, g, row, rows, depth, depths, a_space);
                multiply_block(k, g, a, b, row, rows, column, columns, depth, words, last);
            }
            depth += depths;
        } while (depth < g->depth);
    }
}

void dsc_gemm_run(const dsc_gemm_plan *plan, const dsc_gemm *g, size_t first, size_t last, void *workspace) {
    if (plan->kernels->begin) plan->kernels->begin();
    for (size_t tile = first; tile < last; tile++) run_tile(plan, g, tile, workspace);
    if (plan->kernels->end) plan->kernels->end();
}
