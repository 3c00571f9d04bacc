/* SPDX-License-Identifier: MIT */
/* spread.c: van Herk's filter, along rows and then along columns. */
#include "image/spread.h"

static uint8_t extreme(uint8_t a, uint8_t b, bool largest) {
    return largest ? (a > b ? a : b) : (a < b ? a : b);
}

/* Each value becomes the largest (or least) of the 2 r + 1 around it, along lines `step` apart inside: of
 * the end of one block and the begin of the next, which are kept running. `ahead` and `behind` have room for
 * the line. */
static void spread_line(uint8_t *out, const uint8_t *in, size_t count, size_t step, size_t r, bool largest,
                        uint8_t *ahead, uint8_t *behind) {
    const size_t block = 2 * r + 1;
    for (size_t i = 0; i < count; i++)
        behind[i] = i % block ? extreme(behind[i - 1], in[i * step], largest) : in[i * step];
    for (size_t i = count; i-- > 0;)
        ahead[i] =
            (i + 1) % block && i + 1 < count ? extreme(ahead[i + 1], in[i * step], largest) : in[i * step];
    for (size_t i = 0; i < count; i++) {
        const size_t first = i > r ? i - r : 0, last = i + r < count ? i + r : count - 1;
        /* Within one block at the line's begin or end, `behind` (or `ahead`) alone spans it. */
        out[i * step] = first / block == last / block ? (first % block == 0 ? behind[last] : ahead[first])
                                                      : extreme(ahead[first], behind[last], largest);
    }
}

void dsc_spread(uint8_t *values, size_t height, size_t width, size_t r, bool largest, uint8_t *room) {
    uint8_t *ahead = room + width * height, *behind = ahead + width + height;
    for (size_t y = 0; y < height; y++)
        spread_line(room + y * width, values + y * width, width, 1, r, largest, ahead, behind);
    for (size_t x = 0; x < width; x++)
        spread_line(values + x, room + x, height, width, r, largest, ahead, behind);
}
