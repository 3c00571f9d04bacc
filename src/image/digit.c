/* SPDX-License-Identifier: MIT */
/* digit.c: prepares pieces of ink like MNIST: strokes of usual width, fitted into 20 x 20 by area averaging,
 * centred by mass in 28 x 28; see prepare.h. */
#include "image/prepare.h"

#include "base/error.h"
#include "base/memory.h"
#include "image/spread.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { ENLARGE = 4 };
#define SMALL 0.7 /* a digit reduced by less than this has no pixels to spare */
#define THIN  1.8 /* pixels of the prepared digit: thinner strokes are thickened */
#define HAIR  1.1 /* likewise, for digits without pixels to spare */

/* A grey image with its own memory. */
typedef struct plane {
    size_t width, height;
    uint8_t *values;
} plane;

static dsc_status plane_make(plane *p, size_t width, size_t height, dsc_error *error) {
    *p = (plane){width, height, dsc_allocate(width * height, 1)};
    return p->values ? DSC_OK : dsc_fail_memory(error, width * height, "a digit");
}

dsc_box dsc_part_box(const dsc_part *part) {
    dsc_box box = {SIZE_MAX, SIZE_MAX, 0, 0};
    for (size_t i = 0; i < part->count; i++) {
        const dsc_ink_run *run = &part->runs[i];
        if (run->first < box.left) box.left = run->first;
        if (run->last > box.right) box.right = run->last;
        if (run->row < box.top) box.top = run->row;
        if (run->row + 1u > box.bottom) box.bottom = run->row + 1u;
    }
    return box;
}

/* Copies only the ink of the digit. */
static dsc_status cut_out(plane *p, const dsc_box *box, const dsc_ink *ink, const dsc_ink_run *runs,
                          size_t count, dsc_error *error) {
    dsc_status status = plane_make(p, box->right - box->left, box->bottom - box->top, error);
    for (size_t i = 0; i < count && !status; i++)
        memcpy(p->values + (runs[i].row - box->top) * p->width + (runs[i].first - box->left),
               ink->values + runs[i].row * ink->width + runs[i].first, runs[i].last - runs[i].first);
    return status;
}

/* --- Resampling --- */

/* Resamples along a line: each output value averages `from / to` input values, with fractions at its ends. If
 * the output has more values, it interpolates linearly. */
static double sample_line(const float *in, size_t step, size_t from, double begin, double end) {
    if (end - begin < 1) {
        const double at = (begin + end) / 2 - 0.5, clamped = at < 0                    ? 0
                                                             : at > (double)(from - 1) ? (double)(from - 1)
                                                                                       : at;
        const size_t i = (size_t)clamped, next = i + 1 < from ? i + 1 : i;
        const double share = clamped - (double)i;
        return in[i * step] * (1 - share) + in[next * step] * share;
    }
    double sum = 0;
    for (size_t i = (size_t)begin; i < from && (double)i < end; i++) {
        const double low = (double)i > begin ? (double)i : begin,
                     high = (double)(i + 1) < end ? (double)(i + 1) : end;
        sum += in[i * step] * (high - low);
    }
    return sum / (end - begin);
}

/* Resamples to out (height, width), row-major. `rows` has room for width * p->height values. */
static void fit(float *out, size_t width, size_t height, const plane *p, float *rows, float *line) {
    for (size_t y = 0; y < p->height; y++) {
        for (size_t x = 0; x < p->width; x++) line[x] = p->values[y * p->width + x];
        for (size_t x = 0; x < width; x++)
            rows[y * width + x] =
                (float)sample_line(line, 1, p->width, (double)(x * p->width) / (double)width,
                                   (double)((x + 1) * p->width) / (double)width);
    }
    for (size_t y = 0; y < height; y++)
        for (size_t x = 0; x < width; x++)
            out[y * width + x] =
                (float)sample_line(rows + x, width, p->height, (double)(y * p->height) / (double)height,
                                   (double)((y + 1) * p->height) / (double)height);
}

/* --- The width of strokes --- */

/* Twice the area by the length of the outline: the width of a long stroke. */
static double stroke_width(const plane *p) {
    size_t area = 0, outline = 0;
    for (size_t y = 0; y < p->height; y++)
        for (size_t x = 0; x < p->width; x++) {
            const uint8_t *at = p->values + y * p->width + x;
            if (*at < 128) continue;
            area++;
            outline += (x == 0 || at[-1] < 128) + (x + 1 == p->width || at[1] < 128) +
                       (y == 0 || *(at - p->width) < 128) + (y + 1 == p->height || at[p->width] < 128);
        }
    return outline ? 2 * (double)area / (double)outline : 0;
}

/* Makes strokes thicker or thinner by r on all sides. Thickening needs a margin; thinning leaves one. */
static dsc_status change_strokes(plane *p, size_t r, bool thicker, dsc_error *error) {
    const size_t room = thicker ? r : 1; /* a margin from which thinning starts */
    plane wide, spread;
    dsc_status status = plane_make(&wide, p->width + 2 * room, p->height + 2 * room, error);
    if (status) return status;
    /* followed by room for two lines in each direction */
    status = plane_make(&spread, wide.width * wide.height + 2 * (wide.width + wide.height), 1, error);
    if (status) {
        free(wide.values);
        return status;
    }
    for (size_t y = 0; y < p->height; y++)
        memcpy(wide.values + (y + room) * wide.width + room, p->values + y * p->width, p->width);
    dsc_spread(wide.values, wide.height, wide.width, r, thicker, spread.values);
    free(spread.values);
    free(p->values);
    *p = wide;
    return DSC_OK;
}

