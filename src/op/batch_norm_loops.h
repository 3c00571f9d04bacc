/* SPDX-License-Identifier: MIT */
/* batch_norm_loops.h: the sums of the way back, which keep two sets of partial sums in registers; compilers do not find that by
 * themselves. Element i goes to partial sum i % PARTS, so every instruction set gives the same bits. */

static void DSC_ISA(add_gradients_of_channel)(double *restrict plain, double *restrict centred,
                                              const dsc_real *restrict x, const dsc_real *restrict dy,
                                              dsc_real mean, size_t pixels) {
    enum { VECTORS = PARTS / DSC_ISA_WIDTH };
    vec p[VECTORS], q[VECTORS];
    for (int v = 0; v < VECTORS; v++) p[v] = q[v] = (vec){0};
    size_t i = 0;
    for (; i + PARTS <= pixels; i += PARTS)
        for (int v = 0; v < VECTORS; v++) {
            const vec d = vec_load(dy + i + v * DSC_ISA_WIDTH);
            p[v] += d;
            q[v] += d * (vec_load(x + i + v * DSC_ISA_WIDTH) - vec_all(mean));
        }
    dsc_real p_parts[PARTS], q_parts[PARTS];
    for (int v = 0; v < VECTORS; v++) {
        vec_store(p_parts + v * DSC_ISA_WIDTH, p[v]);
        vec_store(q_parts + v * DSC_ISA_WIDTH, q[v]);
    }
    for (size_t k = 0; i < pixels; i++, k++) {
        p_parts[k] += dy[i];
        q_parts[k] += dy[i] * (x[i] - mean);
    }
    for (size_t k = 0; k < PARTS; k++) {
        *plain += (double)p_parts[k];
        *centred += (double)q_parts[k];
    }
}

static void DSC_ISA(add_gradients)(double *restrict plain, double *restrict centred,
                                   const dsc_real *restrict x, const dsc_real *restrict dy,
                                   const dsc_real *restrict mean, size_t channels, size_t pixels) {
    if (pixels > 1) {
        for (size_t c = 0; c < channels; c++, x += pixels, dy += pixels)
            DSC_ISA(add_gradients_of_channel)(plain + c, centred + c, x, dy, mean[c], pixels);
        return;
    }
    for (size_t c = 0; c < channels; c++) {
        plain[c] += (double)dy[c];
        centred[c] += (double)(dy[c] * (x[c] - mean[c]));
    }
}
