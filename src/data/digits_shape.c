/* SPDX-License-Identifier: MIT */
/* digits_shape.c: the shape of one digit.
 *
 * The drawings of a style are mixed, the knots moved a little, and a Catmull-Rom spline drawn through them
 * (Catmull and Rom 1974: the tangent at a knot is half the vector from the previous knot to the next). The
 * plane is then bent by a random polynomial of degree three,
 *     x' = x + sum a_ij x^i y^j,   y' = y + sum b_ij x^i y^j,   2 <= i + j <= 3,
 * and stretched by an elastic distortion at a smaller scale. Then the shape is slanted and rotated, the pen's
 * radius is chosen for each point, and the shape is scaled so that the inked digit fits MNIST's box. */
#include "data/digits_parts.h"

#include <assert.h>
#include <math.h>
#include <string.h>

const dsc_digit_variation dsc_digit_variation_default = {
    .extrapolate = 0.18f,
    .jitter = 0.035f,
    .slant = 0.25f,
    .rotation = 0.07f,
    .width = 0.22f,
    .bend = 0.10f,
    .twist = 0.05f,
    .elastic = 0.09f,
    .pen_mean = 1.25f,
    .pen = 0.45f,
    .pressure = 0.15f,
    .edge = 1.3f,
    .edge_spread = 0.3f,
};

/* e^z for small z as (1 + z/16)^16, with a relative error of about z^2/32: the same on every machine, unlike
 * the library's exp. */
static float spread(float z) {
    float e = 1 + z * (1.0f / 16);
    e *= e, e *= e, e *= e;
    return e * e;
}

const dsc_digit_style *dsc_style_pick(const dsc_digit_style *styles, size_t count, int digit,
                                      dsc_digit_random *random) {
    int total = 0;
    for (size_t i = 0; i < count; i++)
        if (digit < 0 || styles[i].digit == digit) total += styles[i].weight;
    int left = (int)(dsc_digit_uniform(random) * (float)total);
    const dsc_digit_style *style = NULL;
    for (size_t i = 0; i < count && left >= 0; i++) {
        if (digit >= 0 && styles[i].digit != digit) continue;
        style = &styles[i];
        left -= style->weight;
    }
    assert(style); /* every digit has a style */
    return style;
}

/* Mixes the style's drawings at random; coordinates in half heights around the centre. */
static void mix_drawings(dsc_knots *k, const dsc_digit_style *style, const dsc_digit_variation *v,
                         dsc_digit_random *random) {
    float part[DSC_STYLE_DRAWINGS], sum = 0;
    size_t drawings = 0;
    static const signed char none[2 * DSC_STYLE_KNOTS];
    while (drawings < DSC_STYLE_DRAWINGS && memcmp(style->drawings[drawings], none, sizeof none) != 0)
        drawings++;
    for (size_t d = 0; d < drawings; d++) {
        float u = dsc_digit_uniform(random) + 0.01f;
        part[d] = u * u * u;
        sum += part[d];
    }
    for (size_t d = 0; d < drawings; d++)
        part[d] = part[d] / sum * (1 + v->extrapolate) - v->extrapolate / (float)drawings;
    k->pen = style->pen;
    k->count = strlen(style->pen);
    for (size_t i = 0; i < k->count; i++) {
        float x = 0, y = 0;
        for (size_t d = 0; d < drawings; d++) {
            x += part[d] * (float)style->drawings[d][2 * i];
            y += part[d] * (float)style->drawings[d][2 * i + 1];
        }
        k->x[i] = x * 0.02f - 1 + 2 * v->jitter * dsc_digit_normal(random);
        k->y[i] = y * 0.02f - 1 + 2 * v->jitter * dsc_digit_normal(random);
    }
}

void dsc_shape_add(dsc_digit_shape *shape, float x, float y, bool down) {
    if (shape->count == DSC_SHAPE_POINTS) return;
    size_t n = shape->count++;
    shape->x[n] = x;
    shape->y[n] = y;
    shape->down[n] = down;
}

/* The tangent at knot i, for the span that ends (side -1) or begins (side +1) there. */
static void tangent(float *tx, float *ty, const dsc_knots *k, size_t i, int side) {
    bool first = k->pen[i] == 'p', last = i + 1 == k->count || k->pen[i + 1] == 'p';
    if (!first && !last && k->pen[i] == 's') {
        *tx = 0.5f * (k->x[i + 1] - k->x[i - 1]);
        *ty = 0.5f * (k->y[i + 1] - k->y[i - 1]);
        return;
    }
    assert(side < 0 ? i > 0 : i + 1 < k->count);
    size_t a = side < 0 ? i - 1 : i, b = side < 0 ? i : i + 1;
    *tx = k->x[b] - k->x[a];
    *ty = k->y[b] - k->y[a];
}

