/* SPDX-License-Identifier: MIT */
/* digits_scan.c: the effects of scanners, cameras and image processing on ink: blur, a dry pen, light noise,
 * JPEG blocks, pale ink, two levels only. Each occurs at random, in the order of a real picture. */
#include "data/digits_parts.h"

#include <string.h>

enum { SIDE = DSC_DIGIT_SIDE, BLOCK = 4 };

static bool happens(dsc_digit_random *random, float chance) { return dsc_digit_uniform(random) < chance; }

static uint8_t level(float value) { return (uint8_t)(value <= 0 ? 0 : value >= 255 ? 255 : value + 0.5f); }

/* Mixes the image with its 3 x 3 binomial blur. The border of the image stays as it is. */
static void blur(uint8_t *image, float part) {
    uint8_t old[DSC_DIGIT_BYTES];
    memcpy(old, image, sizeof old);
    for (int y = 1; y < SIDE - 1; y++)
        for (int x = 1; x < SIDE - 1; x++) {
            const uint8_t *p = old + y * SIDE + x;
            int near = 4 * p[0] + 2 * (p[-1] + p[1] + p[-SIDE] + p[SIDE]) + p[-SIDE - 1] + p[-SIDE + 1] +
                       p[SIDE - 1] + p[SIDE + 1];
            image[y * SIDE + x] = level((float)p[0] + part * ((float)near * (1.0f / 16) - (float)p[0]));
        }
}

/* Quantises the differences from the mean within each block. */
static void quantise_block(uint8_t *block, float step) {
    int sum = 0;
    for (int y = 0; y < BLOCK; y++)
        for (int x = 0; x < BLOCK; x++) sum += block[y * SIDE + x];
    float mean = (float)sum * (1.0f / (BLOCK * BLOCK));
    for (int y = 0; y < BLOCK; y++)
        for (int x = 0; x < BLOCK; x++) {
            float steps = ((float)block[y * SIDE + x] - mean) / step;
            block[y * SIDE + x] = level(mean + step * (float)(int)(steps + (steps < 0 ? -0.5f : 0.5f)));
        }
}

void dsc_digit_scan(uint8_t *image, dsc_digit_random *random) {
    if (happens(random, 0.35f)) blur(image, 0.3f + 0.7f * dsc_digit_uniform(random));
    if (happens(random, 0.25f)) { /* a dry pen */
        float depth = 0.1f + 0.4f * dsc_digit_uniform(random);
        for (int i = 0; i < DSC_DIGIT_BYTES; i++)
            image[i] = level((float)image[i] * (1 - depth * dsc_digit_uniform(random)));
    }
    if (happens(random, 0.2f)) {
        float most = 6 + 24 * dsc_digit_uniform(random);
        for (int i = 0; i < DSC_DIGIT_BYTES; i++)
            image[i] = level((float)image[i] + most * (2 * dsc_digit_uniform(random) - 1));
    }
    if (happens(random, 0.15f)) {
        float step = 20 + 50 * dsc_digit_uniform(random);
        for (int y = 0; y < SIDE; y += BLOCK)
            for (int x = 0; x < SIDE; x += BLOCK) quantise_block(image + y * SIDE + x, step);
    }
    if (happens(random, 0.3f)) { /* a pencil */
        float dark = 0.5f + 0.5f * dsc_digit_uniform(random);
        for (int i = 0; i < DSC_DIGIT_BYTES; i++) image[i] = level((float)image[i] * dark);
    } else if (happens(random, 0.2f)) {
        float threshold = 45 + 60 * dsc_digit_uniform(random);
        for (int i = 0; i < DSC_DIGIT_BYTES; i++) image[i] = (float)image[i] < threshold ? 0 : 255;
    }
}
