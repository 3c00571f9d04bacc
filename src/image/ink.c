/* SPDX-License-Identifier: MIT */
/* ink.c: takes the ground of a picture away, whatever its colour and however unevenly it is lit; see
 * prepare.h.
 *
 * The ground is a smooth surface, g(x, y) = a + b x + c y + d x^2 + e x y + f y^2, fitted to the medians
 * of a grid of cells by least squares that are done again with less weight for what lies far off (Tukey's
 * biweight, "Robust estimation", 1974): cells full of ink count for nothing in the end. Small pictures
 * have too few cells, and no light to speak of: there the ground is the median of the picture's edge.
 * Pictures cut close to the ink are split into two classes of grey instead, see below. */
#include "image/prepare.h"

#include "image/image.h"

#include "base/elementary.h"
#include "base/error.h"
#include "base/memory.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    CELLS = 16,        /* at most, along a side */
    CELL_LEAST = 8,    /* pixels of a cell's side */
    SURFACE_FROM = 64, /* the shorter side of a picture whose ground may be uneven */
    TERMS = 6,
    ROUNDS = 12,
    CORNER_PART = 8,
    STANDS_OUT = 20 /* what differs less from the ground, of 255, is no ink */
};

/* --- Greys --- */

/* The grey of a pixel; what is transparent lets `behind` through. */
static unsigned grey_of(const uint8_t *pixel, size_t channels, unsigned behind) {
    const unsigned grey = channels == 1 ? pixel[0] : dsc_luma(pixel);
    if (channels != 4) return grey;
    return (grey * pixel[3] + behind * (255u - pixel[3]) + 127u) / 255u;
}

/* Squares of scale x scale pixels become one; those at the right and the bottom may be smaller. */
static void reduce(dsc_ink *ink, const uint8_t *pixels, size_t height, size_t width, size_t channels,
                   unsigned behind) {
    const size_t s = ink->scale;
    for (size_t y = 0; y < ink->height; y++)
        for (size_t x = 0; x < ink->width; x++) {
            const size_t rows = height - y * s < s ? height - y * s : s,
                         columns = width - x * s < s ? width - x * s : s;
            assert(rows > 0 && columns > 0); /* the last squares are smaller, not empty */
            unsigned long sum = 0;
            for (size_t i = 0; i < rows; i++) {
                const uint8_t *from = pixels + ((y * s + i) * width + x * s) * channels;
                for (size_t j = 0; j < columns; j++) sum += grey_of(from + j * channels, channels, behind);
            }
            ink->values[y * ink->width + x] = (uint8_t)((sum + rows * columns / 2) / (rows * columns));
        }
}

static unsigned range_of(const dsc_ink *ink) {
    uint8_t least = 255, most = 0;
    for (size_t i = 0; i < ink->width * ink->height; i++) {
        if (ink->values[i] < least) least = ink->values[i];
        if (ink->values[i] > most) most = ink->values[i];
    }
    return (unsigned)(most - least);
}

/* The value below which `share` of the counted ones lie. */
static unsigned quantile(const size_t counts[256], double share) {
    size_t all = 0, sum = 0;
    for (unsigned v = 0; v < 256; v++) all += counts[v];
    for (unsigned v = 0; v < 256; v++) {
        sum += counts[v];
        if ((double)sum > share * (double)all) return v;
    }
    return 255;
}

/* --- The ground --- */

typedef struct ground {
    double term[TERMS];
    double across, down; /* what makes coordinates of -1 to 1 */
} ground;

static void terms_at(double out[TERMS], const ground *g, double x, double y) {
    const double u = x * g->across - 1, v = y * g->down - 1;
    const double terms[TERMS] = {1, u, v, u * u, u * v, v * v};
    memcpy(out, terms, sizeof terms);
}

static double ground_at(const ground *g, double x, double y) {
    double terms[TERMS], sum = 0;
    terms_at(terms, g, x, y);
    for (int i = 0; i < TERMS; i++) sum += g->term[i] * terms[i];
    return sum;
}

