/* SPDX-License-Identifier: MIT */
/* non_digits_joined.c: parts of digits, and digits that are not alone: two that touch, one with a part of its
 * neighbour, one crossed out, one in a box. */
#include "data/non_digits_parts.h"

#include <string.h>

/* The extent of a shape's ink along a direction. */
static void reach(float *low, float *high, const dsc_digit_shape *shape, float dx, float dy) {
    *low = 1e9f, *high = -1e9f;
    for (size_t i = 0; i < shape->count; i++) {
        float at = shape->x[i] * dx + shape->y[i] * dy;
        *low = at < *low ? at : *low;
        *high = at > *high ? at : *high;
    }
}

static float piece_length(const dsc_digit_shape *shape, size_t i) {
    float dx = shape->x[i] - shape->x[i - 1], dy = shape->y[i] - shape->y[i - 1];
    return sqrtf(dx * dx + dy * dy);
}

/* The share of the strokes' length below `cut` along (dx, dy). */
static float share_below(const dsc_digit_shape *shape, float dx, float dy, float cut) {
    float below = 0, all = 0;
    for (size_t i = 1; i < shape->count; i++) {
        if (!shape->down[i]) continue;
        float length = piece_length(shape, i);
        float a = shape->x[i - 1] * dx + shape->y[i - 1] * dy, b = shape->x[i] * dx + shape->y[i] * dy;
        float low = a < b ? a : b, high = a < b ? b : a;
        float part = high <= cut ? 1 : low >= cut ? 0 : (cut - low) / (high - low);
        below += part * length;
        all += length;
    }
    return below / all;
}

/* Keeps what is below `cut` along (dx, dy); a segment that crosses it is shortened. */
static void keep_below(dsc_digit_shape *shape, float dx, float dy, float cut) {
    dsc_digit_shape kept = {.edge = shape->edge};
    for (size_t i = 1; i < shape->count; i++) {
        if (!shape->down[i]) continue;
        float ax = shape->x[i - 1], ay = shape->y[i - 1], bx = shape->x[i], by = shape->y[i];
        float a = ax * dx + ay * dy - cut, b = bx * dx + by * dy - cut;
        if (a >= 0 && b >= 0) continue;
        float t = a > 0 || b > 0 ? a / (a - b) : 0, mx = ax + t * (bx - ax), my = ay + t * (by - ay);
        if (a > 0) ax = mx, ay = my;
        if (b > 0) bx = mx, by = my;
        size_t n = kept.count;
        bool goes_on = n > 0 && shape->down[i - 1] && !(a > 0) && kept.x[n - 1] == ax && kept.y[n - 1] == ay;
        if (!goes_on) {
            dsc_shape_add(&kept, ax, ay, false);
            kept.radius[kept.count - 1] = shape->radius[i - 1];
        }
        dsc_shape_add(&kept, bx, by, true);
        kept.radius[kept.count - 1] = shape->radius[i];
    }
    *shape = kept;
}

/* Keeps the share `stays` of the strokes' length that is lowest along (dx, dy). */
static void keep_share(dsc_digit_shape *shape, float dx, float dy, float stays) {
    float low, high;
    reach(&low, &high, shape, dx, dy);
    for (int i = 0; i < 12; i++) { /* bisection, to 1/4096 of the size */
        float middle = 0.5f * (low + high);
        if (share_below(shape, dx, dy, middle) < stays)
            low = middle;
        else
            high = middle;
    }
    keep_below(shape, dx, dy, high);
}

static void scale_pen(dsc_digit_shape *shape, float by) {
    for (size_t i = 0; i < shape->count; i++) shape->radius[i] *= by;
}

/* --- parts --- */

/* Parts of digits that are not digits: the side that stays, and the least share to remove. Parts that could
 * be read as a digit are excluded: all of 1, 6 and 9 (what stays is a 1, a 0 or an arc), rings and sides of 0
 * and 8, the head of 2 and 3 (a 7, a 2), the left of 2 (with its loop a small 6), the right of 3 and 5, the
 * stem of 4, and 7, which remains a 7 with little of its diagonal and a 1 with little of its bar. */
typedef struct leftover {
    int digit;
    signed char dx, dy; /* toward the part that stays */
    float least;
} leftover;

static const leftover leftovers[] = {
    {0, 0, 1, 0.4f},   {2, 0, 1, 0.45f},  {3, 0, 1, 0.5f}, {3, -1, 0, 0.45f}, {4, 0, -1, 0.5f},
    {4, -1, 0, 0.45f}, {5, 0, -1, 0.45f}, {5, 0, 1, 0.5f}, {5, -1, 0, 0.5f},
};
enum { LEFTOVERS = sizeof leftovers / sizeof *leftovers };

#define GONE_MOST 0.65f /* largest share to remove: above, too little is visible */

