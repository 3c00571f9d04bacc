/* SPDX-License-Identifier: MIT */
/* sgd_loops.h: the loops of sgd.c, compiled for each instruction set. */

static void DSC_ISA(sgd_plain)(dsc_real *restrict w, const dsc_real *restrict g, size_t count,
                               const sgd_numbers *n) {
    const dsc_real rate = n->rate, keep = n->keep;
    for (size_t i = 0; i < count; i++) w[i] = w[i] * keep - rate * g[i];
}

static void DSC_ISA(sgd_momentum)(dsc_real *restrict w, dsc_real *restrict velocity,
                                  const dsc_real *restrict g, size_t count, const sgd_numbers *n) {
    const dsc_real rate = n->rate, keep = n->keep, momentum = n->momentum;
    for (size_t i = 0; i < count; i++) {
        const dsc_real v = momentum * velocity[i] + g[i];
        velocity[i] = v;
        w[i] = w[i] * keep - rate * v;
    }
}

static void DSC_ISA(sgd_nesterov)(dsc_real *restrict w, dsc_real *restrict velocity,
                                  const dsc_real *restrict g, size_t count, const sgd_numbers *n) {
    const dsc_real rate = n->rate, keep = n->keep, momentum = n->momentum;
    for (size_t i = 0; i < count; i++) {
        const dsc_real v = momentum * velocity[i] + g[i];
        velocity[i] = v;
        w[i] = w[i] * keep - rate * (g[i] + momentum * v);
    }
}