_Static_assert((int)DSC_STYLE_KNOTS <= (int)DSC_KNOTS, "the knots of any style have room");
_Static_assert(DSC_KNOTS *DSC_SPAN_STEPS <= DSC_SHAPE_POINTS, "a shape holds the points of any knots");

/* Adds the Hermite cubics between the knots, in short straight pieces. */
void dsc_shape_spline(dsc_digit_shape *shape, const dsc_knots *k) {
    for (size_t i = 0; i < k->count; i++) {
        if (k->pen[i] == 'p') {
            dsc_shape_add(shape, k->x[i], k->y[i], false);
            continue;
        }
        assert(i > 0); /* every drawing begins with 'p' */
        float ax, ay, bx, by;
        tangent(&ax, &ay, k, i - 1, 1);
        tangent(&bx, &by, k, i, -1);
        float dx = k->x[i] - k->x[i - 1], dy = k->y[i] - k->y[i - 1];
        for (int s = 1; s <= DSC_SPAN_STEPS; s++) {
            float t = (float)s * (1.0f / DSC_SPAN_STEPS);
            float h = t * t * (3 - 2 * t), ha = t * (1 - t) * (1 - t), hb = t * t * (t - 1);
            dsc_shape_add(shape, k->x[i - 1] + h * dx + ha * ax + hb * bx,
                          k->y[i - 1] + h * dy + ha * ay + hb * by, true);
        }
    }
}

static void bend_plane(dsc_digit_shape *shape, const dsc_digit_variation *v, dsc_digit_random *random) {
    float a[14];
    for (int i = 0; i < 14; i++) a[i] = (i % 7 < 3 ? v->bend : v->twist) * dsc_digit_normal(random);
    for (size_t i = 0; i < shape->count; i++) {
        float x = shape->x[i], y = shape->y[i], xx = x * x, xy = x * y, yy = y * y;
        shape->x[i] +=
            a[0] * xx + a[1] * xy + a[2] * yy + a[3] * xx * x + a[4] * xx * y + a[5] * x * yy + a[6] * yy * y;
        shape->y[i] += a[7] * xx + a[8] * xy + a[9] * yy + a[10] * xx * x + a[11] * xx * y + a[12] * x * yy +
                       a[13] * yy * y;
    }
}

enum { GRID = 6 };

/* The weights of the uniform cubic B-spline at t in [0, 1) of a cell. */
static void spline_weights(float w[4], float t) {
    float s = 1 - t;
    w[0] = s * s * s * (1.0f / 6);
    w[1] = (3 * t * t * (t - 2) + 4) * (1.0f / 6);
    w[2] = (3 * s * s * (s - 2) + 4) * (1.0f / 6);
    w[3] = t * t * t * (1.0f / 6);
}

/* The grid cell of a coordinate, and the position within the cell. */
static int grid_cell(float *t, float at) {
    float u = (at + 1.2f) * ((GRID - 3) / 2.4f);
    u = u < 0 ? 0 : u > GRID - 3.001f ? GRID - 3.001f : u;
    int cell = (int)u;
    *t = u - (float)cell;
    return cell;
}

/* Moves the plane by a cubic B-spline through random vectors on a grid, so neighbours move together. Replaces
 * the Gaussian filter of Simard, Steinkraus and Platt's elastic distortions (2003). */
static void stretch_plane(dsc_digit_shape *shape, const dsc_digit_variation *v, dsc_digit_random *random) {
    float fx[GRID][GRID], fy[GRID][GRID], strength = 4 * v->elastic; /* 2 for the unit, 2 for averaging */
    for (int i = 0; i < GRID; i++)
        for (int j = 0; j < GRID; j++) {
            fx[i][j] = strength * dsc_digit_normal(random);
            fy[i][j] = strength * dsc_digit_normal(random);
        }
    for (size_t p = 0; p < shape->count; p++) {
        float wx[4], wy[4], t, dx = 0, dy = 0;
        int cx = grid_cell(&t, shape->x[p]);
        spline_weights(wx, t);
        int cy = grid_cell(&t, shape->y[p]);
        spline_weights(wy, t);
        for (int i = 0; i < 4; i++)
            for (int j = 0; j < 4; j++) {
                float w = wy[i] * wx[j];
                dx += w * fx[cy + i][cx + j];
                dy += w * fy[cy + i][cx + j];
            }
        shape->x[p] += dx;
        shape->y[p] += dy;
    }
}

