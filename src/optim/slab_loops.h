/* SPDX-License-Identifier: MIT */
/* slab_loops.h: the loops of slab.c, compiled for each instruction set. */

static void DSC_ISA(regularise)(dsc_real *restrict g, const dsc_real *restrict w, size_t count,
                                const slab_numbers *n) {
    const dsc_real l1 = n->l1, l2 = n->l2, most = n->most, factor = n->factor;
    for (size_t i = 0; i < count; i++) {
        dsc_real x = g[i] + l2 * w[i] + (w[i] > 0 ? l1 : w[i] < 0 ? -l1 : 0);
        x = x > most ? most : x;
        x = x < -most ? -most : x;
        g[i] = x * factor;
    }
}

/* The second pass of clipping by norm only multiplies. */
static void DSC_ISA(multiply)(dsc_real *restrict g, size_t count, const slab_numbers *n) {
    const dsc_real factor = n->factor;
    for (size_t i = 0; i < count; i++) g[i] *= factor;
}

/* Element i goes to partial sum i % 16, whatever the vector width. */
static double DSC_ISA(squares)(const dsc_real *restrict x, size_t count) {
    double part[16] = {0};
    size_t i = 0;
    for (; i + 16 <= count; i += 16)
        for (size_t k = 0; k < 16; k++) part[k] += (double)x[i + k] * (double)x[i + k];
    for (size_t k = 0; i + k < count; k++) part[k] += (double)x[i + k] * (double)x[i + k];
    for (size_t apart = 8; apart > 0; apart /= 2)
        for (size_t k = 0; k < apart; k++) part[k] += part[k + apart];
    return part[0];
}

static void DSC_ISA(average)(dsc_real *restrict averages, const dsc_real *restrict w, size_t count,
                             dsc_real blend) {
    for (size_t i = 0; i < count; i++) averages[i] += blend * (w[i] - averages[i]);
}
