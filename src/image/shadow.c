/* SPDX-License-Identifier: MIT */
/* shadow.c: see shadow.h. The edge is found by a Hough transform of the border between light and shadow (Duda
 * and Hart, "Use of the Hough transformation to detect lines and curves in pictures", 1972), then fitted by
 * least squares. */
#include "image/shadow.h"

#include "base/error.h"
#include "base/memory.h"
#include "image/greys.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    ANGLES = 180,
    SIDE_LEAST = 32, /* pixels: smaller pictures have no room for an edge beside ink */
    BORDER_MOST = 8, /* times the sides: a longer border of light and shadow is not mainly one edge */
    NEAR = 2,        /* pixels from the line: still on it */
    BESIDE = 3       /* pixels of the edge next to ink that are not relied upon */
};

static const double DARKER = 0.85, /* the ground in a shadow is at most this share of the lit ground */
    SHARE_LEAST = 0.03,            /* of the picture: in light, and in the shadow */
    BETWEEN_MOST = 0.1,            /* of the picture: between light and shadow; more: a soft shadow */
    VISIBLE_LEAST = 0.4,           /* of the edge, */
    ENDS_MOST = 0.08;              /* ... of which so much may be hidden at an end */
static const double STEP_COSINE = 0.99984769515639124, STEP_SINE = 0.017452406437283513; /* of a degree */

/* In pixels from the picture's centre. */
typedef struct place {
    float x, y;
} place;

/* The position of a place along the edge. */
static double along(const dsc_shadow *s, double x, double y) { return y * s->cosine - x * s->sine; }

/* The value at such a distance and position, or of the picture's nearest pixel. */
static uint8_t value_at(const uint8_t *values, size_t height, size_t width, const dsc_shadow *s, double off,
                        double at) {
    const double d = off + s->offset, x = d * s->cosine - at * s->sine + (double)width / 2,
                 y = d * s->sine + at * s->cosine + (double)height / 2;
    const size_t column = x > 0 ? (size_t)x : 0, row = y > 0 ? (size_t)y : 0;
    return values[(row < height ? row : height - 1) * width + (column < width ? column : width - 1)];
}

/* --- the edge --- */

/* Whether the ground has two levels, of light and of a hard shadow. */
static bool has_two_levels(unsigned *limit, const uint8_t *ground, size_t count) {
    size_t counts[256] = {0}, dark[256] = {0}, light[256] = {0}, shaded = 0, between = 0;
    double separate;
    for (size_t i = 0; i < count; i++) counts[ground[i]]++;
    *limit = dsc_split_greys(&separate, counts);
    for (unsigned v = 0; v < 256; v++) *(v <= *limit ? &dark[v] : &light[v]) = counts[v];
    for (unsigned v = 0; v <= *limit; v++) shaded += counts[v];
    const double least = SHARE_LEAST * (double)count, low = dsc_quantile(dark, 0.5),
                 high = dsc_quantile(light, 0.5);
    for (unsigned v = 0; v < 256; v++)
        if (3 * v > 2 * low + high && 3 * v < low + 2 * high) between += counts[v];
    return low <= DARKER * high && (double)shaded >= least && (double)(count - shaded) >= least &&
           (double)between <= BETWEEN_MOST * (double)count;
}

static void add(place *places, size_t *count, double x, double y) {
    if (places) places[*count] = (place){(float)x, (float)y};
    ++*count;
}

/* Writes the places between light and shadow, if `places` is not NULL. Returns their number. */
static size_t find_border(place *places, const uint8_t *ground, size_t height, size_t width, unsigned limit) {
    const double left = -(double)width / 2, top = -(double)height / 2;
    size_t count = 0;
    for (size_t y = 0; y < height; y++)
        for (size_t x = 0; x < width; x++) {
            const uint8_t *g = ground + y * width + x;
            const bool light = *g > limit;
            if (x + 1 < width && (g[1] > limit) != light)
                add(places, &count, left + (double)x + 1, top + (double)y + 0.5);
            if (y + 1 < height && (g[width] > limit) != light)
                add(places, &count, left + (double)x + 0.5, top + (double)y + 1);
        }
    return count;
}

