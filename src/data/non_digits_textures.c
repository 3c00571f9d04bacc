/* SPDX-License-Identifier: MIT */
/* non_digits_textures.c: camera views without a digit: noise, stripes, grids, chequers, shades, filled
 * shapes, distant text. Each fills the box. */
#include "data/non_digits_parts.h"

enum { BOX = DSC_DIGIT_BOX };

static uint8_t grey(float part) {
    part = part < 0 ? 0 : part > 1 ? 1 : part;
    return (uint8_t)(part * 255 + 0.5f);
}

/* A triangle wave of period 1 between -1 and 1. */
static float wave(float at) {
    float part = at + 64;
    part -= (float)(int)part;
    return part < 0.5f ? 4 * part - 1 : 3 - 4 * part;
}

/* Coordinates along and across a direction, in pixels from the centre. */
typedef struct axes {
    float dx, dy;
} axes;
static float along(const axes *a, int x, int y) {
    return ((float)x - 0.5f * (BOX - 1)) * a->dx + ((float)y - 0.5f * (BOX - 1)) * a->dy;
}
static float across(const axes *a, int x, int y) {
    return ((float)y - 0.5f * (BOX - 1)) * a->dx - ((float)x - 0.5f * (BOX - 1)) * a->dy;
}

/* Independent pixels, or means of a few, of any contrast. */
static void draw_noise(uint8_t *box, dsc_digit_random *random) {
    float raw[BOX + 2][BOX + 2], ink = dsc_between(random, 0.1f, 0.7f), hard = dsc_between(random, 0.5f, 4);
    bool smooth = dsc_digit_uniform(random) < 0.5f;
    for (int y = 0; y < BOX + 2; y++)
        for (int x = 0; x < BOX + 2; x++) raw[y][x] = dsc_digit_uniform(random);
    for (int y = 0; y < BOX; y++)
        for (int x = 0; x < BOX; x++) {
            float value = raw[y + 1][x + 1];
            if (smooth) {
                float sum = 0;
                for (int j = 0; j < 3; j++)
                    for (int i = 0; i < 3; i++) sum += raw[y + j][x + i];
                value = 0.5f + 3 * (sum * (1.0f / 9) - 0.5f);
            }
            box[y * BOX + x] = grey((value - 1 + ink) * hard + 0.5f);
        }
}

static void draw_stripes(uint8_t *box, dsc_digit_random *random) {
    axes a;
    dsc_direction(&a.dx, &a.dy, random);
    float frequency = 1 / dsc_between(random, 3, 8), phase = dsc_digit_uniform(random);
    float share = dsc_between(random, -0.5f, 0.4f), hard = dsc_between(random, 0.6f, 3);
    for (int y = 0; y < BOX; y++)
        for (int x = 0; x < BOX; x++)
            box[y * BOX + x] = grey((wave(along(&a, x, y) * frequency + phase) + share) * hard + 0.5f);
}

/* Lines of squared paper, or a chequer. */
static void draw_grid(uint8_t *box, dsc_digit_random *random) {
    axes a = {1, dsc_digit_uniform(random) < 0.5f ? 0 : dsc_between(random, -0.7f, 0.7f)};
    float length = sqrtf(1 + a.dy * a.dy);
    a.dx /= length, a.dy /= length;
    bool chequer = dsc_digit_uniform(random) < 0.5f;
    float frequency = 1 / dsc_between(random, 4, 9), p = dsc_digit_uniform(random);
    float q = dsc_digit_uniform(random), thin = dsc_between(random, 0.2f, 0.6f);
    for (int y = 0; y < BOX; y++)
        for (int x = 0; x < BOX; x++) {
            float u = wave(along(&a, x, y) * frequency + p), v = wave(across(&a, x, y) * frequency + q);
            float lines = (u > v ? u : v) - thin;
            box[y * BOX + x] = grey((chequer ? u * v * 4 : lines * 2.5f) + 0.5f);
        }
}

static void draw_shade(uint8_t *box, dsc_digit_random *random) {
    axes a;
    dsc_direction(&a.dx, &a.dy, random);
    bool round = dsc_digit_uniform(random) < 0.3f;
    float middle = dsc_between(random, 0.3f, 0.8f), steep = dsc_between(random, 0.02f, 0.12f);
    for (int y = 0; y < BOX; y++)
        for (int x = 0; x < BOX; x++) {
            float u = along(&a, x, y), v = across(&a, x, y);
            box[y * BOX + x] = grey(middle + steep * (round ? 5 - sqrtf(u * u + v * v) : u));
        }
}

/* Draws a filled ellipse, rectangle or triangle, at least as wide as high, without a hole or with several:
 * one hole in the middle would make a 0, two above each other an 8. */
static void draw_filled(uint8_t *box, dsc_digit_random *random) {
    enum { HOLES = 5 };
    float hx[HOLES], hy[HOLES], hr[HOLES];
    int holes = dsc_digit_uniform(random) < 0.5f ? 0 : dsc_whole_between(random, 3, HOLES);
    int what = dsc_whole_between(random, 0, 2);
    float high = dsc_between(random, what == 1 ? 4 : 6, 10), lean = dsc_between(random, -0.3f, 0.3f);
    for (int i = 0; i < holes; i++) {
        hx[i] = dsc_between(random, -8, 8);
        hy[i] = dsc_between(random, -0.8f, 0.8f) * high;
        hr[i] = dsc_between(random, 0.8f, 2);
    }
    for (int y = 0; y < BOX; y++)
        for (int x = 0; x < BOX; x++) {
            float v = (float)y - 0.5f * (BOX - 1), u = (float)x - 0.5f * (BOX - 1), part;
            if (what == 0) {
                part = 5 * (1 - sqrtf(u * u * 0.01f + v * v / (high * high)));
            } else {
                float half = what == 1 ? 9.5f : 4.5f + 0.5f * v * 10 / high; /* half of the width at this
                                                                              * height */
                u += what == 1 ? 0 : lean * v;
                float side = half - (u < 0 ? -u : u), edge = high - (v < 0 ? -v : v);
                part = side < edge ? side : edge;
            }
            for (int i = 0; i < holes; i++) {
                float ex = u - hx[i], ey = v - hy[i], out = sqrtf(ex * ex + ey * ey) - hr[i];
                part = part < out ? part : out;
            }
            box[y * BOX + x] = grey(part + 0.5f);
        }
}

/* Draws rows of words too small to read. */
static void draw_text(uint8_t *box, dsc_digit_random *random) {
    int pitch = dsc_whole_between(random, 3, 5), strong = dsc_whole_between(random, 140, 255);
    for (int y = 0; y < BOX; y++) {
        float word = 0;
        for (int x = 0; x < BOX; x++) {
            if (word <= 0 && word > -1) word = dsc_between(random, -2.5f, -1.2f); /* a gap */
            word += word < 0 ? 1 : -1;
            if (word < 0 && word > -1) word = dsc_between(random, 3, 9);
            float part = dsc_between(random, 0.3f, 1) * (word > 0 ? 1 : 0) * (y % pitch == pitch - 1 ? 0 : 1);
            box[y * BOX + x] = (uint8_t)(part * (float)strong);
        }
    }
}

void dsc_texture_draw(uint8_t *box, dsc_digit_random *random) {
    static void (*const textures[])(uint8_t *, dsc_digit_random *) = {draw_noise, draw_stripes, draw_grid,
                                                                      draw_shade, draw_filled,  draw_text};
    textures[dsc_whole_between(random, 0, 5)](box, random);
}
