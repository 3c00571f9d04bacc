/* SPDX-License-Identifier: MIT */
/* vectors.h: elementary functions and simple loops over arrays, compiled for each instruction set.
 *
 * Every function gives the same bits in every kernel set and on every machine; the result for an element does
 * not depend on its position or on the array's length. Input and output may be the same array but must not
 * overlap otherwise. No alignment is needed. A count of 0 is allowed and does nothing. NaN gives NaN. Nothing
 * fails or allocates; any thread may call. */
#ifndef DSC_KERNEL_VECTORS_H
#define DSC_KERNEL_VECTORS_H

#include "kernel/kernel.h"

/* The C library's functions differ between machines, so they are not used. Errors are in units in the last
 * place: the largest that the tests allow over a dense sample of all floats. If denormals are flushed
 * (dsc_denormals_flush), denormal arguments and results count as zero. */
typedef void dsc_map(dsc_real *out, const dsc_real *in, size_t count);

struct dsc_vector_kernels {
    /* math_template.h */
    dsc_map *exp;     /* 1.0 ulp; overflows to infinity and underflows through the denormals to 0 */
    dsc_map *log;     /* 1.0 ulp; log(0) = -infinity, log(negative) = NaN */
    dsc_map *tanh;    /* 2 ulp */
    dsc_map *sigmoid; /* 1 / (1 + exp(-x)), 3 ulp */
    dsc_map *erf;     /* 2 ulp */
    dsc_map *sin;     /* 2.5 ulp; sin(infinity) = NaN */
    dsc_map *cos;     /* 2.5 ulp */
    /* out = exp(in - shift); returns the sum of out. The middle step of a softmax. */
    dsc_real (*exp_sum)(dsc_real *out, const dsc_real *in, dsc_real shift, size_t count);
    void (*softmax)(dsc_real *out, const dsc_real *in, size_t count); /* one row */

    /* loops_template.h. Sums: element i goes to partial sum i % 16; then partial sums are added in pairs: 8,
     * 4, 2, 1 apart. */
    dsc_real (*sum)(const dsc_real *in, size_t count);
    dsc_real (*sum_squares)(const dsc_real *in, size_t count);
    dsc_real (*dot)(const dsc_real *a, const dsc_real *b, size_t count);
    dsc_real (*max)(const dsc_real *in, size_t count); /* -infinity if empty; NaN if any element is NaN */
    void (*fill)(dsc_real *out, dsc_real value, size_t count);
    void (*scale)(dsc_real *out, const dsc_real *in, dsc_real factor, size_t count);
    void (*axpy)(dsc_real *y, dsc_real a, const dsc_real *x, size_t count); /* y += a * x, rounded twice */
    void (*add)(dsc_real *out, const dsc_real *a, const dsc_real *b, size_t count);
    void (*subtract)(dsc_real *out, const dsc_real *a, const dsc_real *b, size_t count);
    void (*multiply)(dsc_real *out, const dsc_real *a, const dsc_real *b, size_t count);
    dsc_map *relu;                                                                        /* x < 0 ? 0 : x */
    void (*relu_back)(dsc_real *dx, const dsc_real *dy, const dsc_real *y, size_t count); /* y > 0 ? dy : 0 */
    /* out[j] (+)= in[0][j] + in[1][j] + ..., in that order: the gradient of a bias. */
    void (*sum_rows)(dsc_real *out, const dsc_real *in, ptrdiff_t in_row, size_t rows, size_t columns,
                     bool accumulate);

    /* For the packers. Conversion of bfloat16; rows of a matrix; transposition: out[j * out_stride + i] =
     * in[i * in_stride + j] for i < rows, j < columns. */
    void (*from_bf16)(dsc_real *out, const uint16_t *in, size_t count);
    void (*to_bf16)(uint16_t *out, const dsc_real *in, size_t count);
    void (*copy)(dsc_real *out, const dsc_real *in, size_t count); /* fast for few elements */
    void (*copy_rows)(dsc_real *out, ptrdiff_t out_row, const dsc_real *in, ptrdiff_t in_row, size_t rows,
                      size_t columns);
    void (*transpose)(dsc_real *out, ptrdiff_t out_stride, const dsc_real *in, ptrdiff_t in_stride,
                      size_t rows, size_t columns);
    /* Copies rows into panels of W columns: column j of row i goes to out[j / W * panel + i * out_row + j %
     * W]. copy_panels: reals, W is the vector width. zip_halves: bfloat16, W = 16; rows 2 i (lower half) and
     * 2 i + 1 (upper half) make row i of words. */
    void (*copy_panels)(dsc_real *out, ptrdiff_t panel, ptrdiff_t out_row, const dsc_real *in,
                        ptrdiff_t in_row, size_t rows, size_t columns);
    void (*zip_halves)(void *out, ptrdiff_t panel, ptrdiff_t out_row, const uint16_t *in, ptrdiff_t in_row,
                       size_t pairs, size_t columns);

    /* Adds the sum of d to `sum` and the sum of d (x - mean) to `centred`: element i goes to partial sum i %
     * 16; the partial sums are added in double, in order. */
    void (*sum_centred)(double *restrict sum, double *restrict centred, const dsc_real *restrict x,
                        const dsc_real *restrict d, dsc_real mean, size_t count);

    /* pool_template.h: 2 x 2 max pooling with stride 2 of one plane, channels first; NaN is larger than all.
     * Rows of `x` and `dx` have `width` elements; rows of the other arrays have `columns`; 2 columns <=
     * width. `place` is the index of the largest, the first of equals: 0 1 above 2 3. The backward pass
     * writes dy at the place and 0 at the other three. */
    void (*pool_2x2)(dsc_real *restrict y, uint8_t *restrict place, const dsc_real *restrict x, size_t rows,
                     size_t columns, size_t width);
    void (*pool_2x2_back)(dsc_real *restrict dx, const dsc_real *restrict dy, const uint8_t *restrict place,
                          size_t rows, size_t columns, size_t width);
    /* Channels last: one row of `columns` windows over two rows of pixels. */
    void (*pool_pixels)(dsc_real *restrict out, const dsc_real *restrict above,
                        const dsc_real *restrict below, size_t columns, size_t channels);
};

#endif
