/* SPDX-License-Identifier: MIT */
/* gemm_pack.c: packs operands, with rounding to bfloat16 and padding; see gemm_pack.h. */
#include "kernel/gemm_pack.h"

#include "kernel/vectors.h"

#include <string.h>

enum { PASSING = 2048 }; /* reals buffered on the stack before rounding to bfloat16; at least 2 * 16 */

static size_t round_up(size_t value, size_t multiple) { return (value + multiple - 1) / multiple * multiple; }
static size_t smaller(size_t a, size_t b) { return a < b ? a : b; }

static size_t words_of(const dsc_gemm_kernels *k, size_t depth) {
    return round_up(depth, k->depth_multiple) / k->elements_per_word;
}

size_t dsc_gemm_row_bytes(const dsc_gemm_kernels *k, size_t depth) {
    size_t bytes = round_up(words_of(k, depth) * sizeof(dsc_real), 64);
    if (bytes % 1024 == 0) bytes += 64;
    return bytes;
}

/* Never decreases with depth: plans depend on this. */
size_t dsc_gemm_panel_bytes(const dsc_gemm_kernels *k, size_t depth) {
    enum { PAGE = 4096, LEAST = 256 };
    const size_t bytes = words_of(k, depth) * k->width * sizeof(dsc_real), behind = (bytes + LEAST) % PAGE;
    return behind < 2 * LEAST ? bytes + 2 * LEAST - behind : bytes;
}

/* A block of vectors that lie side by side is read across the vectors and transposed. */
static void fill_rows(dsc_real *out, const dsc_gemm_kernels *k, const dsc_packer *p, size_t row, size_t rows,
                      size_t depth, size_t depths) {
    if (p->transposed && !p->matrix) {
        dsc_real across[PASSING];
        p->fill(p, k->vector, across, 1, (ptrdiff_t)rows, row, rows, depth, depths);
        k->vector->transpose(out, (ptrdiff_t)depths, across, (ptrdiff_t)rows, depths, rows);
    } else {
        p->fill(p, k->vector, out, (ptrdiff_t)depths, 1, row, rows, depth, depths);
    }
}

static void round_rows(dsc_real *words, const dsc_gemm_kernels *k, const dsc_packer *p, size_t stride,
                       size_t row, size_t rows, size_t depth, size_t depths) {
    dsc_real passing[PASSING];
    const size_t element = sizeof(dsc_real) / k->elements_per_word;
    const size_t some_depth = smaller(depths, p->transposed ? 64 : 512);
    const size_t some_rows = PASSING / (some_depth ? some_depth : 1);
    for (size_t i = 0; i < rows; i += some_rows)
        for (size_t d = 0; d < depths; d += some_depth) {
            const size_t m = smaller(some_rows, rows - i), n = smaller(some_depth, depths - d);
            fill_rows(passing, k, p, row + i, m, depth + d, n);
            for (size_t r = 0; r < m; r++)
                k->round_row((char *)(words + (i + r) * stride) + d * element, passing + r * n, n);
        }
}

/* Copies a bfloat16 row that lies in runs, such as a patch, starting in the run that begins at `in`. */
static void copy_runs(uint16_t *out, const uint16_t *in, const dsc_vector_place *at, size_t depth,
                      size_t depths) {
    for (size_t d = depth, some; d < depth + depths; d += some, out += some) {
        const size_t inside = d % at->run;
        some = smaller(at->run - inside, depth + depths - d);
        memcpy(out, in + (ptrdiff_t)(d / at->run) * at->run_stride + (ptrdiff_t)inside, some * sizeof *out);
    }
}

/* Copies rows that are already bfloat16 with contiguous depth. Returns false, without effect, for any other
 * operand. */
static bool copy_rows(dsc_real *words, const dsc_packer *p, size_t stride, size_t row, size_t rows,
                      size_t depth, size_t depths) {
    dsc_vector_place at;
    if (!p->place || !p->place(&at, p, row) || !at.halves || at.depth_stride != 1) return false;
    for (size_t i = 0, some; i < rows; i += some) {
        (void)p->place(&at, p, row + i);
        some = smaller(at.vectors, rows - i);
        for (size_t r = 0; r < some; r++)
            copy_runs((uint16_t *)(void *)(words + (i + r) * stride),
                      (const uint16_t *)at.at + (ptrdiff_t)r * at.vector_stride, &at, depth, depths);
    }
    return true;
}

void dsc_gemm_pack_rows(dsc_real *words, const dsc_gemm_kernels *k, const dsc_packer *p, size_t stride,
                        size_t row, size_t rows, size_t depth, size_t depths) {
    const size_t element = sizeof(dsc_real) / k->elements_per_word;
    if (!k->rounds)
        p->fill(p, k->vector, words, (ptrdiff_t)stride, 1, row, rows, depth, depths);
    else if (k->elements_per_word == 1 || !copy_rows(words, p, stride, row, rows, depth, depths))
        round_rows(words, k, p, stride, row, rows, depth, depths);
    const size_t behind = (round_up(depths, k->depth_multiple) - depths) * element;
    if (behind > 0)
        for (size_t i = 0; i < rows; i++) memset((char *)(words + i * stride) + depths * element, 0, behind);
}

bool dsc_gemm_across(const dsc_gemm_kernels *k, const dsc_packer *p) {
    return p->transposed && k->row_multiple == 1; /* tiles that read whole rows cannot use panels */
}

/* bfloat16 with contiguous depth: two adjacent elements already form a word. */
static bool pairs_ready(const dsc_packer *p) {
    return p->halves && p->matrix && p->depth_stride == 1 && p->vector_stride % 2 == 0;
}

