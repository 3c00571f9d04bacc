/* SPDX-License-Identifier: MIT */
/* spread.c: van Herk's filter along rows, columns and diagonals; see spread.h. */
#include "image/spread.h"

static uint8_t extreme(uint8_t a, uint8_t b, bool largest) {
    return largest ? (a > b ? a : b) : (a < b ? a : b);
}

/* Replaces each value by the maximum (or minimum) of the 2 r + 1 around it, along a line of values `step`
 * apart: that of the end of one block and the beginning of the next, from running extremes. `ahead` and
 * `behind` have room for the line. */
static void spread_line(uint8_t *out, const uint8_t *in, size_t count, size_t step, size_t r, bool largest,
                        uint8_t *ahead, uint8_t *behind) {
    const size_t block = 2 * r + 1;
    for (size_t from = 0; from < count; from += block) {
        const size_t end = count - from < block ? count : from + block;
        behind[from] = in[from * step];
        for (size_t i = from + 1; i < end; i++) behind[i] = extreme(behind[i - 1], in[i * step], largest);
        ahead[end - 1] = in[(end - 1) * step];
        for (size_t i = end - 1; i-- > from;) ahead[i] = extreme(ahead[i + 1], in[i * step], largest);
    }
    /* A window at an end of the line begins or ends with it: it may be within one block. */
    for (size_t i = 0; i < count; i++) {
        const size_t first = i > r ? i - r : 0, last = i + r < count ? i + r : count - 1;
        const bool whole = first > 0 && last + 1 < count;
        out[i * step] = whole || first / block != last / block ? extreme(ahead[first], behind[last], largest)
                        : first % block == 0                   ? behind[last]
                                                               : ahead[first];
    }
}

void dsc_spread(uint8_t *values, size_t height, size_t width, size_t r, bool largest, uint8_t *room) {
    uint8_t *ahead = room + width * height, *behind = ahead + width + height;
    for (size_t y = 0; y < height; y++)
        spread_line(room + y * width, values + y * width, width, 1, r, largest, ahead, behind);
    for (size_t x = 0; x < width; x++)
        spread_line(values + x, room + x, height, width, r, largest, ahead, behind);
}

/* Spreads along all diagonals that fall to the right, or to the left. */
static void spread_diagonals(uint8_t *values, size_t height, size_t width, size_t r, bool largest, bool right,
                             uint8_t *ahead, uint8_t *behind) {
    for (size_t k = 0; k + 1 < width + height; k++) {
        /* Each begins in the top row or in the column where it enters. */
        const size_t y = k < width ? 0 : k - width + 1, along = k < width ? k : width - 1;
        const size_t x = right ? width - 1 - along : along;
        const size_t to_side = right ? width - x : x + 1, down = height - y;
        uint8_t *line = values + y * width + x;
        spread_line(line, line, to_side < down ? to_side : down, right ? width + 1 : width - 1, r, largest,
                    ahead, behind);
    }
}

void dsc_spread_octagon(uint8_t *values, size_t height, size_t width, size_t r, bool largest, uint8_t *room) {
    /* A regular octagon is a square and two diagonals, one after the other. */
    const size_t slant = r * 293 / 1000, straight = r - 2 * slant;
    uint8_t *ahead = room + width * height, *behind = ahead + width + height;
    /* Minimum in reverse order, so that minimum and maximum are dual at the picture's edges, too. */
    if (largest) dsc_spread(values, height, width, straight, largest, room);
    for (int k = 0; k < 2 && slant > 0; k++)
        spread_diagonals(values, height, width, slant, largest, (k == 0) == largest, ahead, behind);
    if (!largest) dsc_spread(values, height, width, straight, largest, room);
}