/* The same along a row: c[0] + c[1] x + c[2] x^2. */
static void ground_of_row(double c[3], const ground *g, double y) {
    const double v = y * g->down - 1, s = g->across;
    const double constant = g->term[0] + g->term[2] * v + g->term[5] * v * v,
                 linear = g->term[1] + g->term[4] * v;
    const double square = g->term[3]; /* of u = s x - 1 */
    c[0] = constant - linear + square;
    c[1] = s * (linear - 2 * square);
    c[2] = s * s * square;
}

/* Solves the normal equations by elimination with pivots; terms that the cells do not determine become 0. */
static void solve(double x[TERMS], double a[TERMS][TERMS + 1]) {
    for (int i = 0; i < TERMS; i++) {
        int best = i;
        for (int r = i + 1; r < TERMS; r++)
            if (fabs(a[r][i]) > fabs(a[best][i])) best = r;
        for (int c = 0; c <= TERMS; c++) {
            const double swap = a[i][c];
            a[i][c] = a[best][c];
            a[best][c] = swap;
        }
        if (fabs(a[i][i]) < 1e-9) continue;
        for (int r = 0; r < TERMS; r++) {
            const double factor = r == i ? 0 : a[r][i] / a[i][i];
            for (int c = i; c <= TERMS; c++) a[r][c] -= factor * a[i][c];
        }
    }
    for (int i = 0; i < TERMS; i++) x[i] = fabs(a[i][i]) < 1e-9 ? 0 : a[i][TERMS] / a[i][i];
}

typedef struct cell {
    double x, y, value, off;
} cell;

static int by_off(const void *a, const void *b) {
    const double x = ((const cell *)a)->off, y = ((const cell *)b)->off;
    return (x > y) - (x < y);
}

static size_t cells_of(cell cells[CELLS * CELLS], const dsc_ink *ink) {
    size_t across = ink->width / CELL_LEAST, down = ink->height / CELL_LEAST, count = 0;
    if (across > CELLS) across = CELLS;
    if (down > CELLS) down = CELLS;
    for (size_t j = 0; j < down; j++)
        for (size_t i = 0; i < across; i++) {
            const size_t x0 = i * ink->width / across, x1 = (i + 1) * ink->width / across;
            const size_t y0 = j * ink->height / down, y1 = (j + 1) * ink->height / down;
            size_t counts[256] = {0};
            for (size_t y = y0; y < y1; y++)
                for (size_t x = x0; x < x1; x++) counts[ink->values[y * ink->width + x]]++;
            cells[count++] =
                (cell){(double)(x0 + x1 - 1) / 2, (double)(y0 + y1 - 1) / 2, quantile(counts, 0.5), 0};
        }
    return count;
}

static unsigned median_of_edge(const dsc_ink *ink) {
    size_t counts[256] = {0};
    const size_t w = ink->width, h = ink->height;
    for (size_t x = 0; x < w; x++) counts[ink->values[x]]++, counts[ink->values[(h - 1) * w + x]]++;
    for (size_t y = 0; y < h; y++) counts[ink->values[y * w]]++, counts[ink->values[y * w + w - 1]]++;
    return quantile(counts, 0.5);
}

static ground find_ground(const dsc_ink *ink) {
    ground g = {.across = 2.0 / (double)ink->width, .down = 2.0 / (double)ink->height};
    g.term[0] = median_of_edge(ink);
    if (ink->width < SURFACE_FROM || ink->height < SURFACE_FROM) return g;
    cell cells[CELLS * CELLS];
    const size_t count = cells_of(cells, ink);
    for (int round = 0; round < ROUNDS; round++) {
        for (size_t i = 0; i < count; i++)
            cells[i].off = fabs(cells[i].value - ground_at(&g, cells[i].x, cells[i].y));
        qsort(cells, count, sizeof *cells, by_off);
        const double reach = 4 * cells[count / 2].off + 12; /* generous: light may fall off steeply */
        double a[TERMS][TERMS + 1] = {{0}};
        for (size_t i = 0; i < count && cells[i].off < reach; i++) {
            const double ratio = cells[i].off / reach, weight = (1 - ratio * ratio) * (1 - ratio * ratio);
            double terms[TERMS];
            terms_at(terms, &g, cells[i].x, cells[i].y);
            for (int r = 0; r < TERMS; r++) {
                for (int c = 0; c < TERMS; c++) a[r][c] += weight * terms[r] * terms[c];
                a[r][TERMS] += weight * terms[r] * cells[i].value;
            }
            for (int r = 3; r < TERMS; r++) a[r][r] += 1e-3 * weight; /* no curve that nothing asks for */
        }
        solve(g.term, a);
    }
    return g;
}

