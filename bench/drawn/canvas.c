/* SPDX-License-Identifier: MIT */
/* canvas.c: ink, greys, and the effects of light, lens and file format; see drawn.h. */
#include "drawn.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { SIDE = DRAWN_SIDE };
static const double pi = 3.14159265358979;

/* --- random numbers --- */

static uint64_t state;

void drawn_seed(uint64_t seed) { state = seed; }

double drawn_uniform(void) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (double)(state >> 11) / 9007199254740992.0;
}

double drawn_between(double low, double high) { return low + (high - low) * drawn_uniform(); }

double drawn_normal(void) {
    double sum = -6;
    for (int i = 0; i < 12; i++) sum += drawn_uniform();
    return sum;
}

/* --- digits --- */

static const dsc_dataset *digits;
static size_t first_digit, digit_count;

void drawn_digits_from(const dsc_dataset *from, size_t first, size_t count) {
    digits = from;
    first_digit = first;
    digit_count = count;
}

glyph drawn_any_digit(void) {
    const size_t at = first_digit + (size_t)(drawn_uniform() * (double)digit_count);
    glyph g = {.pixels = dsc_dataset_images(digits) + at * SIDE * SIDE,
               .left = SIDE,
               .top = SIDE,
               .label = dsc_dataset_labels(digits)[at]};
    for (size_t y = 0; y < SIDE; y++)
        for (size_t x = 0; x < SIDE; x++) {
            if (g.pixels[y * SIDE + x] < 64) continue;
            if (x < g.left) g.left = x;
            if (x + 1 > g.right) g.right = x + 1;
            if (y < g.top) g.top = y;
            g.bottom = y + 1;
        }
    return g;
}

/* --- ink --- */

void drawn_canvas_make(canvas *c) {
    *c = (canvas){.ink = malloc(DRAWN_MOST * sizeof *c->ink), .grey = malloc(DRAWN_MOST)};
    if (!c->ink || !c->grey) abort();
}

void drawn_clear(canvas *c, size_t width, size_t height) {
    if (width * height > DRAWN_MOST) abort();
    c->width = width;
    c->height = height;
    memset(c->ink, 0, width * height * sizeof *c->ink);
}

/* The glyph's ink at a position between pixels. */
static double ink_at(const glyph *g, double x, double y) {
    x -= 0.5;
    y -= 0.5;
    const double fx = floor(x), fy = floor(y), ax = x - fx, ay = y - fy;
    double sum = 0;
    for (int j = 0; j < 2; j++)
        for (int i = 0; i < 2; i++) {
            const double px = fx + i, py = fy + j;
            if (px < 0 || py < 0 || px >= SIDE || py >= SIDE) continue;
            sum += (i ? ax : 1 - ax) * (j ? ay : 1 - ay) * g->pixels[(size_t)py * SIDE + (size_t)px] / 255.0;
        }
    return sum;
}

void drawn_digit(canvas *c, const glyph *g, double left, double top, double scale) {
    for (size_t y = 0; y < c->height; y++)
        for (size_t x = 0; x < c->width; x++) {
            const double gx = ((double)x + 0.5 - left) / scale + (double)g->left,
                         gy = ((double)y + 0.5 - top) / scale + (double)g->top;
            if (gx < (double)g->left || gy < (double)g->top || gx > (double)g->right ||
                gy > (double)g->bottom)
                continue;
            const double ink = ink_at(g, gx, gy);
            if (ink > c->ink[y * c->width + x]) c->ink[y * c->width + x] = ink;
        }
}

size_t drawn_wide(const glyph *g, double scale) {
    return (size_t)((double)(g->right - g->left) * scale + 0.5);
}
size_t drawn_high(const glyph *g, double scale) {
    return (size_t)((double)(g->bottom - g->top) * scale + 0.5);
}

void drawn_fill(canvas *c, double left, double top, double right, double bottom) {
    for (size_t y = (size_t)top; y < (size_t)bottom && y < c->height; y++)
        for (size_t x = (size_t)left; x < (size_t)right && x < c->width; x++) c->ink[y * c->width + x] = 0.9;
}

