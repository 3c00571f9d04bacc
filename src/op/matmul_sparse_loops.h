/* SPDX-License-Identifier: MIT */
/* matmul_sparse_loops.h: the loops of matmul_sparse.c, compiled for each instruction set. */

/* The numbers and values of the inputs in [first, last) that are not zero, into arrays with room for 16 more; returns how many. */
static size_t DSC_ISA(find_inputs)(uint32_t *where, dsc_real *values, const dsc_real *x, size_t first,
                                   size_t last) {
    size_t k = first, count = 0;
#if DSC_ISA_LEVEL == 2
    const __m512i lanes = _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
    for (; k + 16 <= last; k += 16) {
        const __m512 v = _mm512_loadu_ps(x + k);
        const __mmask16 there = _mm512_cmp_ps_mask(v, _mm512_setzero_ps(), _CMP_NEQ_UQ);
        const size_t more = dsc_count_bits(there);
        _mm512_storeu_si512(where + count, _mm512_maskz_compress_epi32(
                                               there, _mm512_add_epi32(lanes, _mm512_set1_epi32((int)k))));
        _mm512_storeu_ps(values + count, _mm512_maskz_compress_ps(there, v));
        count += more;
    }
#endif
    for (; k < last; k++) {
        where[count] = (uint32_t)k;
        values[count] = x[k];
        count += x[k] != 0;
    }
    return count;
}

/* Eight panels at most at a time. */
#define DSC_SPARSE_CASES(CASE) CASE(1) CASE(2) CASE(3) CASE(4) CASE(5) CASE(6) CASE(7) CASE(8)

#define DSC_SPARSE(name)          DSC_ISA(name)
#define DSC_SPARSE_DOT(sum, x, w) vec_fma(x, w, sum)
#include "op/matmul_sparse_template.h"

#undef DSC_SPARSE_CASES