/* Sets the line with most places near it. `votes` (ANGLES, 2 * reach): reach is more than any distance. */
static void elect(dsc_shadow *s, const place *places, size_t count, uint32_t *votes, size_t reach) {
    uint32_t most = 0;
    double cosine = 1, sine = 0;
    memset(votes, 0, ANGLES * 2 * reach * sizeof *votes);
    for (size_t a = 0; a < ANGLES; a++) {
        uint32_t *row = votes + a * 2 * reach;
        for (size_t i = 0; i < count; i++)
            row[(size_t)(places[i].x * cosine + places[i].y * sine + (double)reach)]++;
        for (size_t k = 1; k + 1 < 2 * reach; k++)
            if (row[k - 1] + row[k] + row[k + 1] > most) {
                most = row[k - 1] + row[k] + row[k + 1];
                s->cosine = cosine, s->sine = sine, s->offset = (double)k + 0.5 - (double)reach;
            }
        const double turned = cosine * STEP_COSINE - sine * STEP_SINE;
        sine = sine * STEP_COSINE + cosine * STEP_SINE;
        cosine = turned;
    }
}

/* Fits the line to the places near it: across it they vary least. */
static void fit(dsc_shadow *s, const place *places, size_t count) {
    double n = 0, x1 = 0, y1 = 0, xx = 0, xy = 0, yy = 0;
    for (size_t i = 0; i < count; i++) {
        const double x = places[i].x, y = places[i].y;
        if (fabs(dsc_shadow_beyond(s, x, y)) > NEAR) continue;
        n++, x1 += x, y1 += y, xx += x * x, xy += x * y, yy += y * y;
    }
    if (n < 2) return;
    xx -= x1 * x1 / n, xy -= x1 * y1 / n, yy -= y1 * y1 / n;
    /* The eigenvector of the smaller eigenvalue of ((xx, xy), (xy, yy)). */
    const double half = (xx - yy) / 2, least = (xx + yy) / 2 - sqrt(half * half + xy * xy);
    const double a = half > 0 ? xy : least - yy, b = half > 0 ? least - xx : xy, size = sqrt(a * a + b * b);
    if (size <= 0) return;
    s->cosine = a / size;
    s->sine = b / size;
    s->offset = (x1 * s->cosine + y1 * s->sine) / n;
}

/* Sets the part of the line within the picture. */
static void clip(dsc_shadow *s, size_t height, size_t width) {
    double from = -INFINITY, to = INFINITY;
    const double halves[2] = {(double)width / 2, (double)height / 2},
                 middles[2] = {s->offset * s->cosine, s->offset * s->sine}, steps[2] = {-s->sine, s->cosine};
    for (int k = 0; k < 2; k++) {
        if (fabs(steps[k]) < 1e-9) continue;
        const double a = (-halves[k] - middles[k]) / steps[k], b = (halves[k] - middles[k]) / steps[k];
        const double low = a < b ? a : b, high = a < b ? b : a;
        if (low > from) from = low;
        if (high < to) to = high;
    }
    s->from = from;
    s->length = to > from ? (size_t)(to - from) : 0;
}

/* Whether the picture itself shows the edge: light on one side, shadow on the other. A curve is off the line
 * at its ends. */
static bool is_visible(const dsc_shadow *s, const uint8_t *values, size_t height, size_t width) {
    size_t counts[2] = {0}, firsts[2] = {s->length, s->length}, lasts[2] = {0};
    for (size_t i = 0; i < s->length; i++) {
        const double at = s->from + (double)i + 0.5;
        const bool a = value_at(values, height, width, s, -NEAR - 1, at) > s->limit,
                   b = value_at(values, height, width, s, NEAR + 1, at) > s->limit;
        if (a == b) continue;
        if (!counts[a]++) firsts[a] = i;
        lasts[a] = i;
    }
    const int side = counts[1] > counts[0];
    const double ends = ENDS_MOST * (double)s->length;
    return (double)counts[side] >= VISIBLE_LEAST * (double)s->length && (double)firsts[side] <= ends &&
           (double)(s->length - 1 - lasts[side]) <= ends;
}

