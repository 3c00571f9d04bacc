/* SPDX-License-Identifier: MIT */
/* random_normal.c: the normal distribution by a ziggurat of 256 layers.
 *
 * Marsaglia and Tsang, "The Ziggurat Method for Generating Random Variables" (2000). Draw a layer and a point
 * in it. If the layer lies wholly under the curve there (98.8 percent), the point is the result. Otherwise
 * draw a height and compare it with the curve. The tail of the bottom layer follows Marsaglia, "Generating a
 * variable from the tail of the normal distribution" (1964). */
#include "base/random.h"

#include <math.h>

#include "base/ziggurat.inc"

static double tail(dsc_rng *rng, bool negative) {
    for (;;) {
        double x = -ZIGGURAT_INVERSE_R * log1p(-dsc_rng_random(rng));
        double y = -log1p(-dsc_rng_random(rng));
        if (y + y > x * x) return negative ? -(ZIGGURAT_R + x) : ZIGGURAT_R + x;
    }
}

double dsc_rng_normal(dsc_rng *rng) {
    for (;;) {
        uint64_t bits = dsc_rng_next64(rng);
        unsigned layer = bits & 0xff; /* 8 bits for the layer, 1 for the sign, 52 for the position */
        uint64_t place = bits >> 9 & 0xfffffffffffff;
        double x = (double)place * ziggurat_w[layer];
        if (bits >> 8 & 1) x = -x;
        if (place < ziggurat_k[layer]) return x;
        if (layer == 0) return tail(rng, place >> 8 & 1); /* NumPy takes the tail's sign from the position */
        double height = ziggurat_f[layer - 1] - ziggurat_f[layer];
        if (height * dsc_rng_random(rng) + ziggurat_f[layer] < exp(-0.5 * x * x)) return x;
    }
}
