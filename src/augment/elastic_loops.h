/* SPDX-License-Identifier: MIT */
/* elastic_loops.h: the loops of elastic.c, compiled for each instruction set. */

/* to[i] = sum over t of weight[t] rows[t * stride + i] */
static void DSC_ISA(mix)(float *restrict to, const float *restrict rows, size_t stride,
                         const float *restrict weight, size_t count) {
    for (size_t i = 0; i < count; i++) {
        float sum = weight[0] * rows[i];
        for (size_t t = 1; t < TAPS; t++) sum += weight[t] * rows[t * stride + i];
        to[i] = sum;
    }
}
