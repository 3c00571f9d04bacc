/* SPDX-License-Identifier: MIT */
/* sparse_template.h: loops of products that skip zeros (sparse.h), in reals, for the instruction set that
 * isa_*.h began. A set with better loops defines DSC_OWN_FIND_WORDS, or DSC_OWN_FIND_BITS and supplies
 * find_bits and find_chunk. */

/* ---- A row of y ---- */

#if !defined(DSC_OWN_FIND_WORDS)
static size_t DSC_ISA(find_words)(uint32_t *where, dsc_real *values, const dsc_real *x, size_t first,
                                  size_t last) {
    size_t count = 0;
    for (size_t k = first; k < last; k++) {
        where[count] = (uint32_t)k;
        values[count] = x[k];
        count += x[k] != 0;
    }
    return count;
}
#endif

#define DSC_SPARSE(name)          DSC_ISA(name)
#define DSC_SPARSE_DOT(sum, x, w) vec_fma(x, w, sum)
#include "kernel/sparse_words_template.h"

/* ---- Masks of nonzero elements ---- */

#if !defined(DSC_OWN_FIND_BITS)
/* Bit s is set if x[s] is nonzero; count <= 64. */
DSC_INLINE uint64_t DSC_ISA(find_bits)(const dsc_real *x, size_t count) {
    uint64_t mask = 0;
    size_t s = 0;
    for (; s < count; s++) mask |= (uint64_t)(x[s] != 0) << s;
    return mask;
}

/* Bit s of masks[i] is set if x[s * x_row + i] is nonzero, for `count` <= 64 samples. */
DSC_INLINE void DSC_ISA(find_chunk)(uint64_t *masks, const dsc_real *x, size_t x_row, size_t count,
                                    size_t inputs) {
    for (size_t i = 0; i < inputs; i++) {
        uint64_t mask = 0;
        for (size_t s = 0; s < count; s++) mask |= (uint64_t)(x[s * x_row + i] != 0) << s;
        masks[i] = mask;
    }
}
#endif

/* sum += x[s * step] * row s of the panels, for every bit s of the mask. */
DSC_INLINE void DSC_ISA(add_bits)(vec *sum, uint64_t mask, const dsc_real *x, size_t step,
                                  const dsc_real *panels, size_t panel, const int vectors) {
    for (; mask; mask &= mask - 1) {
        const size_t s = (size_t)__builtin_ctzll(mask);
        const vec factor = vec_all(x[s * step]);
        const dsc_real *from = panels + s * DSC_ISA_WIDTH;
#pragma GCC unroll 14
        for (int v = 0; v < vectors; v++)
            sum[v] = vec_fma(factor, vec_load(from + (size_t)v * panel), sum[v]);
    }
}

#define DSC_SPARSE_CASES(CASE)                                                                               \
    CASE(1)                                                                                                  \
    CASE(2)                                                                                                  \
    CASE(3) CASE(4) CASE(5) CASE(6) CASE(7) CASE(8) CASE(9) CASE(10) CASE(11) CASE(12) CASE(13) CASE(14)

/* ---- Rows of y ---- */

/* Number of panels that fill the cache with 64 steps of depth. */
#define DSC_SPARSE_ROOM  (DSC_SPARSE_CACHE / (DSC_SPARSE_CHUNK * DSC_ISA_BYTES) + 1)
#define DSC_SPARSE_STRIP (DSC_SPARSE_ROOM < DSC_SPARSE_PANELS ? DSC_SPARSE_ROOM : DSC_SPARSE_PANELS)

DSC_INLINE void DSC_ISA(add_some_rows)(dsc_real *y, size_t y_row, const dsc_real *x, size_t x_row,
                                       size_t rows, size_t count, const dsc_real *panels, size_t panel,
                                       bool on, const int vectors) {
    for (size_t i = 0; i < rows; i++, y += y_row, x += x_row) {
        vec sum[DSC_SPARSE_PANELS];
#pragma GCC unroll 14
        for (int v = 0; v < vectors; v++) sum[v] = on ? vec_load(y + v * DSC_ISA_WIDTH) : (vec){0};
        DSC_ISA(add_bits)(sum, DSC_ISA(find_bits)(x, count), x, 1, panels, panel, vectors);
#pragma GCC unroll 14
        for (int v = 0; v < vectors; v++) vec_store(y + v * DSC_ISA_WIDTH, sum[v]);
    }
}

