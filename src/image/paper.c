/* SPDX-License-Identifier: MIT */
/* paper.c: see paper.h. The search uses a reduced picture, because sheets are large. */
#include "image/paper.h"

#include "base/error.h"
#include "base/memory.h"
#include "image/greys.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    SIDE_MOST = 160,              /* pixels of the reduced picture */
    SIDE_LEAST = 80,              /* pixels: smaller pictures are not searched */
    AREA_LEAST = 8,               /* percent of the picture: least area of a sheet */
    AREA_MOST = 92,               /* ... largest, with its content: a larger one has a frame around it */
    HULL_MOST = 4 * SIDE_MOST + 4 /* points: two per row and side */
};

enum { OTHER, SHEET, OUTSIDE, UNSEEN, SEEN }; /* classes of pixels of the reduced picture */

typedef struct point {
    double x, y;
} point;

typedef struct paper {
    size_t width, height, step; /* of the reduced picture, whose pixels are step x step pixels */
    uint8_t *greys, *kinds;
    uint32_t *stack;
    point hull[HULL_MOST]; /* of the sheet, in order, in reduced pixels */
    size_t corners;
} paper;

static void reduce(paper *p, const uint8_t *greys, size_t height, size_t width) {
    for (size_t y = 0; y < p->height; y++)
        for (size_t x = 0; x < p->width; x++) {
            size_t sum = 0, count = 0;
            for (size_t j = y * p->step; j < (y + 1) * p->step && j < height; j++)
                for (size_t i = x * p->step; i < (x + 1) * p->step && i < width; i++)
                    sum += greys[j * width + i], count++;
            p->greys[y * p->width + x] = (uint8_t)(count ? sum / count : 0);
        }
}

/* --- connected pixels --- */

/* Replaces the connected pixels of kind `from` around `at` by `to`. Returns their number. */
static size_t flood(paper *p, size_t at, uint8_t from, uint8_t to, size_t box[4]) {
    size_t count = 0, left = 1;
    p->stack[0] = (uint32_t)at;
    p->kinds[at] = to;
    while (left) {
        const size_t i = p->stack[--left], x = i % p->width, y = i / p->width;
        count++;
        if (box) {
            if (x < box[0]) box[0] = x;
            if (y < box[1]) box[1] = y;
            if (x > box[2]) box[2] = x;
            if (y > box[3]) box[3] = y;
        }
        const size_t next[4] = {x ? i - 1 : i, x + 1 < p->width ? i + 1 : i, y ? i - p->width : i,
                                y + 1 < p->height ? i + p->width : i};
        for (int k = 0; k < 4; k++)
            if (p->kinds[next[k]] == from) p->kinds[next[k]] = to, p->stack[left++] = (uint32_t)next[k];
    }
    return count;
}

static bool on_border(const paper *p, size_t i) {
    const size_t x = i % p->width, y = i / p->width;
    return x == 0 || y == 0 || x + 1 == p->width || y + 1 == p->height;
}

/* Finds the class of most pixels along the picture's edge; false: neither class is most of it. */
static bool edge_class(bool *dark, const paper *p, unsigned threshold) {
    size_t count = 0, all = 0;
    for (size_t i = 0; i < p->width * p->height; i++)
        if (on_border(p, i)) count += p->greys[i] <= threshold, all++;
    *dark = count * 2 > all;
    return *dark ? count * 10 >= all * 6 : count * 10 <= all * 4;
}

/* Marks the largest piece of the class that is not the edge's as SHEET, the others as OTHER. Returns its
 * pixels. */
static size_t find_sheet(paper *p, unsigned threshold, bool edge_is_dark) {
    const size_t all = p->width * p->height;
    size_t best = 0, from = 0;
    for (size_t i = 0; i < all; i++)
        p->kinds[i] = (p->greys[i] <= threshold) != edge_is_dark ? UNSEEN : OTHER;
    for (size_t i = 0; i < all; i++) {
        if (p->kinds[i] != UNSEEN) continue;
        const size_t size = flood(p, i, UNSEEN, SEEN, NULL);
        if (size > best) best = size, from = i;
    }
    if (best) (void)flood(p, from, SEEN, SHEET, NULL);
    for (size_t i = 0; i < all; i++)
        if (p->kinds[i] != SHEET) p->kinds[i] = OTHER;
    return best;
}

/* Finds what the sheet encloses. *written: there is something, and nothing nearly as large as the sheet,
 * which would be a letter or a frame. Marks what is not enclosed as OUTSIDE. Returns the pixels within the
 * sheet's outline. */
