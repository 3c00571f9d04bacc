/* SPDX-License-Identifier: MIT */
/* gemm.h: the blocked matrix product. Dense layers, convolutions and all their gradients use it.
 *
 *   C(rows, columns) = end( [C +] sum over k of A(row, k) * B(k, column) )
 *
 * An operand is `count` vectors of `depth` elements: the rows of A, or the columns of B. A packer (pack.h)
 * defines the elements: a matrix, a transposed matrix, bytes or image patches. Operands are packed on the
 * fly, tile by tile, or once beforehand (dsc_pack) and reused, as weights are.
 *
 *   dsc_gemm g = {.rows = n, .columns = out, .depth = in, .a = {.packer = &images},
 *                 .b = {.is_packed = true, .packed = weights},
 *                 .c = y, .c_row = out, .bias_columns = bias, .relu = true};
 *   dsc_gemm_plan plan;
 *   dsc_gemm_plan_make(&plan, kernels->f32, &g, 1);
 *   dsc_gemm_run(&plan, &g, 0, plan.tiles, workspace);        workspace: plan.workspace bytes
 *
 * No function here allocates or fails. Blocking follows Goto and van de Geijn, "Anatomy of high-performance
 * matrix multiplication" (2008), and BLIS: for each block of columns and each block of depth, pack B; for
 * each block of rows, pack A; then compute micro-tiles, which keep their sums in registers.
 *
 * Order of summation: each element of C sums over k from 0 upwards within blocks of depth, and the block sums
 * are added in order. `depth` and the kernel set alone determine the number and size of the blocks. Neither
 * tiles, threads, the position of a row or column, nor its neighbours change the bits. NaN and infinity
 * propagate. */
#ifndef DSC_KERNEL_GEMM_H
#define DSC_KERNEL_GEMM_H

#include "kernel/kernel.h"
#include "kernel/pack.h"

typedef struct dsc_operand {
    const dsc_packer *packer; /* packed on the fly, or read in place if it is a plain matrix of reals */
    bool is_packed;           /* true: `packed` is used instead of `packer` */
    const void *packed;       /* output of dsc_pack with the same kernels; planning does not read it */
} dsc_operand;

typedef struct dsc_gemm {
    size_t rows, columns, depth; /* any may be 0; a product of depth 0 is 0 */
    dsc_operand a, b;
    dsc_real *c;     /* element (i, j) is c[i * c_row + j] */
    ptrdiff_t c_row; /* in elements, at least `columns` */
    bool accumulate; /* add to C; otherwise C is only written and may be uninitialised */
    /* Applied at the end in this order: + bias_rows[i], + bias_columns[j], relu. NULL or false skips a
     * step. */
    const dsc_real *bias_rows, *bias_columns;
    bool relu; /* x < 0 ? 0 : x, so NaN stays NaN */
} dsc_gemm;

typedef struct dsc_gemm_plan {
    const dsc_gemm_kernels *kernels;
    size_t tiles;     /* any thread may compute any tile, in any order */
    size_t workspace; /* bytes per thread, aligned to 64; may be 0 */
    /* blocking; private */
    size_t tile_rows, tile_columns, column_tiles;
    size_t row_block, column_block;
    size_t a_bytes; /* A's part of the workspace */
    bool a_direct, b_direct;
} dsc_gemm_plan;

/* Plans `gemm` from sizes, strides and operand kinds; reads no element. `parts` is the approximate number of
 * tiles: 1 for one thread, a few times the number of threads for several. The plan serves every gemm with the
 * same operand kinds, strides and number of columns, and at most as many rows and as much depth; with fewer
 * rows, some tiles may be empty. A plan with one part also serves fewer columns: whole panels, if B is read
 * in place. */
void dsc_gemm_plan_make(dsc_gemm_plan *plan, const dsc_gemm_kernels *kernels, const dsc_gemm *gemm,
                        size_t parts);

/* Computes tiles [first, last). Threads may run different tiles concurrently, each with its own workspace. */
void dsc_gemm_run(const dsc_gemm_plan *plan, const dsc_gemm *gemm, size_t first, size_t last,
                  void *workspace);

/* Rows [*first, *last) of C that belong to a tile. */
void dsc_gemm_tile_rows(size_t *first, size_t *last, const dsc_gemm_plan *plan, const dsc_gemm *gemm,
                        size_t tile);

