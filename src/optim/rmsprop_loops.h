/* SPDX-License-Identifier: MIT */
/* rmsprop_loops.h: the loop of rmsprop.c, compiled for each instruction set and each variant of RMSprop. */

DSC_INLINE void DSC_ISA(rmsprop_any)(dsc_real *restrict w, dsc_real *restrict square, dsc_real *restrict mean,
                                     dsc_real *restrict velocity, const dsc_real *restrict g, size_t count,
                                     const rmsprop_numbers *n) {
    const dsc_real rate = n->rate, keep = n->keep, alpha = n->alpha, blend = n->blend;
    const dsc_real momentum = n->momentum, epsilon = n->epsilon;
    for (size_t i = 0; i < count; i++) {
        dsc_real v = alpha * square[i] + blend * (g[i] * g[i]);
        square[i] = v;
        if (mean) {
            const dsc_real m = mean[i] + blend * (g[i] - mean[i]);
            mean[i] = m;
            v -= m * m;
            v = v < 0 ? 0 : v; /* rounding can make it negative; NaN stays */
        }
        dsc_real change = g[i] / (DSC_SQRT(v) + epsilon);
        if (velocity) {
            change += momentum * velocity[i];
            velocity[i] = change;
        }
        w[i] = w[i] * keep - rate * change;
    }
}

/* Constant arguments remove the branches from the loop. */
static void DSC_ISA(rmsprop_step)(dsc_real *w, dsc_real *square, dsc_real *mean, dsc_real *velocity,
                                  const dsc_real *g, size_t count, const rmsprop_numbers *n) {
    if (mean && velocity)
        DSC_ISA(rmsprop_any)(w, square, mean, velocity, g, count, n);
    else if (mean)
        DSC_ISA(rmsprop_any)(w, square, mean, NULL, g, count, n);
    else if (velocity)
        DSC_ISA(rmsprop_any)(w, square, NULL, velocity, g, count, n);
    else
        DSC_ISA(rmsprop_any)(w, square, NULL, NULL, g, count, n);
}