static size_t inside_of(paper *p, size_t sheet, bool *written) {
    const size_t all = p->width * p->height;
    size_t outline = sheet, box[4] = {SIZE_MAX, SIZE_MAX, 0, 0};
    *written = false;
    for (size_t i = 0; i < all; i++)
        if (p->kinds[i] == OTHER && on_border(p, i)) (void)flood(p, i, OTHER, OUTSIDE, NULL);
    for (size_t i = 0; i < all; i++) {
        if (p->kinds[i] != SHEET) continue;
        if (i % p->width < box[0]) box[0] = i % p->width;
        if (i / p->width < box[1]) box[1] = i / p->width;
        if (i % p->width > box[2]) box[2] = i % p->width;
        if (i / p->width > box[3]) box[3] = i / p->width;
    }
    for (size_t i = 0; i < all; i++) {
        if (p->kinds[i] != OTHER) continue;
        size_t hole[4] = {SIZE_MAX, SIZE_MAX, 0, 0};
        const size_t size = flood(p, i, OTHER, SEEN, hole);
        outline += size;
        *written = *written || size >= 4;
        if ((hole[3] - hole[1] + 1) * 20 > (box[3] - box[1] + 1) * 11 &&
            (hole[2] - hole[0] + 1) * 10 > (box[2] - box[0] + 1) * 3)
            return 0;
    }
    *written = *written && (outline - sheet) * 2 < outline;
    return outline;
}

/* --- the sheet's shape --- */

static double cross(const point *a, const point *b, const point *c) {
    return (b->x - a->x) * (c->y - a->y) - (b->y - a->y) * (c->x - a->x);
}

/* The convex hull of the first and last pixels of the outline's rows (Andrew, "Another efficient algorithm
 * for convex hulls in two dimensions", 1979, by rows). */
static void find_hull(paper *p) {
    size_t count = 0;
    for (int side = 0; side < 2; side++) { /* down along the right, up along the left */
        const size_t begin = count;
        for (size_t k = 0; k < p->height; k++) {
            const size_t y = side ? p->height - 1 - k : k;
            size_t first = p->width, last = 0;
            for (size_t x = 0; x < p->width; x++)
                if (p->kinds[y * p->width + x] != OUTSIDE) {
                    if (first == p->width) first = x;
                    last = x + 1;
                }
            if (first == p->width) continue;
            for (int edge = 0; edge < 2; edge++) {
                const point q = {(double)(side ? first : last), (double)(y + (size_t)(side ? !edge : edge))};
                while (count >= begin + 2 && cross(&p->hull[count - 2], &p->hull[count - 1], &q) <= 0)
                    count--;
                if (count < HULL_MOST) p->hull[count++] = q;
            }
        }
    }
    p->corners = count;
}

static double hull_area(const paper *p) {
    double sum = 0;
    for (size_t i = 0; i < p->corners; i++) {
        const point *a = &p->hull[i], *b = &p->hull[(i + 1) % p->corners];
        sum += a->x * b->y - a->y * b->x;
    }
    return fabs(sum) / 2;
}

/* The largest area of four corners of the hull: for each two opposite ones, the farthest corners on both
 * sides. */
static double largest_quadrilateral(const paper *p) {
    double best = 0;
    for (size_t i = 0; i < p->corners; i++)
        for (size_t k = i + 1; k < p->corners; k++) {
            double left = 0, right = 0;
            for (size_t m = 0; m < p->corners; m++) {
                const double area = cross(&p->hull[i], &p->hull[k], &p->hull[m]) / 2;
                if (area > left) left = area;
                if (-area > right) right = -area;
            }
            if (left + right > best) best = left + right;
        }
    return best;
}

/* Whether the outline follows two opposite edges of the picture: then it is not a sheet, but a shaded or lit
 * half of the picture. */
static bool reaches_across(const paper *p) {
    const double width = (double)p->width, height = (double)p->height;
    double along[4] = {0};
    for (size_t i = 0; i < p->corners; i++) {
        const point *a = &p->hull[i], *b = &p->hull[(i + 1) % p->corners];
        const double length = fabs(b->x - a->x) + fabs(b->y - a->y); /* exact for segments along an edge */
        if (a->x <= 1 && b->x <= 1) along[0] += length;
        if (a->y <= 1 && b->y <= 1) along[1] += length;
        if (a->x >= width - 1 && b->x >= width - 1) along[2] += length;
        if (a->y >= height - 1 && b->y >= height - 1) along[3] += length;
    }
    const double wide = 0.03 * width, high = 0.03 * height;
    return (along[0] > high && along[2] > high) || (along[1] > wide && along[3] > wide);
}

static bool is_sheet(const paper *p, size_t outline) {
    const double area = hull_area(p);
    if (area <= 0 || (double)outline < 0.88 * area || reaches_across(p)) return false;
    return largest_quadrilateral(p) >= 0.86 * area;
}

