/* SPDX-License-Identifier: MIT */
/* gemm.h: the blocked matrix product that dense layers, convolutions and all their gradients are.
 *
 *   C(rows, columns) = end( [C +] sum over k of A(row, k) * B(k, column) )
 *
 * An operand is `count` vectors of `depth` elements: the rows of A, the columns of B. What the vectors hold
 * is a packer's business (pack.h): a matrix, a transposed one, bytes, image patches. Operands are packed on
 * the fly, tile by tile, or once beforehand (dsc_pack) and used many times, as weights are.
 *
 *   dsc_gemm g = {.rows = n, .columns = out, .depth = in, .a = {.packer = &images},
 *                 .b = {.is_packed = true, .packed = weights},
 *                 .c = y, .c_row = out, .bias_columns = bias, .relu = true};
 *   dsc_gemm_plan plan;
 *   dsc_gemm_plan_make(&plan, kernels->f32, &g, 1);
 *   dsc_gemm_run(&plan, &g, 0, plan.tiles, workspace);        workspace: plan.workspace bytes
 *
 * Nothing here allocates. Blocking follows Goto and van de Geijn, "Anatomy of high-performance matrix
 * multiplication" (2008), and BLIS: for a block of columns, for a block of depth: pack B; for a block of
 * rows: pack A; then micro-tiles, which keep their sums in registers.
 *
 * Order of summation: for each element of C alone, over k from 0 up within blocks of depth whose number and
 * size follow from `depth` and the kernel set; the blocks' sums are added in order. Nothing else changes the
 * bits: not the tiles, the threads, the position of a row or column, or what is computed beside it. NaN and
 * infinity are carried through. */
#ifndef DSC_KERNEL_GEMM_H
#define DSC_KERNEL_GEMM_H

#include "kernel/kernel.h"
#include "kernel/pack.h"

typedef struct dsc_operand {
    const dsc_packer *packer; /* packed on the fly, or read in place if it is a plain matrix of reals */
    bool is_packed;           /* or: */
    const void *packed;       /* what dsc_pack made with the same kernels; not looked at by a plan */
} dsc_operand;

typedef struct dsc_gemm {
    size_t rows, columns, depth; /* any may be 0: no depth is a sum of 0 */
    dsc_operand a, b;
    dsc_real *c;     /* element (i, j) is c[i * c_row + j] */
    ptrdiff_t c_row; /* in elements, at least `columns` */
    bool accumulate; /* add to what is in C; otherwise C is only written, and may hold anything */
    /* The end, in this order: + bias_rows[i], + bias_columns[j], relu. NULL and false leave out. */
    const dsc_real *bias_rows, *bias_columns;
    bool relu; /* x < 0 ? 0 : x, so NaN stays NaN */
} dsc_gemm;

typedef struct dsc_gemm_plan {
    const dsc_gemm_kernels *kernels;
    size_t tiles;     /* tiles may be computed in any order by any thread */
    size_t workspace; /* bytes one thread needs, aligned to 64; can be 0 */
    /* how it is cut; not for callers */
    size_t tile_rows, tile_columns, column_tiles;
    size_t row_block, column_block;
    size_t a_bytes; /* the part of the workspace that is A's */
    bool a_direct, b_direct;
} dsc_gemm_plan;

/* Plans `gemm`, of which no data is looked at: only sizes, strides and kinds of operand. The tiles number
 * about `parts`: 1 if one thread computes the product, a few times the number of threads if they share it. A
 * plan holds for every gemm of the same kinds of operand and strides with as many columns, and as many rows
 * and as much depth or less; the tiles of fewer rows may be empty. */
void dsc_gemm_plan_make(dsc_gemm_plan *plan, const dsc_gemm_kernels *kernels, const dsc_gemm *gemm,
                        size_t parts);

/* Computes tiles [first, last). Threads may run different tiles at once, each with its own workspace. */
void dsc_gemm_run(const dsc_gemm_plan *plan, const dsc_gemm *gemm, size_t first, size_t last,
                  void *workspace);