/* Zhang and Suen, "A fast parallel algorithm for thinning digital patterns", 1984. */
void drawn_thin(canvas *c) {
    const size_t w = c->width, h = c->height;
    for (size_t i = 0; i < w * h; i++) c->ink[i] = c->ink[i] >= 0.5;
    for (bool changed = true; changed;) {
        changed = false;
        for (int pass = 0; pass < 2; pass++) {
            for (size_t y = 1; y + 1 < h; y++)
                for (size_t x = 1; x + 1 < w; x++) {
                    const double *at = c->ink + y * w + x;
                    if (*at < 0.5) continue;
                    const bool n[8] = {*(at - w) > 0.4, *(at - w + 1) > 0.4, at[1] > 0.4,
                                       at[w + 1] > 0.4, at[w] > 0.4,         at[w - 1] > 0.4,
                                       at[-1] > 0.4,    *(at - w - 1) > 0.4};
                    int ones = 0, turns = 0;
                    for (int i = 0; i < 8; i++) ones += n[i], turns += !n[i] && n[(i + 1) % 8];
                    const bool first = pass ? !(n[0] && n[2] && n[6]) : !(n[0] && n[2] && n[4]),
                               second = pass ? !(n[0] && n[4] && n[6]) : !(n[2] && n[4] && n[6]);
                    if (ones >= 2 && ones <= 6 && turns == 1 && first && second)
                        c->ink[y * w + x] = 0.45, changed = true; /* removed at the end of the pass */
                }
            for (size_t i = 0; i < w * h; i++) c->ink[i] = c->ink[i] >= 0.5;
        }
    }
}

/* --- greys --- */

static uint8_t grey_of(double v) { return (uint8_t)(v < 0 ? 0 : v > 255 ? 255 : v + 0.5); }

void drawn_expose(canvas *c, double ground, double ink, double noise) {
    for (size_t i = 0; i < c->width * c->height; i++)
        c->grey[i] = grey_of(ground + (ink - ground) * c->ink[i] + (noise > 0 ? noise * drawn_normal() : 0));
}

void drawn_rule(canvas *c, double apart, double slope, bool upright, uint8_t value) {
    const size_t along = upright ? c->height : c->width, across = upright ? c->width : c->height;
    const int count = (int)(((double)across + 400) / apart) + 1;
    for (int n = 0; n < count; n++)
        for (size_t i = 0; i < along; i++) {
            const double y = apart * n - 200 + slope * (double)i;
            for (size_t k = 0; k < 2; k++) {
                if (y + (double)k < 0 || y + (double)k >= (double)across) continue;
                const size_t j = (size_t)(y + (double)k);
                uint8_t *v = &c->grey[upright ? i * c->width + j : j * c->width + i];
                if (*v > value) *v = value;
            }
        }
}

void drawn_light(canvas *c, double (*factor)(double x, double y)) {
    for (size_t y = 0; y < c->height; y++)
        for (size_t x = 0; x < c->width; x++) {
            uint8_t *v = &c->grey[y * c->width + x];
            *v = grey_of(*v * factor((double)x / (double)c->width, (double)y / (double)c->height));
        }
}

static uint8_t *copy_of(const canvas *c) {
    uint8_t *copy = malloc(c->width * c->height);
    if (!copy) abort();
    memcpy(copy, c->grey, c->width * c->height);
    return copy;
}

/* The grey at a position between pixels; `ground` outside. */
static double grey_at(const uint8_t *grey, size_t width, size_t height, double x, double y, uint8_t ground) {
    const double fx = floor(x - 0.5), fy = floor(y - 0.5), ax = x - 0.5 - fx, ay = y - 0.5 - fy;
    double sum = 0;
    for (int j = 0; j < 2; j++)
        for (int i = 0; i < 2; i++) {
            const double qx = fx + i, qy = fy + j;
            const bool in = qx >= 0 && qy >= 0 && qx < (double)width && qy < (double)height;
            sum +=
                (i ? ax : 1 - ax) * (j ? ay : 1 - ay) * (in ? grey[(size_t)qy * width + (size_t)qx] : ground);
        }
    return sum;
}

void drawn_turn(canvas *c, double degrees, uint8_t ground) {
    const double angle = degrees * pi / 180, ca = cos(angle), sa = sin(angle);
    const double w = (double)c->width, h = (double)c->height;
    const size_t width = (size_t)(fabs(w * ca) + fabs(h * sa) + 0.5),
                 height = (size_t)(fabs(w * sa) + fabs(h * ca) + 0.5);
    uint8_t *from = copy_of(c);
    for (size_t y = 0; y < height; y++)
        for (size_t x = 0; x < width; x++) {
            const double u = (double)x + 0.5 - (double)width / 2, v = (double)y + 0.5 - (double)height / 2;
            c->grey[y * width + x] = grey_of(
                grey_at(from, c->width, c->height, u * ca + v * sa + w / 2, v * ca - u * sa + h / 2, ground));
        }
    c->width = width;
    c->height = height;
    free(from);
}

/* Heckbert, "Fundamentals of texture mapping and image warping", 1989: maps the unit square to four
 * corners. */