void dsc_digit_part_draw(dsc_digit_shape *shape, const dsc_digit_variation *v, dsc_digit_random *random) {
    const leftover *r = &leftovers[dsc_whole_between(random, 0, LEFTOVERS - 1)];
    float stays = 1 - dsc_between(random, r->least, GONE_MOST), turn = dsc_between(random, -0.3f, 0.3f);
    dsc_shape_write_digit(shape, r->digit, v, random);
    keep_share(shape, turn * (float)r->dy - (float)r->dx, -turn * (float)r->dx - (float)r->dy, stays);
    scale_pen(shape, dsc_between(random, 0.9f, 1.3f)); /* scaled up to fill the box */
    dsc_shape_fit(shape);
}

/* --- joined --- */

/* Adds `other`, moved by dx, to `shape`. */
static void append(dsc_digit_shape *shape, const dsc_digit_shape *other, float dx) {
    for (size_t i = 0; i < other->count; i++) {
        dsc_shape_add(shape, other->x[i] + dx, other->y[i], other->down[i]);
        shape->radius[shape->count - 1] = other->radius[i];
    }
}

static void line(dsc_digit_shape *shape, float ax, float ay, float bx, float by) {
    float radius = shape->radius[0];
    dsc_shape_add(shape, ax, ay, false);
    shape->radius[shape->count - 1] = radius;
    dsc_shape_add(shape, bx, by, true);
    shape->radius[shape->count - 1] = radius;
}

/* Draws two digits that touch or overlap; `half`: only the near half of one of them. A 1 only touches,
 * because it would not be visible inside its neighbour. */
static void draw_pair(dsc_digit_shape *shape, bool half, const dsc_digit_variation *v,
                      dsc_digit_random *random) {
    dsc_digit_shape right;
    int a = dsc_whole_between(random, 0, 9), b = dsc_whole_between(random, 0, 9);
    bool cut_left = dsc_digit_uniform(random) < 0.5f;
    if (half && a == 1) a = 3;             /* half of a 1 is a 1 */
    if ((a == 1 || half) && b == 1) b = 4; /* crossed or side by side they are an x, a v or a thick 1 */
    dsc_shape_write_digit(shape, a, v, random);
    dsc_shape_write_digit(&right, b, v, random);
    if (half) keep_share(cut_left ? shape : &right, cut_left ? -1 : 1, 0, dsc_between(random, 0.4f, 0.7f));
    float low, high, from, to;
    reach(&low, &high, shape, 1, 0);
    reach(&from, &to, &right, 1, 0);
    float overlap = dsc_between(random, -0.05f, a == 1 || b == 1 ? 0.05f : 0.25f);
    append(shape, &right, high - from - overlap);
    scale_pen(shape, 0.75f);
}

/* Draws a digit that is crossed out. Excluded are 0, 2 and 7, which remain digits with a stroke, 4, which has
 * one, and 1, which becomes a cross. */
static void draw_crossed(dsc_digit_shape *shape, const dsc_digit_variation *v, dsc_digit_random *random) {
    static const int digits[] = {3, 5, 6, 8, 9};
    dsc_shape_write_digit(shape, digits[dsc_whole_between(random, 0, 4)], v, random);
    float left, right, top, bottom;
    reach(&left, &right, shape, 1, 0);
    reach(&top, &bottom, shape, 0, 1);
    float out = dsc_between(random, 0.4f, 0.8f), rise = dsc_between(random, -0.5f, 0.5f);
    float at = top + dsc_between(random, 0.4f, 0.65f) * (bottom - top);
    line(shape, left - out, at - rise, right + out, at + rise);
    if (dsc_digit_uniform(random) < 0.4f)
        line(shape, left - out, at + rise + 0.3f, right + out, at - rise + 0.2f);
    scale_pen(shape, 0.85f);
}

static void draw_boxed(dsc_digit_shape *shape, const dsc_digit_variation *v, dsc_digit_random *random) {
    dsc_shape_write_digit(shape, dsc_whole_between(random, 0, 9), v, random);
    float left, right, top, bottom, gap = dsc_between(random, 0.25f, 0.7f);
    reach(&left, &right, shape, 1, 0);
    reach(&top, &bottom, shape, 0, 1);
    left -= gap, right += gap, top -= gap, bottom += gap;
    float wide = bottom - top - (right - left);
    if (wide > 0) left -= 0.5f * wide, right += 0.5f * wide; /* a square */
    line(shape, left, top, right, top);
    line(shape, right, top, right, bottom);
    line(shape, right, bottom, left, bottom);
    line(shape, left, bottom, left, top);
    scale_pen(shape, 0.65f);
}

void dsc_digits_joined_draw(dsc_digit_shape *shape, const dsc_digit_variation *v, dsc_digit_random *random) {
    float which = dsc_digit_uniform(random);
    if (which < 0.7f)
        draw_pair(shape, which > 0.45f, v, random);
    else if (which < 0.85f)
        draw_crossed(shape, v, random);
    else
        draw_boxed(shape, v, random);
    dsc_shape_fit(shape);
}
