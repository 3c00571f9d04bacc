/* SPDX-License-Identifier: MIT */
/* light.c: see light.h. */
#include "image/light.h"

#include "base/error.h"
#include "base/memory.h"
#include "image/greys.h"
#include "image/shadow.h"
#include "image/spread.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum {
    INK_MOST = 4,     /* the shorter side divided by this: largest width of ink */
    WINDOW_LEAST = 8, /* pixels: least side of a window */
    STANDS_OUT = 20   /* smaller differences from a window's median are ignored */
};

/* Averages the 3 x 3 neighbourhood of each pixel (less at the edge), so that single noisy pixels do not
 * become ground. */
static void smooth(uint8_t *to, const uint8_t *from, size_t height, size_t width) {
    for (size_t y = 0; y < height; y++)
        for (size_t x = 0; x < width; x++) {
            unsigned sum = 0, count = 0;
            for (size_t j = y ? y - 1 : 0; j <= y + 1 && j < height; j++)
                for (size_t i = x ? x - 1 : 0; i <= x + 1 && i < width; i++)
                    sum += from[j * width + i], count++;
            assert(count > 0); /* includes the pixel itself */
            to[y * width + x] = (uint8_t)((sum + count / 2) / count);
        }
}

/* In a window that a digit does not fill, the median is ground; each side of a shadow's edge has its own. Ink
 * is on the side of the median with more thin difference. `grounds`: for light and for dark ink. Windows
 * overlap by half. */
static bool ink_is_dark(const uint8_t *values, uint8_t *const grounds[2], size_t height, size_t width,
                        size_t window, const dsc_shadow *shadow) {
    double dark = 0, light = 0;
    for (size_t top = 0; top < height; top += window / 2)
        for (size_t left = 0; left < width; left += window / 2) {
            const size_t bottom = top + window < height ? top + window : height,
                         right = left + window < width ? left + window : width;
            size_t counts[2][256] = {{0}};
            for (size_t y = top; y < bottom; y++)
                for (size_t x = left; x < right; x++)
                    counts[dsc_shadow_side(shadow, y, x, height, width)][values[y * width + x]]++;
            const int middles[2] = {(int)dsc_quantile(counts[0], 0.5), (int)dsc_quantile(counts[1], 0.5)};
            for (size_t y = top; y < bottom; y++)
                for (size_t x = left; x < right; x++) {
                    const size_t i = y * width + x;
                    const int off = values[i] - middles[dsc_shadow_side(shadow, y, x, height, width)],
                              below = grounds[1][i] - values[i], above = values[i] - grounds[0][i];
                    if (off < -STANDS_OUT) dark += below < -off ? below : -off;
                    if (off > STANDS_OUT) light += above < off ? above : off;
                }
        }
    return dark > light;
}

dsc_status dsc_light_find(uint8_t *ground, bool *dark, const uint8_t *values, size_t height, size_t width,
                          dsc_error *error) {
    const size_t count = width * height, shorter = width < height ? width : height, wide = shorter / INK_MOST,
                 window = 2 * wide > WINDOW_LEAST ? 2 * wide : WINDOW_LEAST;
    uint8_t *room = dsc_allocate(3 * count + 2 * (width + height), 1);
    if (!room) return dsc_fail_memory(error, 3 * count, "a picture's ground");
    uint8_t *smoothed = room + count + 2 * (width + height), *const grounds[2] = {ground, smoothed + count};
    smooth(smoothed, values, height, width);
    for (int k = 0; k < 2; k++) {
        memcpy(grounds[k], smoothed, count);
        dsc_spread_octagon(grounds[k], height, width, wide / 2 + 1, k, room);
        dsc_spread_octagon(grounds[k], height, width, wide / 2 + 1, !k, room);
    }
    dsc_shadow shadow;
    dsc_status status = dsc_shadow_find(&shadow, smoothed, grounds[1], height, width, error);
    if (!status) {
        *dark = ink_is_dark(smoothed, grounds, height, width, window, &shadow);
        if (*dark) memcpy(ground, grounds[1], count);
        if (*dark) status = dsc_shadow_straighten(ground, &shadow, height, width, error);
    }
    free(room);
    return status;
}
