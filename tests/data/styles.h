/* SPDX-License-Identifier: MIT */
/* Checks the tables of pen strokes, which the compiler does not check. */
#ifndef TESTS_DATA_STYLES_H
#define TESTS_DATA_STYLES_H

#include "testing.h"

#include "data/digits_parts.h"

static inline void check_drawing(const dsc_digit_style *style, size_t at, size_t d) {
    static const signed char none[2 * DSC_STYLE_KNOTS];
    const signed char *knot = style->drawings[d];
    size_t knots = strlen(style->pen);
    if (memcmp(knot, none, sizeof none) == 0) return;
    for (size_t k = 0; k < DSC_STYLE_KNOTS; k++) {
        int x = knot[2 * k], y = knot[2 * k + 1];
        assert_in_range(x, 0, 100);
        assert_in_range(y, 0, 100);
        if (k >= knots && (x || y))
            fail_msg("style %zu, drawing %zu: more coordinates than knots in '%s'", at, d, style->pen);
        if (k > 0 && k < knots && style->pen[k] != 'p' && x == knot[2 * k - 2] && y == knot[2 * k - 1])
            fail_msg("style %zu, drawing %zu: knot %zu lies on the one before", at, d, k);
    }
    if (!knot[2 * knots - 2] && !knot[2 * knots - 1])
        fail_msg("style %zu, drawing %zu: fewer coordinates than knots in '%s'", at, d, style->pen);
}

static inline void check_styles(const dsc_digit_style *styles, size_t count) {
    static const signed char none[2 * DSC_STYLE_KNOTS];
    for (size_t i = 0; i < count; i++) {
        const dsc_digit_style *style = &styles[i];
        size_t knots = strlen(style->pen);
        assert_true(style->weight > 0);
        assert_in_range(knots, 2, DSC_STYLE_KNOTS);
        assert_int_equal(style->pen[0], 'p');
        assert_int_equal(strspn(style->pen, "psc"), knots);
        for (size_t k = 1; k < knots; k++) /* a stroke has at least two knots */
            if (style->pen[k] == 'p') assert_true(style->pen[k - 1] != 'p' && k + 1 < knots);
        assert_memory_not_equal(style->drawings[0], none, sizeof none);
        for (size_t d = 0; d < DSC_STYLE_DRAWINGS; d++) check_drawing(style, i, d);
    }
}

#endif
