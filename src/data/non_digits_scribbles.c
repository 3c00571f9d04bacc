/* SPDX-License-Identifier: MIT */
/* non_digits_scribbles.c: pen strokes that write nothing. A single short curve may be a digit, and an upright
 * stroke is a 1; therefore scribbles have many turns or pieces, and single strokes are flat. */
#include "data/non_digits_parts.h"

#include <string.h>

/* Draws a random walk in 1 to 4 pieces; fewer pieces are longer. */
static void draw_wandering(dsc_digit_shape *shape, dsc_digit_random *random) {
    static const int most[] = {12, 8, 6, 5};
    char pen[DSC_KNOTS + 1] = "";
    dsc_knots k = {.pen = pen};
    int pieces = dsc_whole_between(random, 1, 4);
    for (int piece = 0; piece < pieces; piece++) {
        int knots = dsc_whole_between(random, most[pieces - 1] * 2 / 3, most[pieces - 1]);
        float x = dsc_between(random, -1, 1), y = dsc_between(random, -1, 1);
        for (int i = 0; i < knots; i++) {
            pen[k.count] = i ? 's' : 'p';
            k.x[k.count] = x;
            k.y[k.count++] = y;
            float dx, dy, far = dsc_between(random, 0.5f, 1.2f);
            dsc_direction(&dx, &dy, random);
            dx *= far, dy *= far;
            x += x + dx < -1 || x + dx > 1 ? -dx : dx; /* reflected at the edge */
            y += y + dy < -1 || y + dy > 1 ? -dy : dy;
        }
    }
    dsc_shape_spline(shape, &k);
}

/* Draws a line back and forth, sharp or wavy, horizontal or vertical. */
static void draw_zigzag(dsc_digit_shape *shape, dsc_digit_random *random) {
    char pen[DSC_KNOTS + 1] = "";
    dsc_knots k = {.pen = pen, .count = (size_t)dsc_whole_between(random, 6, 14)};
    char turn = dsc_digit_uniform(random) < 0.5f ? 's' : 'c';
    float high = dsc_between(random, 0.25f, 0.9f), slope = dsc_between(random, -0.4f, 0.4f);
    bool down = dsc_digit_uniform(random) < 0.4f;
    for (size_t i = 0; i < k.count; i++) {
        float along = 2 * (float)i / (float)(k.count - 1) - 1 + dsc_between(random, -0.05f, 0.05f);
        float across = (i % 2 ? high : -high) * dsc_between(random, 0.7f, 1.2f) + slope * along;
        pen[i] = i ? turn : 'p';
        k.x[i] = down ? across : along;
        k.y[i] = down ? along : across;
    }
    dsc_shape_spline(shape, &k);
}

#define COSINE 0.8660254f /* of a twelfth of a turn */
#define SINE   0.5f

/* Draws a spiral outward, of at least two turns. */
static void draw_spiral(dsc_digit_shape *shape, dsc_digit_random *random) {
    int points = dsc_whole_between(random, 26, 50);
    float wide = dsc_between(random, 0.7f, 1.3f), x, y, from = dsc_between(random, 0, 0.2f);
    float sine = dsc_digit_uniform(random) < 0.5f ? SINE : -SINE;
    dsc_direction(&x, &y, random);
    for (int i = 0; i <= points; i++) {
        float r = from + (1 - from) * (float)i / (float)points + dsc_between(random, -0.02f, 0.02f);
        dsc_shape_add(shape, x * r * wide, y * r, i > 0);
        float turned = x * COSINE - y * sine;
        y = x * sine + y * COSINE;
        x = turned;
    }
}

static void hatch(dsc_digit_shape *shape, float dx, float dy, dsc_digit_random *random) {
    int lines = dsc_whole_between(random, 4, 8);
    for (int i = 0; i < lines; i++) {
        float off = 2 * (float)i / (float)(lines - 1) - 1 + dsc_between(random, -0.1f, 0.1f);
        float a = dsc_between(random, -1.1f, -0.7f), b = dsc_between(random, 0.7f, 1.1f);
        dsc_shape_add(shape, a * dx - off * dy, a * dy + off * dx, false);
        dsc_shape_add(shape, b * dx - off * dy, b * dy + off * dx, true);
    }
}

static void draw_hatching(dsc_digit_shape *shape, dsc_digit_random *random) {
    float dx, dy;
    dsc_direction(&dx, &dy, random);
    hatch(shape, dx, dy, random);
    if (dsc_digit_uniform(random) < 0.4f) hatch(shape, -dy, dx, random);
}

/* Draws a stroke too flat for a 1: at least 60 degrees from upright. */
static void draw_lying(dsc_digit_shape *shape, dsc_digit_random *random) {
    dsc_knots k = {.pen = "pss", .count = 3, .x = {-1, dsc_between(random, -0.4f, 0.4f), 1}};
    float rise = dsc_between(random, -0.55f, 0.55f);
    k.y[0] = -rise;
    k.y[1] = dsc_between(random, -0.2f, 0.2f);
    k.y[2] = rise;
    dsc_shape_spline(shape, &k);
}

/* Blots and dots set their own radius, in pixels of the box. */
static void draw_blot(dsc_digit_shape *shape, dsc_digit_random *random) {
    float x = -1, y = dsc_between(random, -0.4f, 0.4f), least = dsc_between(random, 1.5f, 4);
    int points = dsc_whole_between(random, 3, 8);
    for (int i = 0; i < points; i++) {
        dsc_shape_add(shape, x, y, i > 0);
        shape->radius[i] = dsc_between(random, least, 5.5f);
        x = i ? dsc_between(random, -1, 1) : 1; /* the first two span the width */
        y = dsc_between(random, -0.8f, 0.8f);
    }
}

static void draw_dots(dsc_digit_shape *shape, dsc_digit_random *random) {
    int dots = dsc_whole_between(random, 2, 9);
    float radius = dsc_between(random, 0.7f, 2.2f);
    for (int i = 0; i < dots; i++) {
        float x = dsc_between(random, -1, 1), y = dsc_between(random, -1, 1);
        if (i < 2) x = i ? 1 : -1; /* not all in one place, like a 1 */
        dsc_shape_add(shape, x, y, false);
        dsc_shape_add(shape, x + 0.02f, y, true);
        for (size_t n = shape->count - 2; n < shape->count; n++)
            shape->radius[n] = radius * dsc_between(random, 0.8f, 1.2f);
    }
}

typedef struct scribble {
    int weight;
    float pen; /* relative to the usual radius; 0: set with the points */
    void (*draw)(dsc_digit_shape *shape, dsc_digit_random *random);
} scribble;

static const scribble scribbles[] = {
    {30, 0.8f, draw_wandering}, {16, 0.9f, draw_zigzag}, {10, 0.6f, draw_spiral}, {12, 0.8f, draw_hatching},
    {12, 1, draw_lying},        {12, 0, draw_blot},      {8, 0, draw_dots},
};

void dsc_scribble_draw(dsc_digit_shape *shape, const dsc_digit_variation *v, dsc_digit_random *random) {
    int left = dsc_whole_between(random, 0, 99);
    const scribble *s = scribbles;
    while (left >= s->weight) left -= s++->weight; /* the weights sum to 100 */
    shape->count = 0;
    s->draw(shape, random);
    float radius[DSC_SHAPE_POINTS];
    memcpy(radius, shape->radius, sizeof radius);
    dsc_shape_press(shape, s->pen, v, random);
    if (!(s->pen > 0)) memcpy(shape->radius, radius, sizeof radius);
    dsc_shape_fit(shape);
}