/* Packs steps of depth directly from a matrix into panels of words, all panels in one pass. Returns the
 * number of steps packed. Missing columns stay uninitialised. */
static size_t pack_straight(dsc_real *words, size_t panel, size_t row, const dsc_gemm_kernels *k,
                            const dsc_packer *p, size_t column, size_t columns, size_t depth, size_t depths) {
    if (!p->matrix || p->vector_stride != 1) return 0;
    const ptrdiff_t ds = p->depth_stride;
    const size_t at = column + depth * (size_t)ds, pairs = depths / 2;
    const ptrdiff_t out_panel = (ptrdiff_t)panel, out_row = (ptrdiff_t)row;
    if (ds < 0) return 0;
    if (k->elements_per_word == 2) {
        if (p->halves)
            k->vector->zip_halves(words, out_panel, out_row, (const uint16_t *)p->matrix + at, ds, pairs,
                                  columns);
        else
            k->round_panels(words, out_panel, out_row, (const dsc_real *)p->matrix + at, ds, pairs, columns);
        return 2 * pairs;
    }
    if (k->rounds || p->halves || row != k->width) return 0;
    k->vector->copy_panels(words, out_panel, out_row, (const dsc_real *)p->matrix + at, ds, depths, columns);
    return depths;
}

/* Packs the rest of one panel in pairs, from step `d` of its depth. */
static void round_panel(dsc_real *words, size_t width, const dsc_gemm_kernels *k, const dsc_packer *p,
                        size_t column, size_t columns, size_t depth, size_t depths, size_t d) {
    dsc_real passing[PASSING];
    if (d == 0 && pairs_ready(p)) {
        const uint16_t *in = (const uint16_t *)p->matrix + (ptrdiff_t)column * p->vector_stride + depth;
        k->vector->transpose(words, (ptrdiff_t)width, (const dsc_real *)(const void *)in,
                             p->vector_stride / 2, columns, depths / 2);
        d = depths / 2 * 2;
    }
    /* As many columns at a time as fit two steps of depth. */
    const size_t wide = smaller(width, PASSING / 2), some = PASSING / wide & ~(size_t)1;
    for (; d < depths; d += some)
        for (size_t j = 0; j < columns; j += wide) {
            const size_t n = smaller(some, depths - d), w = smaller(wide, columns - j);
            p->fill(p, k->vector, passing, 1, (ptrdiff_t)w, column + j, w, depth + d, n);
            if (n % 2) memset(passing + n * w, 0, w * sizeof *passing);
            k->round_panels(words + d / 2 * width + j, 16, (ptrdiff_t)width, passing, (ptrdiff_t)w,
                            (n + 1) / 2, w);
        }
    const size_t done = (depths + 1) / 2;
    memset(words + done * width, 0, (words_of(k, depths) - done) * width * sizeof *words);
}

void dsc_gemm_pack_panels(dsc_real *words, size_t width, size_t panel, const dsc_gemm_kernels *k,
                          const dsc_packer *p, size_t column, size_t columns, size_t depth, size_t depths) {
    const size_t steps = words_of(k, depths), partial = columns % width;
    if (partial) memset(words + columns / width * panel, 0, steps * width * sizeof *words);
    const size_t done =
        pack_straight(words, width > 16 ? 16 : panel, width, k, p, column, columns, depth, depths);
    if (done == depths && done / k->elements_per_word == steps) return;
    for (size_t j = 0; j < columns; j += width, words += panel) {
        const size_t some = smaller(width, columns - j);
        if (k->elements_per_word == 2) {
            round_panel(words, width, k, p, column + j, some, depth, depths, done);
            continue;
        }
        p->fill(p, k->vector, words, 1, (ptrdiff_t)width, column + j, some, depth, depths);
        if (k->rounds) k->round_row(words, words, depths * width);
    }
}

size_t dsc_pack_size(const dsc_gemm_kernels *k, dsc_side side, size_t count, size_t depth) {
    if (side == DSC_SIDE_A) return round_up(count, k->row_multiple) * dsc_gemm_row_bytes(k, depth);
    return round_up(dsc_pack_panels(k, side, count) * dsc_gemm_panel_bytes(k, depth), 64);
}

/* Unit of work when A is packed beforehand: a panel is a handful of rows. */
static size_t panel_rows(const dsc_gemm_kernels *k) { return round_up(16, k->row_multiple); }

size_t dsc_pack_panels(const dsc_gemm_kernels *k, dsc_side side, size_t count) {
    const size_t size = side == DSC_SIDE_A ? panel_rows(k) : k->width;
    return (count + size - 1) / size;
}

void dsc_pack(void *packed, const dsc_gemm_kernels *k, dsc_side side, const dsc_packer *packer, size_t count,
              size_t depth, size_t first, size_t last) {
    const size_t size = side == DSC_SIDE_A ? panel_rows(k) : k->width;
    if (first >= last) return;
    const size_t start = first * size, some = smaller(last * size, count) - start;
    if (side == DSC_SIDE_A) {
        const size_t stride = dsc_gemm_row_bytes(k, depth) / sizeof(dsc_real);
        dsc_gemm_pack_rows((dsc_real *)packed + start * stride, k, packer, stride, start, some, 0, depth);
    } else {
        const size_t panel = dsc_gemm_panel_bytes(k, depth) / sizeof(dsc_real);
        dsc_gemm_pack_panels((dsc_real *)packed + first * panel, k->width, panel, k, packer, start, some, 0,
                             depth);
    }
}
