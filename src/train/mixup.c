/* SPDX-License-Identifier: MIT */
/* mixup.c: draws from Beta(alpha, alpha) by Jöhnk's method, "Erzeugung von betaverteilten und gammaverteilten
 * Zufallszahlen" (1964): draws uniform u and v until u^(1/alpha) + v^(1/alpha) <= 1, then returns the first
 * summand's share of the sum. Computes with logarithms, because both powers underflow for a small alpha. */
#include "train/mixup.h"

#include "base/elementary.h"
#include "base/random.h"
#include "base/stream.h"

/* log(u^(1/alpha)), u in (0, 1]. */
static double log_of_power(dsc_rng *rng, double alpha) { return dsc_log(1 - dsc_rng_random(rng)) / alpha; }

static double draw_share(dsc_rng *rng, double alpha) {
    double x, y;
    do {
        x = log_of_power(rng, alpha);
        y = log_of_power(rng, alpha);
    } while (dsc_exp(x) + dsc_exp(y) > 1);
    /* the share is 1 / (1 + v / u); returns the larger of the share and its complement */
    return 1 / (1 + dsc_exp(x > y ? y - x : x - y));
}

dsc_mix dsc_mixup_draw(double alpha, uint64_t seed, uint64_t epoch, uint64_t sample, size_t count) {
    dsc_rng rng;
    dsc_rng_philox(&rng, (const uint64_t[2]){seed, DSC_STREAM_MIXUP},
                   (const uint64_t[4]){0, sample, epoch, 0});
    dsc_mix mix = {.partner = (size_t)dsc_rng_up_to(&rng, count - 1)};
    mix.share = draw_share(&rng, alpha);
    return mix;
}
