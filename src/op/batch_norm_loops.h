/* SPDX-License-Identifier: MIT */
/* batch_norm_loops.h: the loops of batch_norm.c, for the two memory layouts.
 *
 * Planes: one sample, (channels, pixels): DSC_FORM_REALS of (C, H, W). Rows: (rows, channels), one row for
 * each pixel of each sample: values (C) and the pixel forms. Sums are accumulated as reals over ROWS_TOGETHER
 * rows, and as doubles beyond. */
#ifndef DSC_OP_BATCH_NORM_LOOPS_H
#define DSC_OP_BATCH_NORM_LOOPS_H

#include "kernel/loop.h"
#include "kernel/pack.h"

enum { PARTS = 16 }; /* partial sums of a row of pixels, so that the loop vectorises */
enum { ROWS_TOGETHER = 16, COLUMNS_TOGETHER = 64 };

/* --- planes --- */

DSC_LOOP(add_planes, (double *restrict sums, const dsc_real *restrict x, size_t channels, size_t pixels), {
    for (size_t c = 0; c < channels; c++, x += pixels) {
        dsc_real partial[PARTS] = {0};
        size_t i = 0;
        for (; i + PARTS <= pixels; i += PARTS)
            for (size_t k = 0; k < PARTS; k++) partial[k] += x[i + k];
        for (; i < pixels; i++) partial[i % PARTS] += x[i];
        for (size_t k = 0; k < PARTS; k++) sums[c] += (double)partial[k];
    }
})

DSC_LOOP(add_squares_of_planes,
         (double *restrict sums, const dsc_real *restrict x, const dsc_real *restrict mean, size_t channels,
          size_t pixels),
         {
             for (size_t c = 0; c < channels; c++, x += pixels) {
                 dsc_real partial[PARTS] = {0};
                 const dsc_real m = mean[c];
                 size_t i = 0;
                 for (; i + PARTS <= pixels; i += PARTS)
                     for (size_t k = 0; k < PARTS; k++) partial[k] += (x[i + k] - m) * (x[i + k] - m);
                 for (; i < pixels; i++) partial[i % PARTS] += (x[i] - m) * (x[i] - m);
                 for (size_t k = 0; k < PARTS; k++) sums[c] += (double)partial[k];
             }
         })

/* y = (x - mean) factor + beta */
DSC_LOOP(scale_planes,
         (dsc_real *restrict y, const dsc_real *restrict x, const dsc_real *restrict mean,
          const dsc_real *restrict factor, const dsc_real *restrict beta, size_t channels, size_t pixels),
         {
             for (size_t c = 0; c < channels; c++, x += pixels, y += pixels) {
                 const dsc_real f = factor[c];
                 const dsc_real m = mean[c];
                 const dsc_real b = beta[c];
                 for (size_t i = 0; i < pixels; i++) y[i] = (x[i] - m) * f + b;
             }
         })

/* dx = factor (dy - mean_b - (x - mean) slope) */
DSC_LOOP(pass_planes,
         (dsc_real * dx, const dsc_real *dy, const dsc_real *restrict x, const dsc_real *restrict mean,
          const dsc_real *restrict factor, const dsc_real *restrict mean_b, const dsc_real *restrict slope,
          size_t channels, size_t pixels),
         {
             for (size_t c = 0; c < channels; c++, x += pixels, dx += pixels, dy += pixels) {
                 const dsc_real f = factor[c];
                 const dsc_real s = slope[c];
                 const dsc_real m = mean[c];
                 const dsc_real b = mean_b[c];
                 for (size_t i = 0; i < pixels; i++) dx[i] = f * (dy[i] - b - (x[i] - m) * s);
             }
         })

/* --- rows, of reals and of bfloat16 ---
 *
 * Rows of few channels make short loops. `width` may therefore cover several adjacent rows, with the
 * per-channel numbers repeated as often (batch_norm.c). */

/* One group of rows and `some` of its columns; `some` is a constant in most uses. */
#define ADD_TO(some, term)                                                                                   \
    {                                                                                                        \
        for (size_t i = r; i < r_end; i++)                                                                   \
            for (size_t k = 0; k < (some); k++) {                                                            \
                const size_t at = i * width + c + k;                                                         \
                partial[k] += term;                                                                          \
            }                                                                                                \
        for (size_t k = 0; k < (some); k++) sums[c + k] += (double)partial[k];                               \
    }