/* --- Ink --- */

/* How far values lie from the ground: counted apart for lighter (0) and darker (1). */
static void count_differences(size_t counts[2][256], const dsc_ink *ink, const ground *g) {
    for (size_t y = 0; y < ink->height; y++) {
        double c[3];
        ground_of_row(c, g, (double)y);
        for (size_t x = 0; x < ink->width; x++) {
            const double at = (double)x,
                         off = ink->values[y * ink->width + x] - (c[0] + (c[1] + c[2] * at) * at);
            const double size = fabs(off) < 255 ? fabs(off) : 255;
            counts[off < 0][(unsigned)(size + 0.5)]++;
        }
    }
}

/* Of two kinds of difference the one that is ink: with more of it beyond the noise, in sum. */
static int darker_is_ink(size_t counts[2][256], unsigned noise) {
    double sums[2] = {0, 0};
    for (int k = 0; k < 2; k++)
        for (unsigned v = noise; v < 256; v++) sums[k] += (double)counts[k][v] * (v - noise);
    return sums[1] > sums[0];
}

/* A quarter of normal noise lies within 0.32 deviations. */
static double deviation_of(const size_t differences[256]) { return quantile(differences, 0.25) / 0.32; }

/* Where the ground is, and which side of it is ink. */
typedef struct level {
    ground ground;
    double deviation; /* of the ground's noise */
    int dark;         /* whether ink is darker than the ground */
} level;

/* What differs less is noise; and no ink. */
static unsigned floor_of(const level *l) { return (unsigned)(2.5 * l->deviation + 0.5); }
static unsigned least_of(const level *l) { return floor_of(l) > STANDS_OUT ? floor_of(l) : STANDS_OUT; }

static level by_surface(const dsc_ink *ink) {
    level l = {.ground = find_ground(ink)};
    size_t counts[2][256] = {{0}}, both[256];
    count_differences(counts, ink, &l.ground);
    for (unsigned v = 0; v < 256; v++) both[v] = counts[0][v] + counts[1][v];
    /* A quarter of all is of the ground even if half is ink. */
    l.deviation = deviation_of(both);
    l.dark = darker_is_ink(counts, least_of(&l));
    return l;
}

/* --- Pictures cut close to the ink, on which there is little ground to find ---
 *
 * Their greys fall into two classes: ink, and a ground of one level. The threshold is the one with the
 * most variance between them (Otsu, "A threshold selection method from gray-level histograms", 1979).
 * Ground is what the picture's corners are of, which even closely cut digits leave free. */

/* The threshold: values up to it are one class. *separate: the share of the variance that lies between the
 * classes. */
static unsigned split_greys(double *separate, const size_t counts[256]) {
    double all = 0, sum = 0, squares = 0, below = 0, sum_below = 0, best = 0;
    unsigned threshold = 0;
    for (unsigned v = 0; v < 256; v++) {
        all += (double)counts[v];
        sum += (double)counts[v] * v;
        squares += (double)counts[v] * v * v;
    }
    const double variance = squares - sum * sum / all;
    for (unsigned v = 0; v < 255; v++) {
        below += (double)counts[v];
        sum_below += (double)counts[v] * v;
        if (below == 0 || below == all) continue;
        const double apart = sum_below / below - (sum - sum_below) / (all - below);
        const double between = below * (all - below) / all * apart * apart;
        if (between > best) best = between, threshold = v;
    }
    *separate = variance > 0 ? best / variance : 0;
    return threshold;
}

static bool corners_are_dark(const dsc_ink *ink, unsigned threshold) {
    const size_t shorter = ink->width < ink->height ? ink->width : ink->height;
    const size_t side = shorter / CORNER_PART + 1;
    size_t dark = 0, all = 0;
    for (size_t y = 0; y < ink->height; y++) {
        if (y >= side && y + side < ink->height) continue;
        for (size_t x = 0; x < ink->width; x++) {
            if (x >= side && x + side < ink->width) continue;
            dark += ink->values[y * ink->width + x] <= threshold;
            all++;
        }
    }
    return dark * 2 > all;
}