static void DSC_ISA(add_rows)(dsc_real *y, size_t y_row, size_t panel_count, const dsc_real *x, size_t x_row,
                              size_t rows, size_t count, const dsc_real *packed, size_t panel, bool on) {
    const size_t parts = (panel_count + DSC_SPARSE_STRIP - 1) / DSC_SPARSE_STRIP;
    for (size_t part = 0; part < parts; part++) {
        const size_t p = panel_count * part / parts, vectors = panel_count * (part + 1) / parts - p;
        switch (vectors) {
#define DSC_SPARSE_CASE(v)                                                                                   \
    case v:                                                                                                  \
        DSC_ISA(add_some_rows)                                                                               \
        (y + p * DSC_ISA_WIDTH, y_row, x, x_row, rows, count, packed + p * panel, panel, on, v);             \
        break;
            DSC_SPARSE_CASES(DSC_SPARSE_CASE)
#undef DSC_SPARSE_CASE
        default:
            break;
        }
    }
}

/* ---- Columns of dw ---- */

static void DSC_ISA(find_columns)(uint64_t (*masks)[DSC_SPARSE_INPUTS], const dsc_real *x, size_t x_row,
                                  size_t samples, size_t inputs) {
    for (size_t c = 0; c * DSC_SPARSE_CHUNK < samples; c++) {
        const size_t at = c * DSC_SPARSE_CHUNK, left = samples - at;
        DSC_ISA(find_chunk)
        (masks[c], x + at * x_row, x_row, left < DSC_SPARSE_CHUNK ? left : DSC_SPARSE_CHUNK, inputs);
    }
}

DSC_INLINE void DSC_ISA(add_strip)(dsc_real *y, size_t y_row, const dsc_real *x, size_t x_row, size_t inputs,
                                   const uint64_t (*masks)[DSC_SPARSE_INPUTS], size_t chunks,
                                   const dsc_real *panels, size_t panel, bool more, const int vectors) {
    for (size_t i = 0; i < inputs; i++, y += y_row) {
        vec sum[DSC_SPARSE_PANELS];
#pragma GCC unroll 14
        for (int v = 0; v < vectors; v++) sum[v] = (vec){0};
        for (size_t c = 0; c < chunks; c++) DSC_ISA(add_bits)
        (sum, masks[c][i], x + c * DSC_SPARSE_CHUNK * x_row + i, x_row,
         panels + c * DSC_SPARSE_CHUNK * DSC_ISA_WIDTH, panel, vectors);
#pragma GCC unroll 14
        for (int v = 0; v < vectors; v++) {
            dsc_real *to = y + v * DSC_ISA_WIDTH;
            vec_store(to, more ? sum[v] + vec_load(to) : sum[v]);
        }
    }
}

static void DSC_ISA(add_columns)(dsc_real *y, size_t y_row, size_t panel_count, const dsc_real *x,
                                 size_t x_row, size_t inputs, const uint64_t (*masks)[DSC_SPARSE_INPUTS],
                                 size_t chunks, const dsc_real *packed, size_t panel, size_t strip,
                                 bool more) {
    for (size_t p = 0; p < panel_count; p += strip) {
        const size_t vectors = panel_count - p < strip ? panel_count - p : strip;
        switch (vectors) {
#define DSC_SPARSE_CASE(v)                                                                                   \
    case v:                                                                                                  \
        DSC_ISA(add_strip)                                                                                   \
        (y + p * DSC_ISA_WIDTH, y_row, x, x_row, inputs, masks, chunks, packed + p * panel, panel, more, v); \
        break;
            DSC_SPARSE_CASES(DSC_SPARSE_CASE)
#undef DSC_SPARSE_CASE
        default:
            break;
        }
    }
}

#undef DSC_SPARSE_ROOM
#undef DSC_SPARSE_STRIP
#undef DSC_SPARSE_CASES