#define ADD_ROWS(term)                                                                                       \
    for (size_t r = 0; r < rows; r += ROWS_TOGETHER)                                                         \
        for (size_t c = 0; c < width; c += COLUMNS_TOGETHER) {                                               \
            const size_t r_end = rows - r < ROWS_TOGETHER ? rows : r + ROWS_TOGETHER;                        \
            dsc_real partial[COLUMNS_TOGETHER] = {0};                                                        \
            if (width - c >= COLUMNS_TOGETHER)                                                               \
                ADD_TO(COLUMNS_TOGETHER, term)                                                               \
            else                                                                                             \
                ADD_TO(width - c, term)                                                                      \
        }

#define REAL(x) (x)

/* sums of x, of (x - mean) squared, of dy, and of dy (x - mean); y = (x - mean) factor + beta;
 * dx = factor (dy - mean_b - (x - mean) slope) */
#define ROW_LOOPS(suffix, number, WIDEN, ROUND)                                                              \
    DSC_LOOP(add_rows_##suffix, (double *restrict sums, const void *numbers, size_t rows, size_t width), {   \
        const number *restrict x = numbers;                                                                  \
        ADD_ROWS(WIDEN(x[at]))                                                                               \
    })                                                                                                       \
    DSC_LOOP(add_squares_##suffix,                                                                           \
             (double *restrict sums, const void *numbers, const dsc_real *restrict mean, size_t rows,        \
              size_t width),                                                                                 \
             {                                                                                               \
                 const number *restrict x = numbers;                                                         \
                 ADD_ROWS((WIDEN(x[at]) - mean[c + k]) * (WIDEN(x[at]) - mean[c + k]))                       \
             })                                                                                              \
    DSC_LOOP(add_centred_##suffix,                                                                           \
             (double *restrict sums, const void *numbers, const void *gradients,                             \
              const dsc_real *restrict mean, size_t rows, size_t width),                                     \
             {                                                                                               \
                 const number *restrict x = numbers;                                                         \
                 const number *restrict dy = gradients;                                                      \
                 ADD_ROWS(WIDEN(dy[at]) * (WIDEN(x[at]) - mean[c + k]))                                      \
             })                                                                                              \
    DSC_LOOP(scale_rows_##suffix,                                                                            \
             (void *made, const void *numbers, const dsc_real *restrict mean,                                \
              const dsc_real *restrict factor, const dsc_real *restrict beta, size_t rows, size_t width),    \
             {                                                                                               \
                 number *restrict y = made;                                                                  \
                 const number *restrict x = numbers;                                                         \
                 for (size_t r = 0; r < rows; r++, x += width, y += width)                                   \
                     for (size_t c = 0; c < width; c++)                                                      \
                         y[c] = ROUND((WIDEN(x[c]) - mean[c]) * factor[c] + beta[c]);                        \
             })                                                                                              \
    DSC_LOOP(pass_rows_##suffix,                                                                             \
             (void *made, const void *gradients, const void *numbers, const dsc_real *restrict mean,         \
              const dsc_real *restrict factor, const dsc_real *restrict mean_b,                              \
              const dsc_real *restrict slope, size_t rows, size_t width),                                    \
             {                                                                                               \
                 number *restrict dx = made;                                                                 \
                 const number *restrict dy = gradients;                                                      \
                 const number *restrict x = numbers;                                                         \
                 for (size_t r = 0; r < rows; r++, x += width, dy += width, dx += width)                     \
                     for (size_t c = 0; c < width; c++)                                                      \
                         dx[c] = ROUND(factor[c] *                                                           \
                                       (WIDEN(dy[c]) - mean_b[c] - (WIDEN(x[c]) - mean[c]) * slope[c]));     \
             })

ROW_LOOPS(reals, dsc_real, REAL, REAL)
ROW_LOOPS(bf16, uint16_t, dsc_bf16_to_float, dsc_bf16_from_float)

#define LOOP_OF(bf16, name, isa) ((bf16) ? name##_bf16 : name##_reals)[isa]

#endif
