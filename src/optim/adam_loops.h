/* SPDX-License-Identifier: MIT */
/* adam_loops.h: the loop of adam.c, compiled for each instruction set. */

static void DSC_ISA(adam_step)(dsc_real *restrict w, dsc_real *restrict mean, dsc_real *restrict square,
                               const dsc_real *restrict g, size_t count, const adam_numbers *n) {
    const dsc_real rate = n->rate, keep = n->keep, blend = n->blend, beta2 = n->beta2, blend2 = n->blend2;
    const dsc_real root = n->root, epsilon = n->epsilon;
    for (size_t i = 0; i < count; i++) {
        const dsc_real m = mean[i] + blend * (g[i] - mean[i]);
        const dsc_real v = beta2 * square[i] + blend2 * (g[i] * g[i]);
        mean[i] = m;
        square[i] = v;
        w[i] = w[i] * keep - rate * (m / (DSC_SQRT(v) * root + epsilon));
    }
}