/* Removes empty rows and columns at the sides. */
static void trim(plane *p) {
    size_t left = p->width, right = 0, top = p->height, bottom = 0;
    for (size_t y = 0; y < p->height; y++)
        for (size_t x = 0; x < p->width; x++) {
            if (p->values[y * p->width + x] == 0) continue;
            if (x < left) left = x;
            if (x + 1 > right) right = x + 1;
            if (y < top) top = y;
            bottom = y + 1;
        }
    if (right <= left) return; /* nothing is left: no change */
    for (size_t y = top; y < bottom; y++)
        memmove(p->values + (y - top) * (right - left), p->values + y * p->width + left, right - left);
    p->width = right - left;
    p->height = bottom - top;
}

/* Enlarges ENLARGE times in each direction. */
static dsc_status enlarge(plane *p, dsc_error *error) {
    plane large;
    const size_t width = p->width * ENLARGE, height = p->height * ENLARGE;
    dsc_status status = plane_make(&large, width, height, error);
    if (status) return status;
    float *space = dsc_allocate(width * (height + p->height) + p->width, sizeof *space);
    if (!space) {
        free(large.values);
        return dsc_fail_memory(error, width * (height + p->height) * sizeof *space, "a digit");
    }
    float *rows = space + width * height;
    fit(space, width, height, p, rows, rows + width * p->height);
    for (size_t i = 0; i < width * height; i++) large.values[i] = (uint8_t)(space[i] + 0.5f);
    free(space);
    free(p->values);
    *p = large;
    return DSC_OK;
}

static double scale_of(const plane *p) {
    return DSC_DIGIT_BOX / (double)(p->width > p->height ? p->width : p->height);
}

/* MNIST's strokes are two to four pixels wide. Brings very different widths close to that. A digit too small
 * for changes by whole pixels is enlarged first. */
static dsc_status usual_strokes(plane *p, dsc_error *error) {
    double scale = scale_of(p), width = stroke_width(p), shown = width * scale;
    if (width == 0 || (scale > SMALL && shown >= HAIR)) return DSC_OK;
    if (scale > SMALL) {
        dsc_status status = enlarge(p, error);
        if (status) return status;
        scale = scale_of(p), width = stroke_width(p), shown = width * scale;
    }
    const double wanted = shown < THIN ? 2.2 : shown > 4.5 ? 4 : shown;
    const double change = (wanted - shown) / scale / 2;
    const size_t r = (size_t)((change < 0 ? -change : change) + 0.5);
    if (r == 0) return DSC_OK;
    dsc_status status = change_strokes(p, r, change > 0, error);
    if (!status) trim(p);
    return status;
}

/* --- Fitting and centring --- */

/* The place of `size` pixels in 28 that moves their centre of mass to the middle, pixel 14, as in MNIST. */
static size_t begin_of(double centre, size_t size) {
    const double begin = DSC_DIGIT_SIDE / 2.0 - centre;
    const double most = (double)(DSC_DIGIT_SIDE - size);
    return (size_t)((begin < 0 ? 0 : begin > most ? most : begin) + 0.5);
}

static void place(uint8_t digit[DSC_DIGIT_SIDE * DSC_DIGIT_SIDE], const float *values, size_t width,
                  size_t height) {
    double mass = 0, across = 0, down = 0, most = 0;
    for (size_t y = 0; y < height; y++)
        for (size_t x = 0; x < width; x++) {
            const double v = values[y * width + x];
            mass += v, across += v * (double)x, down += v * (double)y;
            if (v > most) most = v;
        }
    memset(digit, 0, DSC_DIGIT_SIDE * DSC_DIGIT_SIDE);
    if (mass <= 0) return;
    const size_t left = begin_of(across / mass, width), top = begin_of(down / mass, height);
    /* Strokes that became pale by thinning are made as dark as others. */
    const double factor = most >= 250 ? 1 : 255 / most;
    for (size_t y = 0; y < height; y++)
        for (size_t x = 0; x < width; x++)
            digit[(top + y) * DSC_DIGIT_SIDE + left + x] = (uint8_t)(values[y * width + x] * factor + 0.5);
}

static dsc_status fit_and_place(uint8_t digit[DSC_DIGIT_SIDE * DSC_DIGIT_SIDE], const plane *p,
                                dsc_error *error) {
    const size_t longer = p->width > p->height ? p->width : p->height;
    assert(longer > 0); /* a digit has at least one run */
    size_t width = (p->width * DSC_DIGIT_BOX + longer / 2) / longer,
           height = (p->height * DSC_DIGIT_BOX + longer / 2) / longer;
    if (width == 0) width = 1;
    if (height == 0) height = 1;
    float fitted[DSC_DIGIT_BOX * DSC_DIGIT_BOX];
    float *space = dsc_allocate(width * p->height + p->width, sizeof *space);
    if (!space) return dsc_fail_memory(error, (width * p->height + p->width) * sizeof *space, "a digit");
    fit(fitted, width, height, p, space, space + width * p->height);
    place(digit, fitted, width, height);
    free(space);
    return DSC_OK;
}

dsc_status dsc_digit_make(uint8_t digit[DSC_DIGIT_SIDE * DSC_DIGIT_SIDE], dsc_box *box, const dsc_ink *ink,
                          const dsc_part *part, dsc_error *error) {
    plane p;
    *box = dsc_part_box(part);
    dsc_status status = cut_out(&p, box, ink, part->runs, part->count, error);
    if (status) return status;
    status = usual_strokes(&p, error);
    if (!status) status = fit_and_place(digit, &p, error);
    free(p.values);
    return status;
}