/* False if there are no two classes. */
static bool by_classes(level *l, const dsc_ink *ink) {
    size_t counts[256] = {0}, own[256] = {0}, differences[256] = {0};
    double separate;
    for (size_t i = 0; i < ink->width * ink->height; i++) counts[ink->values[i]]++;
    const unsigned threshold = split_greys(&separate, counts);
    if (separate < 0.8) return false;
    const bool dark_ground = corners_are_dark(ink, threshold);
    for (unsigned v = 0; v < 256; v++)
        if ((v <= threshold) == dark_ground) own[v] = counts[v];
    const unsigned middle = quantile(own, 0.5);
    for (unsigned v = 0; v < 256; v++) differences[v > middle ? v - middle : middle - v] += own[v];
    *l = (level){.ground = {.term = {middle}}, .deviation = deviation_of(differences), .dark = !dark_ground};
    return true;
}

static dsc_status take_ground_away(dsc_ink *ink, dsc_error *error) {
    level l = by_surface(ink), other;
    if (least_of(&l) > STANDS_OUT && by_classes(&other, ink) && other.deviation * 2 < l.deviation) l = other;
    const ground g = l.ground;
    const int dark = l.dark;
    const unsigned least = least_of(&l), floor = floor_of(&l);
    size_t counts[2][256] = {{0}}, beyond = 0;
    count_differences(counts, ink, &g);
    for (unsigned v = 0; v <= least && v < 256; v++) counts[dark][v] = 0;
    for (unsigned v = 0; v < 256; v++) beyond += counts[dark][v];
    if (beyond == 0 || least >= 200)
        return dsc_fail(
            error, DSC_ERROR_FORMAT,
            "there is nothing to read: no pixel stands out from the ground; is the picture blank?");
    const double most = quantile(counts[dark], 0.9), from = floor < most / 2 ? floor : most / 2;
    for (size_t y = 0; y < ink->height; y++) {
        double c[3];
        ground_of_row(c, &g, (double)y);
        for (size_t x = 0; x < ink->width; x++) {
            uint8_t *value = &ink->values[y * ink->width + x];
            const double at = (double)x, off = *value - (c[0] + (c[1] + c[2] * at) * at),
                         size = dark ? -off : off;
            const double share = (size - from) / (most - from);
            *value = (uint8_t)(share <= 0 ? 0 : share >= 1 ? 255 : share * 255 + 0.5);
        }
    }
    ink->faintest = floor > 0 ? 80 : 8;
    return DSC_OK;
}

dsc_status dsc_ink_make(dsc_ink *ink, const uint8_t *pixels, size_t height, size_t width, size_t channels,
                        dsc_error *error) {
    *ink = (dsc_ink){0};
    if (!dsc_image_size_allowed(width, height) || (channels != 1 && channels != 3 && channels != 4))
        return dsc_fail(
            error, DSC_ERROR_ARGUMENT,
            "expected a picture with sides of 1 to %d, at most %d pixels, and 1, 3 or 4 channels; "
            "found %zu x %zu with %zu channels",
            DSC_IMAGE_SIDE_LIMIT, DSC_IMAGE_PIXEL_LIMIT, width, height, channels);
    const size_t shorter = width < height ? width : height;
    ink->scale = (shorter + DSC_INK_SIDE - 1) / DSC_INK_SIDE;
    ink->width = (width + ink->scale - 1) / ink->scale;
    ink->height = (height + ink->scale - 1) / ink->scale;
    ink->values = dsc_allocate(ink->width * ink->height, 1);
    if (!ink->values) return dsc_fail_memory(error, ink->width * ink->height, "a picture in greys");
    reduce(ink, pixels, height, width, channels, 255);
    /* White strokes on nothing: what is transparent must have been meant to be dark. */
    if (channels == 4 && range_of(ink) < STANDS_OUT) reduce(ink, pixels, height, width, channels, 0);
    dsc_status status = take_ground_away(ink, error);
    if (status) dsc_ink_clear(ink);
    return status;
}

void dsc_ink_clear(dsc_ink *ink) {
    free(ink->values);
    *ink = (dsc_ink){0};
}
