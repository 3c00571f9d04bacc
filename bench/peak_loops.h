/* SPDX-License-Identifier: MIT */
/* peak_loops.h: the peak rate of multiplications and additions of a core, on registers only. Compiled for
 * each instruction set (kernel/multiversion.h). Returns the number of operations. */
static double DSC_ISA(peak)(size_t rounds) {
    enum { SUMS = 12 };
    vec sum[SUMS];
    const vec a = vec_all(0.5f), b = vec_all(1.0f);
    for (int i = 0; i < SUMS; i++) sum[i] = vec_all((dsc_real)i);
    for (size_t r = 0; r < rounds; r++)
#pragma GCC unroll 12
        for (int i = 0; i < SUMS; i++) sum[i] = vec_fma(sum[i], a, b);
    vec total = sum[0];
    for (int i = 1; i < SUMS; i++) total += sum[i];
    static volatile dsc_real sink;
    sink = total[0];
    (void)sink;
    return 2.0 * SUMS * DSC_ISA_WIDTH * (double)rounds;
}
