/* SPDX-License-Identifier: MIT */
/* overlay.c: see overlay.h. */
#include "draw/overlay.h"

#include <math.h>

uint8_t draw_mix(double from, double to, double share) {
    return (uint8_t)lround(fmin(fmax(from + share * (to - from), 0), 255));
}

void draw_overlay(uint8_t *out, const uint8_t *image, const size_t shape[3], const float *shares,
                  draw_ground ground) {
    static const double orange[3] = {213, 94, 0}, blue[3] = {0, 114, 178};
    const size_t plane = shape[1] * shape[2];
    for (size_t c = 0; c < 3; c++)
        for (size_t i = 0; i < plane; i++) {
            const double value = shape[0] == 3 ? image[c * plane + i] : image[i];
            const double pale = ground == DRAW_ON_WHITE ? 255 - 0.35 * value : 0.4 * value;
            const double share = shares ? (double)shares[i] : 0;
            out[c * plane + i] =
                shares ? draw_mix(pale, share < 0 ? blue[c] : orange[c], fabs(share)) : (uint8_t)value;
        }
}
