/* SPDX-License-Identifier: MIT */
/* turn.c: turns and straightens ink that is sideways, upside down or tilted; see prepare.h. */
#include "image/prepare.h"

#include "base/error.h"
#include "base/memory.h"

#include <math.h>
#include <stdlib.h>

/* Pixel (x, y) moves to (height - 1 - y, x). */
dsc_status dsc_ink_turn(dsc_ink *ink, dsc_error *error) {
    const size_t width = ink->width, height = ink->height;
    uint8_t *turned = dsc_allocate(width * height, 1);
    if (!turned) return dsc_fail_memory(error, width * height, "a picture turned round");
    for (size_t y = 0; y < height; y++)
        for (size_t x = 0; x < width; x++) turned[x * height + (height - 1 - y)] = ink->values[y * width + x];
    free(ink->values);
    ink->values = turned;
    ink->width = height;
    ink->height = width;
    return DSC_OK;
}

dsc_box dsc_box_before_turns(const dsc_box *box, size_t width, size_t height, size_t quarters) {
    dsc_box b = *box;
    for (size_t i = 0; i < quarters; i++) {
        b = (dsc_box){b.top, width - b.right, b.bottom, width - b.left};
        const size_t other = width;
        width = height;
        height = other;
    }
    return b;
}

/* --- tilt --- */

/* The place in the original ink of a place in straightened ink. */
static void before(double *x, double *y, const dsc_tilt *t) {
    const double u = *x - (double)t->to_width / 2, v = *y - (double)t->to_height / 2;
    *x = u * t->cosine - v * t->sine + (double)t->width / 2;
    *y = u * t->sine + v * t->cosine + (double)t->height / 2;
}

/* The value at a place, bilinear; outside there is no ink. */
static double value_at(const dsc_ink *ink, double x, double y) {
    const double left = floor(x - 0.5), top = floor(y - 0.5), right = x - 0.5 - left, down = y - 0.5 - top;
    double sum = 0;
    for (int j = 0; j < 2; j++)
        for (int i = 0; i < 2; i++) {
            const double px = left + i, py = top + j;
            if (px < 0 || py < 0 || px >= (double)ink->width || py >= (double)ink->height) continue;
            sum += (i ? right : 1 - right) * (j ? down : 1 - down) *
                   ink->values[(size_t)py * ink->width + (size_t)px];
        }
    return sum;
}

dsc_status dsc_ink_straighten(dsc_ink *to, dsc_tilt *tilt, const dsc_ink *ink, double slope,
                              dsc_error *error) {
    const double along = sqrt(1 + slope * slope);
    *tilt =
        (dsc_tilt){.cosine = 1 / along, .sine = slope / along, .width = ink->width, .height = ink->height};
    const double c = tilt->cosine, s = fabs(tilt->sine);
    tilt->to_width = (size_t)ceil((double)ink->width * c + (double)ink->height * s);
    tilt->to_height = (size_t)ceil((double)ink->width * s + (double)ink->height * c);
    *to = *ink;
    to->width = tilt->to_width;
    to->height = tilt->to_height;
    to->values = dsc_allocate(to->width * to->height, 1);
    if (!to->values) return dsc_fail_memory(error, to->width * to->height, "a picture set straight");
    for (size_t row = 0; row < to->height; row++)
        for (size_t column = 0; column < to->width; column++) {
            double x = (double)column + 0.5, y = (double)row + 0.5;
            before(&x, &y, tilt);
            to->values[row * to->width + column] = (uint8_t)(value_at(ink, x, y) + 0.5);
        }
    return DSC_OK;
}

static size_t within(double x, size_t most) { return x <= 0 ? 0 : x >= (double)most ? most : (size_t)x; }

dsc_box dsc_box_before_tilt(const dsc_box *box, const dsc_tilt *tilt) {
    double left = INFINITY, top = INFINITY, right = -INFINITY, bottom = -INFINITY;
    for (int corner = 0; corner < 4; corner++) { /* without fmin: GCC 12 fails on it in a loop, on ARM */
        double x = (double)(corner & 1 ? box->right : box->left),
               y = (double)(corner & 2 ? box->bottom : box->top);
        before(&x, &y, tilt);
        if (x < left) left = x;
        if (x > right) right = x;
        if (y < top) top = y;
        if (y > bottom) bottom = y;
    }
    dsc_box b = {within(floor(left), tilt->width - 1), within(floor(top), tilt->height - 1),
                 within(ceil(right), tilt->width), within(ceil(bottom), tilt->height)};
    if (b.right <= b.left) b.right = b.left + 1;
    if (b.bottom <= b.top) b.bottom = b.top + 1;
    return b;
}

/* --- measuring the tilt --- */

enum { PAIRS_MOST = 1024 /* digits used: the time is quadratic */ };

static int by_value(const void *a, const void *b) {
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* The slope from a digit's centre to that of its nearest neighbour to the right, at most 45 degrees up or
 * down. */
static bool slope_to_next(double *slope, const dsc_group *groups, size_t count, size_t i, size_t usual) {
    const dsc_box *a = &groups[i].box;
    double nearest = 3 * (double)usual;
    bool any = false;
    for (size_t k = 0; k < count; k++) {
        const dsc_box *b = &groups[k].box;
        const double x = ((double)b->left + (double)b->right - (double)a->left - (double)a->right) / 2,
                     y = ((double)b->top + (double)b->bottom - (double)a->top - (double)a->bottom) / 2;
        if (k == i || x <= 0 || fabs(y) > x || sqrt(x * x + y * y) >= nearest) continue;
        nearest = sqrt(x * x + y * y);
        *slope = y / x;
        any = true;
    }
    return any;
}

dsc_status dsc_groups_slope(double *slope, const dsc_group *groups, size_t count, size_t usual,
                            dsc_error *error) {
    *slope = 0;
    if (count < 3) return DSC_OK;
    if (count > PAIRS_MOST) count = PAIRS_MOST;
    double *slopes = dsc_allocate(count, sizeof *slopes);
    if (!slopes) return dsc_fail_memory(error, count * sizeof *slopes, "the lines of a picture");
    size_t found = 0;
    for (size_t i = 0; i < count; i++) found += slope_to_next(&slopes[found], groups, count, i, usual);
    if (found >= 2) {
        qsort(slopes, found, sizeof *slopes, by_value);
        const double middle = found % 2 ? slopes[found / 2] : (slopes[found / 2 - 1] + slopes[found / 2]) / 2;
        /* Digits of different heights on one line have their centres at different heights: half of the slopes
         * may deviate by that, but not more. */
        const double spread = slopes[found * 3 / 4 < found ? found * 3 / 4 : found - 1] - slopes[found / 4];
        if (spread <= 0.35) *slope = middle;
    }
    free(slopes);
    return DSC_OK;
}