/* The rows of C that a tile makes: [*first, *last). */
void dsc_gemm_tile_rows(size_t *first, size_t *last, const dsc_gemm_plan *plan, const dsc_gemm *gemm,
                        size_t tile);

/* In blocks of how much depth sums are made: as few as the kernels' depth_block allows, but more than one
 * are an even number where the depth suffices, so that two threads can share them (op/matmul_columns.c). */
size_t dsc_gemm_depth_block(const dsc_gemm_kernels *kernels, size_t depth);

/* ---- Packing beforehand ---- */

typedef enum dsc_side { DSC_SIDE_A, DSC_SIDE_B } dsc_side;

/* Bytes of `count` vectors of `depth` elements, packed for that side; the buffer is aligned to 64. */
size_t dsc_pack_size(const dsc_gemm_kernels *kernels, dsc_side side, size_t count, size_t depth);

/* In how many panels they are packed: panels may be packed in any order by any thread. */
size_t dsc_pack_panels(const dsc_gemm_kernels *kernels, dsc_side side, size_t count);

/* Packs panels [first, last). */
void dsc_pack(void *packed, const dsc_gemm_kernels *kernels, dsc_side side, const dsc_packer *packer,
              size_t count, size_t depth, size_t first, size_t last);

/* ---- What a kernel set is made of ---- */

/* One micro-tile: `rows` rows by `vectors` vectors of columns. The unit of depth is the word: one real, or
 * two bfloat16 side by side (`elements_per_word`), so that one loop serves both. Strides are in words. */
typedef struct dsc_micro_tile {
    size_t depth;
    /* Word (i, k) is a[i * a_row + k * a_depth], and a_jump words further with every run of depth that has
     * ended before k: the first is of first_run words, the others of `run`. */
    const dsc_real *a;
    ptrdiff_t a_row, a_depth, a_jump;
    size_t first_run, run;
    const dsc_real *b; /* word (k, j) is b[(j / width) * b_vector + k * b_depth + j % width] */
    ptrdiff_t b_vector, b_depth;
    dsc_real *c;
    ptrdiff_t c_row;
    size_t columns; /* that count, of vectors * width */
    bool load;      /* add to C */
    bool relu;
    const dsc_real *bias_rows, *bias_columns; /* those of this tile */
} dsc_micro_tile;

struct dsc_gemm_kernels {
    const char *name;
    size_t width;             /* columns in a vector and so in a panel of B */
    size_t rows;              /* most rows of a micro-tile */
    size_t row_multiple;      /* packed A has its rows filled up to this */
    size_t elements_per_word; /* 1 or 2 */
    size_t depth_multiple;    /* packed depth is filled up with zeros to this, in elements */
    size_t depth_block;       /* most elements of depth at a time, a multiple of depth_multiple */
    bool rounds;              /* operands are rounded to bfloat16, so plain matrices are packed as well */
    size_t (*vectors)(size_t rows); /* how many vectors a micro-tile of that many rows has at best */
    /* Computes one micro-tile; `vectors` is a power of two, at most vectors(rows). */
    void (*tile)(size_t rows, size_t vectors, const dsc_micro_tile *tile);
    /* Makes words of reals. row: `count` reals, one after another. Of elements_per_word 2 alone, pairs: word
     * j from low[j] and high[j]; panels: a matrix as dsc_vector_kernels.zip_halves does. */
    void (*round_row)(void *words, const dsc_real *reals, size_t count);
    void (*round_pairs)(void *words, const dsc_real *low, const dsc_real *high, size_t count);
    void (*round_panels)(void *words, ptrdiff_t panel, ptrdiff_t out_row, const dsc_real *in,
                         ptrdiff_t in_row, size_t pairs, size_t columns);
    void (*begin)(void), (*end)(void); /* around the tiles of one run, in the same thread; NULL: nothing */
    const dsc_vector_kernels *vector;
    /* What leaves zeros out: the same bits, as sums go word after word of depth. NULL: they do not, or it
     * was not made. */
    const dsc_sparse_kernels *sparse;
};

#endif