void drawn_perspective(canvas *c, double share, uint8_t ground) {
    double x[4], y[4]; /* corners of the picture in the view, in shares of its sides */
    for (int i = 0; i < 4; i++) {
        x[i] = (i == 1 || i == 2) + drawn_between(-share, share);
        y[i] = (i >= 2) + drawn_between(-share, share);
    }
    const double dx1 = x[1] - x[2], dx2 = x[3] - x[2], sx = x[0] - x[1] + x[2] - x[3], dy1 = y[1] - y[2],
                 dy2 = y[3] - y[2], sy = y[0] - y[1] + y[2] - y[3], d = dx1 * dy2 - dx2 * dy1;
    const double g = (sx * dy2 - dx2 * sy) / d, h = (dx1 * sy - sx * dy1) / d;
    const double a = x[1] - x[0] + g * x[1], b = x[3] - x[0] + h * x[3], e = y[1] - y[0] + g * y[1],
                 f = y[3] - y[0] + h * y[3];
    uint8_t *from = copy_of(c);
    for (size_t row = 0; row < c->height; row++)
        for (size_t column = 0; column < c->width; column++) {
            const double u = ((double)column + 0.5) / (double)c->width,
                         v = ((double)row + 0.5) / (double)c->height, w = g * u + h * v + 1;
            c->grey[row * c->width + column] =
                grey_of(grey_at(from, c->width, c->height, (a * u + b * v + x[0]) / w * (double)c->width,
                                (e * u + f * v + y[0]) / w * (double)c->height, ground));
        }
    free(from);
}

void drawn_put_on(canvas *c, double wider, double higher, double grey, double noise) {
    const size_t w = c->width, h = c->height, width = (size_t)(wider * (double)w),
                 height = (size_t)(higher * (double)h);
    if (width * height > DRAWN_MOST) abort();
    uint8_t *paper = copy_of(c);
    c->width = width;
    c->height = height;
    for (size_t i = 0; i < width * height; i++) c->grey[i] = grey_of(grey + noise * drawn_normal());
    const size_t left = (size_t)(drawn_uniform() * (double)(width - w)),
                 top = (size_t)(drawn_uniform() * (double)(height - h));
    for (size_t y = 0; y < h; y++) memcpy(c->grey + (top + y) * width + left, paper + y * w, w);
    free(paper);
}

void drawn_blur(canvas *c, size_t times) {
    for (size_t t = 0; t < times; t++) {
        uint8_t *from = copy_of(c);
        for (size_t y = 1; y + 1 < c->height; y++)
            for (size_t x = 1; x + 1 < c->width; x++) {
                unsigned sum = 4;
                for (size_t j = y - 1; j <= y + 1; j++)
                    for (size_t i = x - 1; i <= x + 1; i++) sum += from[j * c->width + i];
                c->grey[y * c->width + x] = (uint8_t)(sum / 9);
            }
        free(from);
    }
}

/* --- JPEG --- */

/* Quantisation steps of quality 50 by row and column of the cosines: luminance, from annex K of the
 * standard. */
static const unsigned char steps[64] = {
    16, 11,  10,  16, 24, 40, 51, 61, 12,  12,  14,  19,  26, 58, 60, 55,  14,  13,  16,  24, 40, 57,
    69, 56,  14,  17, 22, 29, 51, 87, 80,  62,  18,  22,  37, 56, 68, 109, 103, 77,  24,  35, 55, 64,
    81, 104, 113, 92, 49, 64, 78, 87, 103, 121, 120, 101, 72, 92, 95, 98,  112, 100, 103, 99};

static double cosine[8][8]; /* [frequency][position], normalised */

static void transform(double out[64], const double in[64], bool back) {
    double rows[64];
    for (int y = 0; y < 8; y++)
        for (int k = 0; k < 8; k++) {
            double sum = 0;
            for (int x = 0; x < 8; x++) sum += (back ? cosine[x][k] : cosine[k][x]) * in[y * 8 + x];
            rows[y * 8 + k] = sum;
        }
    for (int k = 0; k < 8; k++)
        for (int x = 0; x < 8; x++) {
            double sum = 0;
            for (int y = 0; y < 8; y++) sum += (back ? cosine[y][k] : cosine[k][y]) * rows[y * 8 + x];
            out[k * 8 + x] = sum;
        }
}

void drawn_jpeg(canvas *c, int quality) {
    const double scale = quality < 50 ? 5000.0 / quality : 200 - 2.0 * quality;
    for (int k = 0; k < 8; k++)
        for (int x = 0; x < 8; x++) cosine[k][x] = (k ? 0.5 : sqrt(0.125)) * cos((2 * x + 1) * k * pi / 16);
    for (size_t top = 0; top + 8 <= c->height; top += 8)
        for (size_t left = 0; left + 8 <= c->width; left += 8) {
            double block[64], waves[64];
            for (size_t i = 0; i < 64; i++) {
                const size_t at = (top + i / 8) * c->width + left + i % 8;
                block[i] = c->grey[at] - 128.0;
            }
            transform(waves, block, false);
            for (size_t i = 0; i < 64; i++) {
                const double step = fmax(1, floor((steps[i] * scale + 50) / 100));
                waves[i] = step * floor(waves[i] / step + 0.5);
            }
            transform(block, waves, true);
            for (size_t i = 0; i < 64; i++)
                c->grey[(top + i / 8) * c->width + left + i % 8] = grey_of(block[i] + 128);
        }
}