/* Depth of a block of summation. The number of blocks is the smallest that the kernels' depth_block allows,
 * rounded up to an even number if there are several and the depth suffices, so that two threads can share
 * them (op/matmul_columns.c). */
size_t dsc_gemm_depth_block(const dsc_gemm_kernels *kernels, size_t depth);

/* ---- Packing beforehand ---- */

typedef enum dsc_side { DSC_SIDE_A, DSC_SIDE_B } dsc_side;

/* Bytes of `count` packed vectors of `depth` elements; the buffer must be aligned to 64 bytes. */
size_t dsc_pack_size(const dsc_gemm_kernels *kernels, dsc_side side, size_t count, size_t depth);

/* Number of panels. Any thread may pack any panel, in any order. */
size_t dsc_pack_panels(const dsc_gemm_kernels *kernels, dsc_side side, size_t count);

/* Packs panels [first, last) into `packed`. */
void dsc_pack(void *packed, const dsc_gemm_kernels *kernels, dsc_side side, const dsc_packer *packer,
              size_t count, size_t depth, size_t first, size_t last);

/* ---- Kernel set interface ---- */

/* One micro-tile: `rows` rows by `vectors` vectors of columns. The unit of depth is the word: one real, or
 * two adjacent bfloat16 (`elements_per_word`), so that one loop serves both. Strides are in words. */
typedef struct dsc_micro_tile {
    size_t depth;
    /* Word (i, k) is a[i * a_row + k * a_depth] plus a_jump words for each run of depth that ended before k.
     * The first run has first_run words, the others `run`. */
    const dsc_real *a;
    ptrdiff_t a_row, a_depth, a_jump;
    size_t first_run, run;
    const dsc_real *b; /* word (k, j) is b[(j / width) * b_vector + k * b_depth + j % width] */
    ptrdiff_t b_vector, b_depth;
    dsc_real *c;
    ptrdiff_t c_row;
    size_t columns; /* valid columns of vectors * width */
    bool load;      /* add to C */
    bool relu;
    const dsc_real *bias_rows, *bias_columns; /* bias of this tile */
} dsc_micro_tile;

struct dsc_gemm_kernels {
    const char *name;
    size_t width;                   /* columns in a vector and in a panel of B */
    size_t rows;                    /* most rows of a micro-tile */
    size_t row_multiple;            /* packed A is padded to a multiple of this many rows */
    size_t elements_per_word;       /* 1 or 2 */
    size_t depth_multiple;          /* packed depth is padded with zeros to a multiple of this, in elements */
    size_t depth_block;             /* most elements of depth in a block, a multiple of depth_multiple */
    bool rounds;                    /* operands are rounded to bfloat16, so plain matrices are packed too */
    size_t (*vectors)(size_t rows); /* best number of vectors in a micro-tile of that many rows */
    /* Computes one micro-tile; `vectors` is a power of two, at most vectors(rows). */
    void (*tile)(size_t rows, size_t vectors, const dsc_micro_tile *tile);
    /* Convert reals to words. round_row converts `count` consecutive reals. Only for elements_per_word 2:
     * round_pairs makes word j from low[j] and high[j]; round_panels converts a matrix with the layout of
     * dsc_vector_kernels.zip_halves. */
    void (*round_row)(void *words, const dsc_real *reals, size_t count);
    void (*round_pairs)(void *words, const dsc_real *low, const dsc_real *high, size_t count);
    void (*round_panels)(void *words, ptrdiff_t panel, ptrdiff_t out_row, const dsc_real *in,
                         ptrdiff_t in_row, size_t pairs, size_t columns);
    void (*begin)(void), (*end)(void); /* around the tiles of a run, in its thread; NULL: nothing */
    const dsc_vector_kernels *vector;
    /* Convolutions of 3 x 3 in tiles, in the product's elements; NULL: all convolutions follow their
     * definition. The portable set's do, because exported C gives the same bits as that set. */
    const dsc_tile_kernels *tiles;
    /* Products that skip zeros, with the same bits because sums run word by word over depth. NULL if the
     * order differs or the set has none. */
    const dsc_sparse_kernels *sparse;
};

#endif