/* --- the outside --- */

/* The extent of the hull in a row of the reduced picture; false: none. */
static bool span_of(double *first, double *last, const paper *p, double y) {
    *first = INFINITY;
    *last = -INFINITY;
    for (size_t i = 0; i < p->corners; i++) {
        const point *a = &p->hull[i], *b = &p->hull[(i + 1) % p->corners];
        if ((a->y > y) == (b->y > y)) continue;
        const double x = a->x + (b->x - a->x) * (y - a->y) / (b->y - a->y);
        if (x < *first) *first = x;
        if (x > *last) *last = x;
    }
    return *last > *first;
}

static uint8_t middle_of(const uint8_t *values, size_t count) {
    size_t counts[256] = {0};
    for (size_t i = 0; i < count; i++) counts[values[i]]++;
    return (uint8_t)dsc_quantile(counts, 0.5);
}

/* Replaces a row's greys outside [first, last) by the median of those just inside. */
static void fill_row(uint8_t *row, size_t width, size_t first, size_t last) {
    const size_t some = last - first < 12 ? last - first : 12;
    memset(row, middle_of(row + first, some), first);
    memset(row + last, middle_of(row + last - some, some), width - last);
}

static void clear_outside(uint8_t *greys, size_t height, size_t width, const paper *p) {
    const double step = (double)p->step, margin = 1.5 * step; /* the sheet's edge and shadow */
    size_t first_row = height, last_row = 0;
    for (size_t y = 0; y < height; y++) {
        double above[2], below[2];
        const bool in = span_of(&above[0], &above[1], p, ((double)y + 0.5 - margin) / step) &&
                        span_of(&below[0], &below[1], p, ((double)y + 0.5 + margin) / step);
        if (!in) continue;
        const double left = fmax(above[0], below[0]) * step + margin,
                     right = fmin(above[1], below[1]) * step - margin;
        if (right - left < 3) continue;
        const bool to_left = left <= 1.5 * margin, to_right = right >= (double)width - 1.5 * margin;
        fill_row(greys + y * width, width, to_left ? 0 : (size_t)left, to_right ? width : (size_t)right);
        if (first_row == height) first_row = y;
        last_row = y;
    }
    if (first_row == height) return;
    /* Rows above and below copy the first and the last row. */
    for (size_t y = 0; y < first_row; y++) memcpy(greys + y * width, greys + first_row * width, width);
    for (size_t y = last_row + 1; y < height; y++) memcpy(greys + y * width, greys + last_row * width, width);
}

static bool look(paper *p, const uint8_t *greys, size_t height, size_t width) {
    size_t counts[256] = {0};
    double separate;
    bool edge_is_dark, written;
    reduce(p, greys, height, width);
    for (size_t i = 0; i < p->width * p->height; i++) counts[p->greys[i]]++;
    const unsigned threshold = dsc_split_greys(&separate, counts);
    if (separate < 0.5 || !edge_class(&edge_is_dark, p, threshold)) return false;
    const size_t sheet = find_sheet(p, threshold, edge_is_dark);
    if (sheet * 100 < AREA_LEAST * p->width * p->height) return false;
    const size_t outline = inside_of(p, sheet, &written);
    if (!outline || !written || outline * 100 > AREA_MOST * p->width * p->height) return false;
    find_hull(p);
    return is_sheet(p, outline);
}

dsc_status dsc_paper_find(bool *found, uint8_t *greys, size_t height, size_t width, dsc_error *error) {
    const size_t longer = width > height ? width : height, shorter = width > height ? height : width;
    *found = false;
    if (shorter < SIDE_LEAST) return DSC_OK;
    paper *p = dsc_allocate(1, sizeof *p);
    if (!p) return dsc_fail_memory(error, sizeof *p, "a sheet of paper");
    p->step = (longer + SIDE_MOST - 1) / SIDE_MOST;
    p->width = (width + p->step - 1) / p->step;
    p->height = (height + p->step - 1) / p->step;
    const size_t count = p->width * p->height;
    uint8_t *room = dsc_allocate(count, 2 + sizeof *p->stack);
    dsc_status status = room ? DSC_OK : dsc_fail_memory(error, count * 6, "a sheet of paper");
    if (!status) {
        p->stack = (uint32_t *)(void *)room; /* first, because memory is aligned there */
        p->greys = room + count * sizeof *p->stack;
        p->kinds = p->greys + count;
        *found = look(p, greys, height, width);
        if (*found) clear_outside(greys, height, width, p);
    }
    free(room);
    free(p);
    return status;
}
