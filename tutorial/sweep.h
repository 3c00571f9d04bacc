/* SPDX-License-Identifier: MIT */
/* sweep.h: the inner loops of fast.c, in vectors of eight doubles, one set for each kind of processor.
 *
 * A row of weights_1 belongs to a pixel, a column to a hidden unit. Rows are padded to TUTORIAL_LANES
 * columns, and every padded array is aligned to 64 bytes and has zeros in its padding. Each element is
 * computed with the same operations in the same order whatever the width of the registers, so all sets agree
 * to the bit. */
#ifndef TUTORIAL_SWEEP_H
#define TUTORIAL_SWEEP_H

#include <stddef.h>
#include <stdint.h>

enum { TUTORIAL_LANES = 8 };

/* A row of weights_1 that matters: the pixel's byte in the image just learned, and in the next one. */
typedef struct tutorial_touch {
    uint32_t row;
    uint8_t now, next;
} tutorial_touch;

typedef struct tutorial_kernels {
    const char *name;
    /* For each touched row w, in order: w += value[now] * step, then sum += value[next] * w. All rows have
     * `stride` columns; `sum` is set, not added to. */
    void (*sweep)(double *sum, double *weights, const double *step, const tutorial_touch *rows, size_t count,
                  const double value[256], size_t stride);
    /* For each listed row w, in order: sum += value[next] * w. */
    void (*gather)(double *sum, const double *weights, const tutorial_touch *rows, size_t count,
                   const double value[256], size_t stride);
    /* sum = the sum over the listed rows of factor[row] * weights[row]; `stride` columns. */
    void (*combine)(double *sum, const double *factor, const double *weights, const uint32_t *list,
                    size_t count, size_t stride);
    /* Each of the listed rows of `weights` += factor[row] * step. */
    void (*update)(double *weights, const double *factor, const double *step, const uint32_t *list,
                   size_t count, size_t stride);
} tutorial_kernels;

/* The best set for this processor; and set n of those that can run here, NULL behind the last. */
const tutorial_kernels *tutorial_kernels_best(void);
const tutorial_kernels *tutorial_kernels_get(size_t n);

#endif
