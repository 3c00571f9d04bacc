/* SPDX-License-Identifier: MIT */
/* non_digits.c: the built-in non-digits as a data set. Image `index` has its own Philox stream, like a digit
 * (digits.c), and so has the order of kinds in each twenty. */
#include "data/non_digits.h"

#include "data/digits.h"
#include "data/drawn.h"

#include <string.h>

enum { STREAM_IMAGE = 2, STREAM_KINDS }; /* 0 and 1 are the digits' */

const uint8_t dsc_non_digit_shares[DSC_NON_DIGIT_KINDS] = {
    [DSC_NON_DIGIT_LETTER] = 6,  [DSC_NON_DIGIT_SYMBOL] = 4, [DSC_NON_DIGIT_SCRIBBLE] = 3,
    [DSC_NON_DIGIT_TEXTURE] = 2, [DSC_NON_DIGIT_PART] = 2,   [DSC_NON_DIGIT_JOINED] = 3,
};

dsc_non_digit dsc_non_digit_kind(uint64_t seed, uint64_t index) {
    dsc_digit_random random;
    dsc_non_digit order[DSC_NON_DIGIT_ROUND] = {0};
    int kind = 0, of_kind = 0;
    dsc_digit_random_start(&random, seed, STREAM_KINDS, index / DSC_NON_DIGIT_ROUND);
    for (int i = 0; i < DSC_NON_DIGIT_ROUND; i++) { /* Fisher-Yates shuffle, inside-out */
        int j = dsc_whole_between(&random, 0, i);
        order[i] = order[j];
        order[j] = (dsc_non_digit)kind;
        if (++of_kind == dsc_non_digit_shares[kind]) kind++, of_kind = 0;
    }
    return order[index % DSC_NON_DIGIT_ROUND];
}

/* Writes a letter or sign in the hand of the digits. A style with many strokes is written larger, which makes
 * the pen finer. Signs vary less in width and slant, because a heart must not be narrow nor a square lean. */
static void write_style(dsc_digit_shape *shape, const dsc_digit_style *styles, size_t count,
                        const dsc_digit_variation *v, dsc_digit_random *random) {
    const dsc_digit_style *style = dsc_style_pick(styles, count, -1, random);
    float knots = (float)strlen(style->pen), pen = knots > 4 ? 1 - 0.05f * (knots - 4) : 1;
    dsc_digit_form form = {.width = 0.85f, .slant = 0.1f, .pen = pen};
    dsc_digit_variation own = *v;
    if (styles == dsc_symbol_styles) {
        form.width = 0.95f;
        own.width *= 0.6f;
        own.slant *= 0.7f;
    }
    dsc_shape_write(shape, style, &form, &own, random);
    dsc_shape_fit(shape);
}

void dsc_non_digit_draw(uint8_t *image, dsc_non_digit kind, uint64_t seed, uint64_t index,
                        const dsc_digit_variation *v) {
    dsc_digit_random random;
    dsc_digit_shape shape;
    uint8_t box[DSC_DIGIT_BOX * DSC_DIGIT_BOX];
    dsc_digit_random_start(&random, seed, STREAM_IMAGE, index);
    switch (kind) {
    case DSC_NON_DIGIT_TEXTURE:
        dsc_texture_draw(box, &random);
        dsc_digit_place(image, box);
        dsc_digit_scan_some(image, v, &random);
        return;
    case DSC_NON_DIGIT_SCRIBBLE:
        dsc_scribble_draw(&shape, v, &random);
        break;
    case DSC_NON_DIGIT_PART:
        dsc_digit_part_draw(&shape, v, &random);
        break;
    case DSC_NON_DIGIT_JOINED:
        dsc_digits_joined_draw(&shape, v, &random);
        break;
    case DSC_NON_DIGIT_SYMBOL:
        write_style(&shape, dsc_symbol_styles, dsc_symbol_styles_count, v, &random);
        break;
    default:
        write_style(&shape, dsc_letter_styles, dsc_letter_styles_count, v, &random);
    }
    dsc_digit_ink(image, &shape);
    dsc_digit_scan_some(image, v, &random);
}

uint8_t dsc_non_digit_draw_sample(uint8_t *image, uint64_t seed, uint64_t index, const void *values) {
    dsc_non_digit_draw(image, dsc_non_digit_kind(seed, index), seed, index, dsc_digit_variation_of(values));
    return 0;
}

dsc_status dsc_non_digits_create(dsc_dataset **data, size_t count, uint64_t seed, unsigned threads,
                                 dsc_error *error) {
    return dsc_drawn_create(data, &dsc_known_data_non_digits, NULL, count, seed, threads, error);
}
