/* SPDX-License-Identifier: MIT */
/* batch_norm_loops.h: the loops of batch_norm.c, for the two ways in which values lie.
 *
 * Planes: one sample, (channels, pixels): DSC_FORM_REALS of (C, H, W). Rows: (rows, channels), a row for
 * each pixel of each sample: values (C), and the forms of pixels. Sums are of reals over ROWS_TOGETHER rows,
 * those of doubles. */
#ifndef DSC_OP_BATCH_NORM_LOOPS_H
#define DSC_OP_BATCH_NORM_LOOPS_H

#include "kernel/loop.h"

enum { PARTS = 16 }; /* sums of a row of pixels, which vectorise */
enum { ROWS_TOGETHER = 16, CHANNELS_TOGETHER = 64 };

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

/* --- rows --- */

DSC_LOOP(add_rows, (double *restrict sums, const dsc_real *restrict x, size_t rows, size_t channels), {
    for (size_t r = 0; r < rows; r += ROWS_TOGETHER)
        for (size_t c = 0; c < channels; c += CHANNELS_TOGETHER) {
            const size_t r_end = rows - r < ROWS_TOGETHER ? rows : r + ROWS_TOGETHER;
            const size_t some = channels - c < CHANNELS_TOGETHER ? channels - c : CHANNELS_TOGETHER;
            dsc_real partial[CHANNELS_TOGETHER] = {0};
            for (size_t i = r; i < r_end; i++)
                for (size_t k = 0; k < some; k++) partial[k] += x[i * channels + c + k];
            for (size_t k = 0; k < some; k++) sums[c + k] += (double)partial[k];
        }
})

DSC_LOOP(add_squares_of_rows,
         (double *restrict sums, const dsc_real *restrict x, const dsc_real *restrict mean, size_t rows,
          size_t channels),
         {
             for (size_t r = 0; r < rows; r += ROWS_TOGETHER)
                 for (size_t c = 0; c < channels; c += CHANNELS_TOGETHER) {
                     const size_t r_end = rows - r < ROWS_TOGETHER ? rows : r + ROWS_TOGETHER;
                     const size_t some = channels - c < CHANNELS_TOGETHER ? channels - c : CHANNELS_TOGETHER;
                     dsc_real partial[CHANNELS_TOGETHER] = {0};
                     for (size_t i = r; i < r_end; i++)
                         for (size_t k = 0; k < some; k++) {
                             const dsc_real d = x[i * channels + c + k] - mean[c + k];
                             partial[k] += d * d;
                         }
                     for (size_t k = 0; k < some; k++) sums[c + k] += (double)partial[k];
                 }
         })

/* sums of dy, and of dy (x - mean) */
DSC_LOOP(add_gradients_of_rows,
         (double *restrict plain, double *restrict centred, const dsc_real *restrict x,
          const dsc_real *restrict dy, const dsc_real *restrict mean, size_t rows, size_t channels),
         {
             for (size_t r = 0; r < rows; r += ROWS_TOGETHER)
                 for (size_t c = 0; c < channels; c += CHANNELS_TOGETHER) {
                     const size_t r_end = rows - r < ROWS_TOGETHER ? rows : r + ROWS_TOGETHER;
                     const size_t some = channels - c < CHANNELS_TOGETHER ? channels - c : CHANNELS_TOGETHER;
                     dsc_real sum[CHANNELS_TOGETHER] = {0};
                     dsc_real product[CHANNELS_TOGETHER] = {0};
                     for (size_t i = r; i < r_end; i++)
                         for (size_t k = 0; k < some; k++) {
                             const size_t at = i * channels + c + k;
                             sum[k] += dy[at];
                             product[k] += dy[at] * (x[at] - mean[c + k]);
                         }
                     for (size_t k = 0; k < some; k++) plain[c + k] += (double)sum[k];
                     for (size_t k = 0; k < some; k++) centred[c + k] += (double)product[k];
                 }
         })

DSC_LOOP(scale_rows,
         (dsc_real * y, const dsc_real *x, const dsc_real *restrict mean, const dsc_real *restrict factor,
          const dsc_real *restrict beta, size_t rows, size_t channels),
         {
             for (size_t r = 0; r < rows; r++, x += channels, y += channels)
                 for (size_t c = 0; c < channels; c++) y[c] = (x[c] - mean[c]) * factor[c] + beta[c];
         })

DSC_LOOP(pass_rows,
         (dsc_real * dx, const dsc_real *dy, const dsc_real *restrict x, const dsc_real *restrict mean,
          const dsc_real *restrict factor, const dsc_real *restrict mean_b, const dsc_real *restrict slope,
          size_t rows, size_t channels),
         {
             for (size_t r = 0; r < rows; r++, x += channels, dy += channels, dx += channels)
                 for (size_t c = 0; c < channels; c++)
                     dx[c] = factor[c] * (dy[c] - mean_b[c] - (x[c] - mean[c]) * slope[c]);
         })

#endif
