/* SPDX-License-Identifier: MIT */
/* vectors.h: elementary functions and simple loops over arrays, compiled for each instruction set.
 *
 * All give the same bits in every kernel set and on every machine, for an element whatever its position in the array or the
 * array's length. Arrays may be the same (in place) but not overlap otherwise; no alignment is needed; a
 * count of 0 does nothing. NaN gives NaN.
 */
#ifndef DSC_KERNEL_VECTORS_H
#define DSC_KERNEL_VECTORS_H

#include "kernel/kernel.h"

/* The C library's functions are not used: they differ from machine to machine. Errors are in units in the last place, the
 * largest that tests allow over a dense sample of all floats. With denormals flushed (dsc_denormals_flush) results
 * and arguments that are denormal count as zero. */
typedef void dsc_map(dsc_real *out, const dsc_real *in, size_t count);

struct dsc_vector_kernels {
    /* math_template.h */
    dsc_map *exp;     /* 1.0 ulp; overflows to infinity and underflows through the denormals to 0 */
    dsc_map *log;     /* 1.0 ulp; log(0) = -infinity, of a negative number NaN */
    dsc_map *tanh;    /* 2 ulp */
    dsc_map *sigmoid; /* 1 / (1 + exp(-x)), 3 ulp */
    dsc_map *erf;     /* 2 ulp */
    dsc_map *sin;     /* 2.5 ulp; of an infinity NaN */
    dsc_map *cos;     /* 2.5 ulp */
    /* out = exp(in - shift), and the sum of out: a softmax's middle. */
    dsc_real (*exp_sum)(dsc_real *out, const dsc_real *in, dsc_real shift, size_t count);
    void (*softmax)(dsc_real *out, const dsc_real *in, size_t count); /* one row */

    /* loops_template.h. Sums: element i goes to partial sum i % 16, then pairs are added: 8, 4, 2, 1 apart. */
    dsc_real (*sum)(const dsc_real *in, size_t count);
    dsc_real (*sum_squares)(const dsc_real *in, size_t count);
    dsc_real (*dot)(const dsc_real *a, const dsc_real *b, size_t count);
    dsc_real (*max)(const dsc_real *in, size_t count); /* -infinity for none; NaN if there is one */
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

    /* For the packers. The upper halves of floats; rows of a matrix;
     * even and odd halves side by side; a transposed matrix: out[j * out_stride + i] = in[i * in_stride + j] for i < rows,
     * j < columns. */
    void (*from_bf16)(dsc_real *out, const uint16_t *in, size_t count);
    void (*to_bf16)(uint16_t *out, const dsc_real *in, size_t count);
    void (*copy)(dsc_real *out, const dsc_real *in, size_t count); /* quick for few */
    void (*zip_halves)(void *out, const uint16_t *even, const uint16_t *odd, size_t count);
    void (*copy_rows)(dsc_real *out, ptrdiff_t out_row, const dsc_real *in, ptrdiff_t in_row, size_t rows,
                      size_t columns);
    void (*transpose)(dsc_real *out, ptrdiff_t out_stride, const dsc_real *in, ptrdiff_t in_stride,
                      size_t rows, size_t columns);
};

#endif
