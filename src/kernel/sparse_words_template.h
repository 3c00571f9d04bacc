/* SPDX-License-Identifier: MIT */
/* sparse_words_template.h: dsc_sparse_kernels.add_words for one kind of word, reals or pairs of bfloat16;
 * used inside isa_*.h. Define before the include: DSC_SPARSE(name), the names of the generated functions;
 * DSC_SPARSE_DOT(sum, x, w), sum + x * w in words. */

/* Sums over `count` words for `vectors` panels, each starting at zero. */
DSC_INLINE void DSC_SPARSE(add_panels)(dsc_real *y, const dsc_real *panels, size_t panel,
                                       const uint32_t *where, const dsc_real *values, size_t count,
                                       const int vectors, bool more, size_t columns) {
    vec sum[8];
#pragma GCC unroll 8
    for (int v = 0; v < vectors; v++) sum[v] = (vec){0};
    for (size_t i = 0; i < count; i++) {
        const dsc_real *row = panels + (size_t)where[i] * DSC_ISA_WIDTH;
        const vec x = vec_all(values[i]);
#pragma GCC unroll 8
        for (int v = 0; v < vectors; v++)
            sum[v] = DSC_SPARSE_DOT(sum[v], x, vec_load(row + (size_t)v * panel));
    }
    const vec_mask mask = vec_first(columns - (size_t)(vectors - 1) * DSC_ISA_WIDTH);
#pragma GCC unroll 8
    for (int v = 0; v < vectors; v++) {
        dsc_real *to = y + v * DSC_ISA_WIDTH;
        if (v < vectors - 1)
            vec_store(to, more ? sum[v] + vec_load(to) : sum[v]);
        else
            vec_store_first(to, more ? sum[v] + vec_load_first(to, mask) : sum[v], mask);
    }
}

static void DSC_SPARSE(add_words)(dsc_real *y, const dsc_real *packed, size_t panel, const uint32_t *where,
                                  const dsc_real *values, size_t count, size_t n, bool more) {
    for (size_t j = 0; j < n;) {
        const size_t left = n - j, most = 8 * DSC_ISA_WIDTH, columns = left < most ? left : most;
        const dsc_real *panels = packed + j / DSC_ISA_WIDTH * panel;
        switch ((columns + DSC_ISA_WIDTH - 1) / DSC_ISA_WIDTH) {
#define DSC_SPARSE_CASE(v)                                                                                   \
    case v:                                                                                                  \
        DSC_SPARSE(add_panels)(y + j, panels, panel, where, values, count, v, more, columns);                \
        break;
            /* eight panels at a time */
            DSC_SPARSE_CASE(1)
            DSC_SPARSE_CASE(2)
            DSC_SPARSE_CASE(3)
            DSC_SPARSE_CASE(4)
            DSC_SPARSE_CASE(5)
            DSC_SPARSE_CASE(6)
            DSC_SPARSE_CASE(7)
            DSC_SPARSE_CASE(8)
#undef DSC_SPARSE_CASE
        default:
            break;
        }
        j += columns;
    }
}

#undef DSC_SPARSE
#undef DSC_SPARSE_DOT
