/* SPDX-License-Identifier: MIT */
/* thresholds.h: sizes chosen by measurement: where one method becomes faster than another, and how large the
 * work items of threads are. No finite result depends on them unless a comment says so.
 *
 * Each group names the benchmark that compares values. Compare two builds alternately on an idle machine,
 * with each kernel set of interest. The sizes of a micro-tile and its block of depth belong to the
 * instruction set (kernel/isa_*.h): `make bench ARGS=kernels`. */
#ifndef DSC_BASE_THRESHOLDS_H
#define DSC_BASE_THRESHOLDS_H

#include "base/limits.h"

#include <limits.h>

/* Blocks of a matrix product: make bench ARGS=kernels */
enum {
    DSC_GEMM_ROW_CHUNKS =
        DSC_USUALLY(12, 1), /* rows of a block of A, in micro-tiles; for the second-level cache */
    DSC_GEMM_COLUMNS = 512  /* most columns of B packed at a time */
};

/* Products that skip zeros (kernel/sparse.h): make bench ARGS=inference */
enum {
    DSC_SPARSE_CACHE = 24576, /* bytes of a packed operand that stay in the first-level cache */
    DSC_SPARSE_FROM = 32,     /* columns of the product; with fewer, finding zeros costs more than it saves */
    DSC_SPARSE_ROWS_LOOKED = 3 /* rows of a batch sampled to estimate the zeros */
};

/* A single image, whose layers threads share: make bench ARGS=inference */
enum {
    DSC_SINGLE_TILES = 8,
    DSC_SINGLE_DENSE_FROM = DSC_USUALLY(200000, 1), /* multiply-adds */
    DSC_SINGLE_DENSE_PANELS = DSC_USUALLY(4, 1),    /* of a tile: their sums are computed together */
    DSC_SINGLE_CONV_FROM = DSC_USUALLY(1000000, 1)  /* multiply-adds */
};

/* A dense layer in training; numbers are elements of its weight: make bench ARGS=training */
enum {
    DSC_PREPARE_PANELS = 4, /* packed by one tile */

    /* A first layer, divided by columns of its input (op/matmul_columns.c). */
    DSC_COLUMNS_FROM = DSC_USUALLY(20000, 1),
    DSC_COLUMNS_TILE = DSC_USUALLY(30000, 1),
    DSC_COLUMNS_TILES = 4, /* most for each block of depth */

    /* A later layer, divided by panels of its weight: steps of networks with one take 1 to 9 percent less
     * time (docs/performance.md). */
    DSC_PANELS_FROM = DSC_USUALLY(500000, 1),
    DSC_PANELS_TILE = DSC_USUALLY(60000, 1),
    DSC_PANELS_TILES = 16,

    /* The weight's gradient: enough tiles for the threads of a large machine, few enough that packing
     * pays. */
    DSC_WEIGHT_TILE = 30000,
    DSC_WEIGHT_TILES_LEAST = 4,
    DSC_WEIGHT_TILES = 16
};

/* A convolution: make bench ARGS=training */
enum {
    /* Channels from which one kernel place gives enough rows for a micro-tile; with fewer, a row of places
     * does. */
    DSC_CONV_CHANNELS_ENOUGH = 8,
    /* Of a product that is rounded to bfloat16 while it is in the first-level cache. */
    DSC_CONV_TILE_BYTES = DSC_USUALLY(16384, 1),

    /* 3 x 3 in tiles (op/conv2d_winograd.h), which changes the last bits of results: the least input and
     * output channels, the cost of a tile in multiplications, with its transforms, and the bytes of a strip
     * of tiles, for the second-level cache. */
    DSC_WINOGRAD_CHANNELS = DSC_USUALLY(16, 1),
    DSC_WINOGRAD_COST = DSC_USUALLY(24, 0),
    DSC_WINOGRAD_STRIP = DSC_USUALLY(393216, 1)
};

/* Output channels from which a convolution's values are stored channels last (graph/forms.h): loops over few
 * channels are short. The order of some sums depends on this. make bench ARGS=training */
enum { DSC_PIXELS_FROM = 16, DSC_PIXELS_BF16_FROM = 8 };

/* Elements of the parameter slab updated at a time, a multiple of 16: three slabs' pieces fit a first-level
 * cache. make bench ARGS=training */
enum { DSC_UPDATE_PIECE = DSC_USUALLY(8192, 16) };

/* Polls for work before a thread sleeps: about ten to forty microseconds. make bench ARGS=scaling */
enum { DSC_THREADS_SPINS = DSC_USUALLY(4000, 0) };

/* Blocks of at least this many bytes request huge pages; otherwise page faults would take a fifth of the time
 * to load MNIST. make bench ARGS=load */
enum { DSC_HUGE_PAGES_FROM = DSC_USUALLY(1 << 22, INT_MAX) };

#endif