dsc_status dsc_shadow_find(dsc_shadow *shadow, const uint8_t *values, const uint8_t *ground, size_t height,
                           size_t width, dsc_error *error) {
    const size_t shorter = height < width ? height : width, reach = (height + width) / 2 + 2;
    *shadow = (dsc_shadow){0};
    if (shorter < SIDE_LEAST || !has_two_levels(&shadow->limit, ground, height * width)) return DSC_OK;
    const size_t count = find_border(NULL, ground, height, width, shadow->limit);
    if (count > BORDER_MOST * (height + width)) return DSC_OK;
    place *places = dsc_allocate(count + 1, sizeof *places);
    uint32_t *votes = dsc_allocate(ANGLES * 2 * reach, sizeof *votes);
    dsc_status status = DSC_OK;
    if (!places || !votes) {
        status = dsc_fail_memory(error, (count + 1) * sizeof *places, "the edge of a shadow");
    } else {
        find_border(places, ground, height, width, shadow->limit);
        elect(shadow, places, count, votes, reach);
        for (int round = 0; round < 3; round++) fit(shadow, places, count);
        clip(shadow, height, width);
        if (shadow->length < shorter / 2 || !is_visible(shadow, values, height, width)) shadow->length = 0;
    }
    free(votes);
    free(places);
    return status;
}

/* --- the ground behind ink on the edge --- */

/* Of a position along the edge: the nearest ones before and after it where the border of `ground` is on the
 * edge; itself, if it is one; SIZE_MAX: none. */
typedef struct gap {
    size_t before, after;
} gap;

static void find_gaps(gap *gaps, const dsc_shadow *s, const uint8_t *ground, size_t height, size_t width) {
    size_t good = 0, last = SIZE_MAX;
    for (size_t i = 0; i < s->length; i++) {
        const double at = s->from + (double)i + 0.5;
        const bool on = (value_at(ground, height, width, s, -NEAR, at) > s->limit) !=
                        (value_at(ground, height, width, s, NEAR, at) > s->limit);
        good = on ? good + 1 : 0;
        gaps[i] = (gap){SIZE_MAX, SIZE_MAX};
        if (good > 2 * BESIDE)
            gaps[i - BESIDE].before = i - BESIDE; /* so many on both sides are on it, too */
    }
    for (size_t i = 0; i < s->length; i++) {
        if (gaps[i].before == i) last = i;
        gaps[i].before = last;
    }
    last = SIZE_MAX;
    for (size_t i = s->length; i-- > 0;) {
        if (gaps[i].before == i) last = i;
        gaps[i].after = last;
    }
}

dsc_status dsc_shadow_straighten(uint8_t *ground, const dsc_shadow *s, size_t height, size_t width,
                                 dsc_error *error) {
    if (s->length == 0) return DSC_OK;
    const double reach = (double)(height < width ? height : width) / 4 + BESIDE; /* of light.h's octagon */
    gap *gaps = dsc_allocate(s->length, sizeof *gaps);
    if (!gaps) return dsc_fail_memory(error, s->length * sizeof *gaps, "the edge of a shadow");
    find_gaps(gaps, s, ground, height, width);
    for (size_t y = 0; y < height; y++)
        for (size_t x = 0; x < width; x++) {
            const double px = (double)x + 0.5 - (double)width / 2, py = (double)y + 0.5 - (double)height / 2,
                         off = dsc_shadow_beyond(s, px, py), at = along(s, px, py) - s->from;
            if (fabs(off) > reach) continue;
            const size_t i = at < 0 ? 0 : at < (double)s->length ? (size_t)at : s->length - 1;
            gap g = gaps[i];
            if (g.before == SIZE_MAX) g.before = g.after;
            if (g.after == SIZE_MAX) g.after = g.before;
            if (g.before == i || g.before == SIZE_MAX) continue;
            const double from = s->from + (double)g.before + 0.5, to = s->from + (double)g.after + 0.5,
                         share = to > from ? (at + s->from - from) / (to - from) : 0;
            ground[y * width + x] = (uint8_t)((1 - share) * value_at(ground, height, width, s, off, from) +
                                              share * value_at(ground, height, width, s, off, to) + 0.5);
        }
    free(gaps);
    return DSC_OK;
}
