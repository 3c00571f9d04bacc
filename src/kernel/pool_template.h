/* SPDX-License-Identifier: MIT */
/* pool_template.h: 2 x 2 max pooling of vectors.h, for the instruction set that isa_*.h began.
 *
 * Places in a window are 0 1 above 2 3. Neighbouring columns must be separated or interleaved. A set with
 * better shuffles than the compiler finds defines DSC_OWN_POOL_FOUR and supplies pool_four and pool_four_back
 * for four columns, or defines DSC_OWN_POOL_2X2 and supplies pool_2x2 and pool_2x2_back. */

static void DSC_ISA(pool_pixels)(dsc_real *restrict out, const dsc_real *restrict above,
                                 const dsc_real *restrict below, size_t columns, size_t channels) {
    for (size_t x = 0; x < columns; x++, out += channels, above += 2 * channels, below += 2 * channels) {
        size_t c = 0;
        for (; c + DSC_ISA_WIDTH <= channels; c += DSC_ISA_WIDTH) {
            const vec first = vec_larger(vec_load(above + c), vec_load(above + channels + c));
            const vec second = vec_larger(vec_load(below + c), vec_load(below + channels + c));
            vec_store(out + c, vec_larger(first, second));
        }
        if (c == channels) continue;
        const vec_mask mask = vec_first(channels - c);
        const vec first =
            vec_larger(vec_load_first(above + c, mask), vec_load_first(above + channels + c, mask));
        const vec second =
            vec_larger(vec_load_first(below + c, mask), vec_load_first(below + channels + c, mask));
        vec_store_first(out + c, vec_larger(first, second), mask);
    }
}

#if !defined(DSC_OWN_POOL_2X2)
/* Whether x replaces the largest so far. NaN is larger than all. */
#define DSC_LARGER(x, most) (((x) > (most)) | ((x) != (x)))

DSC_INLINE void DSC_ISA(pool_2x2_row)(dsc_real *restrict y, uint8_t *restrict place,
                                      const dsc_real *restrict x, size_t columns, size_t width) {
    for (size_t j = 0; j < columns; j++) {
        dsc_real most = x[2 * j], b = x[2 * j + 1], c = x[width + 2 * j], d = x[width + 2 * j + 1];
        int32_t at = 0;
        at = DSC_LARGER(b, most) ? 1 : at;
        most = DSC_LARGER(b, most) ? b : most;
        at = DSC_LARGER(c, most) ? 2 : at;
        most = DSC_LARGER(c, most) ? c : most;
        at = DSC_LARGER(d, most) ? 3 : at;
        most = DSC_LARGER(d, most) ? d : most;
        y[j] = most;
        place[j] = (uint8_t)at;
    }
}

DSC_INLINE void DSC_ISA(pool_2x2_back_row)(dsc_real *restrict dx, const dsc_real *restrict dy,
                                           const uint8_t *restrict place, size_t columns, size_t width) {
    for (size_t j = 0; j < columns; j++) {
        const dsc_real d = dy[j];
        const int32_t at = place[j];
        dx[2 * j] = at == 0 ? d : 0;
        dx[2 * j + 1] = at == 1 ? d : 0;
        dx[width + 2 * j] = at == 2 ? d : 0;
        dx[width + 2 * j + 1] = at == 3 ? d : 0;
    }
}

/* With four columns or more, the last four are computed together, some of them a second time. */
static void DSC_ISA(pool_2x2)(dsc_real *restrict y, uint8_t *restrict place, const dsc_real *restrict x,
                              size_t rows, size_t columns, size_t width) {
    for (size_t i = 0; i < rows; i++, x += 2 * width, y += columns, place += columns) {
#if defined(DSC_OWN_POOL_FOUR)
        for (size_t j = 0; j + 4 <= columns; j += 4) DSC_ISA(pool_four)(y + j, place + j, x + 2 * j, width);
        const size_t last = columns - 4;
        if (columns > 4 && columns % 4 > 0) DSC_ISA(pool_four)(y + last, place + last, x + 2 * last, width);
        if (columns >= 4) continue;
#endif
        DSC_ISA(pool_2x2_row)(y, place, x, columns, width);
    }
}

static void DSC_ISA(pool_2x2_back)(dsc_real *restrict dx, const dsc_real *restrict dy,
                                   const uint8_t *restrict place, size_t rows, size_t columns, size_t width) {
    for (size_t i = 0; i < rows; i++, dx += 2 * width, dy += columns, place += columns) {
#if defined(DSC_OWN_POOL_FOUR)
        for (size_t j = 0; j + 4 <= columns; j += 4)
            DSC_ISA(pool_four_back)(dx + 2 * j, dy + j, place + j, width);
        const size_t last = columns - 4;
        if (columns > 4 && columns % 4 > 0)
            DSC_ISA(pool_four_back)(dx + 2 * last, dy + last, place + last, width);
        if (columns >= 4) continue;
#endif
        DSC_ISA(pool_2x2_back_row)(dx, dy, place, columns, width);
    }
}

#undef DSC_LARGER
#endif
