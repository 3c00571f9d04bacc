/* SPDX-License-Identifier: MIT */
/* thresholds.h: the sizes that were chosen by measuring: from where on one way is faster than another, and
 * how large the pieces are that threads share. No finite result depends on them,
 * unless their comment says so.
 *
 * Each group names the benchmark that shows whether another value is better. Compare two builds in turns, on
 * an idle machine, with each kernel set that you care about. The sizes of a micro-tile and of its block of
 * depth belong to the instruction set (kernel/isa_*.h): `make bench ARGS=kernels`. */
#ifndef DSC_BASE_THRESHOLDS_H
#define DSC_BASE_THRESHOLDS_H

#include "base/limits.h"

#include <limits.h>

/* Blocks of a matrix product. make bench ARGS=kernels */
enum {
    DSC_GEMM_ROW_CHUNKS =
        DSC_USUALLY(12, 1), /* micro-tiles' rows in a block of A, for the second-level cache */
    DSC_GEMM_COLUMNS = 512  /* most columns of B that are packed at a time */
};

/* Products that leave zeros out (kernel/sparse.h). make bench ARGS=inference */
enum {
    DSC_SPARSE_CACHE = 24576, /* bytes of a packed operand that stay in the first-level cache */
    DSC_SPARSE_FROM = 32, /* columns of the product: with fewer, looking for zeros costs more than it saves */
    DSC_SPARSE_ROWS_LOOKED = 3 /* rows of a batch that tell how many zeros there are */
};

/* One image alone, whose layers threads share. make bench ARGS=inference */
enum {
    DSC_SINGLE_TILES = 8,
    DSC_SINGLE_DENSE_FROM = DSC_USUALLY(200000, 1), /* multiply-adds */
    DSC_SINGLE_DENSE_PANELS = DSC_USUALLY(4, 1),    /* of a tile: their sums are made side by side */
    DSC_SINGLE_CONV_FROM = DSC_USUALLY(1000000, 1)  /* multiply-adds */
};

/* A dense layer in training. Numbers are those of its weight. make bench ARGS=training */
enum {
    DSC_PREPARE_PANELS = 4, /* packed by one tile */

    /* A first layer, shared out by columns of its input (op/matmul_columns.c). */
    DSC_COLUMNS_FROM = DSC_USUALLY(20000, 1),
    DSC_COLUMNS_TILE = DSC_USUALLY(30000, 1),
    DSC_COLUMNS_TILES = 4, /* most for each block of depth */

    /* A later one, shared out by panels of its weight: a step of networks with one is 1 to 9 percent shorter
     * (docs/performance.md). */
    DSC_PANELS_FROM = DSC_USUALLY(500000, 1),
    DSC_PANELS_TILE = DSC_USUALLY(60000, 1),
    DSC_PANELS_TILES = 16,

    /* The weight's gradient: enough tiles for the threads of a large machine, few enough to be worth packing
     * operands for. */
    DSC_WEIGHT_TILE = 30000,
    DSC_WEIGHT_TILES_LEAST = 4,
    DSC_WEIGHT_TILES = 16
};

/* A convolution. make bench ARGS=training */
enum {
    /* Channels with which one place of the kernel gives enough rows for a micro-tile; with fewer a row of
     * places does. */
    DSC_CONV_CHANNELS_ENOUGH = 8,
    /* Of a product that is rounded to bfloat16 before it leaves the first-level cache. */
    DSC_CONV_TILE_BYTES = DSC_USUALLY(16384, 1)
};

/* Channels of a convolution's output from which on its values lie with the channels last (graph/forms.h):
 * loops over few channels are short. The order of some sums depends on it. make bench ARGS=training */
enum { DSC_PIXELS_FROM = 16, DSC_PIXELS_BF16_FROM = 8 };

/* Pieces of the slab of parameters that are updated at a time; numbers, a multiple of 16: three slabs of
 * them fit a first-level cache. make bench ARGS=training */
enum { DSC_UPDATE_PIECE = DSC_USUALLY(8192, 16) };

/* How often a thread looks for work before it sleeps: some ten to forty microseconds. make bench
 * ARGS=scaling */
enum { DSC_THREADS_SPINS = DSC_USUALLY(4000, 0) };

/* Blocks of that many bytes ask for large pages: a fifth of the time of loading MNIST would else go into
 * page faults. make bench ARGS=load */
enum { DSC_HUGE_PAGES_FROM = DSC_USUALLY(1 << 22, INT_MAX) };

#endif