static void slant_and_turn(dsc_digit_shape *shape, const dsc_digit_form *form, const dsc_digit_variation *v,
                           dsc_digit_random *random) {
    float width = form->width * spread(v->width * dsc_digit_normal(random));
    float slant = form->slant + v->slant * dsc_digit_normal(random);
    float turn = v->rotation * dsc_digit_normal(random);
    float cosine = 1 / sqrtf(1 + turn * turn), sine = turn * cosine;
    for (size_t i = 0; i < shape->count; i++) {
        float x = shape->x[i] * width - shape->y[i] * slant, y = shape->y[i];
        shape->x[i] = cosine * x - sine * y;
        shape->y[i] = sine * x + cosine * y;
    }
}

#define PEN_LEAST 0.45f /* pixels: a hairline */
#define PEN_MOST  2.5f  /* a felt pen: loops just stay open */

/* Sets the pen's radius: one mean per digit, and a smooth change along each stroke. */
void dsc_shape_press(dsc_digit_shape *shape, float weight, const dsc_digit_variation *v,
                     dsc_digit_random *random) {
    float radius = v->pen_mean * weight * spread(v->pen * dsc_digit_normal(random));
    for (size_t i = 0; i < shape->count;) {
        size_t end = i + 1;
        while (end < shape->count && shape->down[end]) end++;
        float slope = v->pressure * dsc_digit_normal(random), arch = v->pressure * dsc_digit_normal(random);
        for (size_t first = i; i < end; i++) {
            float t = end - first > 1 ? 2 * (float)(i - first) / (float)(end - first - 1) - 1 : 0;
            float r = radius * (1 + slope * t + arch * (t * t - 0.5f));
            shape->radius[i] = r < PEN_LEAST ? PEN_LEAST : r > PEN_MOST ? PEN_MOST : r;
        }
    }
    float edge = v->edge + v->edge_spread * dsc_digit_normal(random);
    shape->edge = edge > 0.7f ? edge : 0.7f;
}

typedef struct range {
    float low, high;
} range;

/* The extent of the ink along one axis at this scale. */
static range inked(const float *at, const dsc_digit_shape *shape, float scale) {
    range r = {1e9f, -1e9f};
    for (size_t i = 0; i < shape->count; i++) {
        float low = at[i] * scale - shape->radius[i], high = at[i] * scale + shape->radius[i];
        r.low = low < r.low ? low : r.low;
        r.high = high > r.high ? high : r.high;
    }
    return r;
}

/* Slightly more than the box: the box cuts the furthest ink by a third of a pixel, so the rest comes as close
 * to the edge as in real handwriting, which is smoother than this distortion. */
#define FIT (DSC_DIGIT_BOX + 0.7f)

/* The pen's width does not scale, so the scale is found in three iterations. */
void dsc_shape_fit(dsc_digit_shape *shape) {
    float scale = 8;
    range x, y;
    for (int round = 0; round < 4; round++) {
        x = inked(shape->x, shape, scale);
        y = inked(shape->y, shape, scale);
        float width = x.high - x.low, height = y.high - y.low;
        if (round < 3) scale *= FIT / (width > height ? width : height);
    }
    float dx = 0.5f * (DSC_DIGIT_BOX - x.low - x.high), dy = 0.5f * (DSC_DIGIT_BOX - y.low - y.high);
    for (size_t i = 0; i < shape->count; i++) {
        shape->x[i] = shape->x[i] * scale + dx;
        shape->y[i] = shape->y[i] * scale + dy;
    }
}

void dsc_shape_write(dsc_digit_shape *shape, const dsc_digit_style *style, const dsc_digit_form *form,
                     const dsc_digit_variation *v, dsc_digit_random *random) {
    dsc_knots k;
    shape->count = 0;
    mix_drawings(&k, style, v, random);
    dsc_shape_spline(shape, &k);
    bend_plane(shape, v, random);
    stretch_plane(shape, v, random);
    slant_and_turn(shape, form, v, random);
    dsc_shape_press(shape, form->pen, v, random);
}

void dsc_shape_write_digit(dsc_digit_shape *shape, int digit, const dsc_digit_variation *v,
                           dsc_digit_random *random) {
    const bool others = v->hands && dsc_digit_uniform(random) < v->share;
    const dsc_digit_hands *hands = others ? v->hands : &dsc_digit_hands_usual;
    const dsc_digit_style *style = dsc_style_pick(hands->styles, hands->count, digit, random);
    dsc_shape_write(shape, style, &hands->forms[digit], v, random);
}

void dsc_digit_shape_draw(dsc_digit_shape *shape, int digit, const dsc_digit_variation *v,
                          dsc_digit_random *random) {
    dsc_shape_write_digit(shape, digit, v, random);
    dsc_shape_fit(shape);
}
