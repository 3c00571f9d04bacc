/* SPDX-License-Identifier: MIT */
/* colour.c: colours of series, images and terminals. */
#include "draw/colour.h"

#include <stdlib.h>

draw_colour draw_series_colour(unsigned index) {
    static const draw_colour colours[8] = {0x0072B2, 0xD55E00, 0x000000, 0xE69F00,
                                           0x009E73, 0xCC79A7, 0x56B4E9, 0x7F7F7F};
    return colours[index % 8];
}

static draw_colour grey(unsigned value) { return value << 16 | value << 8 | value; }

/* Three consecutive ramps: red rises in the first third, green in the second, blue in the last. */
static draw_colour heat(int value) {
    int parts[3];
    for (int i = 0; i < 3; i++) {
        int part = (value - 85 * i) * 3;
        parts[i] = part < 0 ? 0 : part > 255 ? 255 : part;
    }
    return (draw_colour)(parts[0] << 16 | parts[1] << 8 | parts[2]);
}

draw_colour draw_map_colour(draw_map map, uint8_t value) {
    switch (map) {
    case DRAW_MAP_GREY:
        break;
    case DRAW_MAP_INK:
        return grey(255U - value);
    case DRAW_MAP_HEAT:
        return heat(value);
    }
    return grey(value);
}

static int level_of(draw_colour colour, int shift) { return (int)(colour >> shift & 0xFF); }

static int distance(draw_colour a, draw_colour b) {
    int sum = 0;
    for (int shift = 0; shift <= 16; shift += 8) {
        int d = level_of(a, shift) - level_of(b, shift);
        sum += d * d;
    }
    return sum;
}

unsigned draw_colour_256(draw_colour colour) {
    /* The cube's levels are 0, 95, 135, 175, 215, 255; the greys are 8, 18, ... 238. */
    unsigned index = 16, step = 36;
    draw_colour cube = 0;
    for (int shift = 16; shift >= 0; shift -= 8, step /= 6) {
        int value = level_of(colour, shift);
        int level = value < 48 ? 0 : value < 115 ? 1 : (value - 35) / 40;
        index += (unsigned)level * step;
        cube |= (draw_colour)(level ? 55 + 40 * level : 0) << shift;
    }
    int mean = (level_of(colour, 16) + level_of(colour, 8) + level_of(colour, 0)) / 3;
    int n = mean < 8 ? 0 : mean > 238 ? 23 : (mean - 3) / 10;
    draw_colour nearest = grey((unsigned)(8 + 10 * n));
    return distance(colour, nearest) < distance(colour, cube) ? 232U + (unsigned)n : index;
}

unsigned draw_colour_grey(draw_colour colour) {
    return (2126U * (unsigned)level_of(colour, 16) + 7152U * (unsigned)level_of(colour, 8) +
            722U * (unsigned)level_of(colour, 0) + 5000U) /
           10000U;
}
