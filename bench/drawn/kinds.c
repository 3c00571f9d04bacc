/* SPDX-License-Identifier: MIT */
/* kinds.c: the kinds of pictures; see drawn.h. */
#include "drawn.h"

#include <math.h>
#include <stdio.h>

/* --- layouts --- */

/* One digit with a margin of `margin` pixels plus `share` of its height. */
static void one(canvas *c, char *text, double scale, double margin, double share) {
    const glyph g = drawn_any_digit();
    const double around = margin + share * (double)drawn_high(&g, scale);
    drawn_clear(c, drawn_wide(&g, scale) + 2 * (size_t)around, drawn_high(&g, scale) + 2 * (size_t)around);
    drawn_digit(c, &g, floor(around), floor(around), scale);
    (void)sprintf(text, "%u", g.label);
}

/* `count` digits in a row, scaled by `scale`, with gaps; margins: around, and after the last. */
static void row(canvas *c, char *text, size_t count, double scale, double gap, double around, double behind) {
    glyph all[DRAWN_DIGITS_MOST];
    double width = around, tallest = 0;
    for (size_t i = 0; i < count; i++) {
        all[i] = drawn_any_digit();
        width += (double)drawn_wide(&all[i], scale) + (i + 1 < count ? gap : 0);
        if ((double)drawn_high(&all[i], scale) > tallest) tallest = (double)drawn_high(&all[i], scale);
        text[i] = (char)('0' + all[i].label);
    }
    text[count] = '\0';
    drawn_clear(c, (size_t)(width + behind), (size_t)(tallest + 2 * around));
    double left = around;
    for (size_t i = 0; i < count; i++) {
        const double top = around + (tallest - (double)drawn_high(&all[i], scale)) / 2;
        drawn_digit(c, &all[i], floor(left), floor(top), scale);
        left += (double)drawn_wide(&all[i], scale) + gap;
    }
}

/* A box for each of `count` digits, adjacent or `apart`; `comb`: without upper sides. */
static void boxed(canvas *c, char *text, size_t count, double apart, bool comb) {
    const double side = 120, thick = drawn_between(2, 4);
    drawn_clear(c, (size_t)(80 + (double)count * side + (double)(count - 1) * apart), 220);
    for (size_t i = 0; i < count; i++) {
        const glyph g = drawn_any_digit();
        const double left = 40 + (double)i * (side + apart), scale = drawn_between(3, 4.2),
                     foot = 40 + 1.15 * side;
        text[i] = (char)('0' + g.label);
        drawn_fill(c, left, 40, left + thick, foot);
        drawn_fill(c, left + side - thick, 40, left + side, foot);
        if (!comb) drawn_fill(c, left, 40, left + side, 40 + thick);
        drawn_fill(c, left, foot - thick, left + side + (comb ? apart : 0), foot);
        const double x = left + (side - (double)drawn_wide(&g, scale)) / 2 + drawn_between(-14, 14),
                     y = 40 + (1.15 * side - (double)drawn_high(&g, scale)) / 2 + drawn_between(-20, 20);
        drawn_digit(c, &g, floor(x), floor(y), scale);
    }
    text[count] = '\0';
}

/* --- one digit --- */

static double scale_of(void) { return drawn_between(4, 10); }

static void cut_at_the_ink(canvas *c, char *text) {
    one(c, text, scale_of(), 0, 0), drawn_expose(c, 230, 30, 0);
}
static void cut_light_on_dark(canvas *c, char *text) {
    one(c, text, scale_of(), 0, 0), drawn_expose(c, 20, 240, 0);
}
static void cut_with_noise(canvas *c, char *text) {
    one(c, text, scale_of(), 0, 0), drawn_expose(c, 200, 60, 8);
}
/* Out of focus, so that strokes are a third of the digit, in light that falls off. */
static double falling_light(double x, double y) { return 1.12 - 0.14 * x - 0.1 * y; }
static void cut_in_falling_light(canvas *c, char *text) {
    one(c, text, scale_of(), 2, 0), drawn_expose(c, 200, 70, 1), drawn_light(c, falling_light);
}
static void cut_out_of_focus(canvas *c, char *text) {
    const double scale = drawn_between(4, 6);
    one(c, text, scale, 0, 0.05);
    drawn_expose(c, 200, 70, 0), drawn_light(c, falling_light);
    drawn_blur(c, (size_t)(scale * scale));
}
static void margin_of_a_pixel(canvas *c, char *text) {
    one(c, text, scale_of(), 1, 0), drawn_expose(c, 230, 30, 0);
}
static void margin_of_a_fifth(canvas *c, char *text) {
    one(c, text, scale_of(), 0, 0.2), drawn_expose(c, 200, 60, 4);
}
static void frame_of_a_pixel(canvas *c, char *text) {
    one(c, text, scale_of(), 0, 0.2);
    drawn_expose(c, 235, 40, 0);
    for (size_t x = 0; x < c->width; x++) c->grey[x] = c->grey[(c->height - 1) * c->width + x] = 90;
    for (size_t y = 0; y < c->height; y++) c->grey[y * c->width] = c->grey[y * c->width + c->width - 1] = 90;
}
static void strokes_of_a_pixel(canvas *c, char *text) {
    one(c, text, drawn_between(3, 5), 0, 0.2);
    drawn_thin(c);
    drawn_expose(c, 255, 0, 0);
}
static void strokes_of_a_pixel_and_small(canvas *c, char *text) {
    one(c, text, 1, 3, 0);
    drawn_thin(c);
    drawn_expose(c, 255, 0, 0);
}

/* --- rows --- */

static void five(canvas *c, char *text) { row(c, text, 5, 4, 20, 50, 50), drawn_expose(c, 215, 50, 5); }
static void ten(canvas *c, char *text) { row(c, text, 10, 2.5, 12, 40, 40), drawn_expose(c, 215, 50, 4); }
static void ten_pixels_high(canvas *c, char *text) {
    row(c, text, 5, 0.5, 6, 40, 40), drawn_expose(c, 215, 50, 2);
}
static void two_in_a_small_picture(canvas *c, char *text) {
    row(c, text, 2, drawn_between(0.9, 1.1), 3, 4, 4), drawn_expose(c, 225, 40, 2);
}
static void last_at_the_edge(canvas *c, char *text) {
    row(c, text, 5, 4, 20, 50, 0), drawn_expose(c, 215, 50, 5);
}
/* Each digit begins before its neighbour ends. */
static void touching(canvas *c, char *text) {
    row(c, text, 3, 4, drawn_between(-10, -4), 40, 40), drawn_expose(c, 225, 40, 3);
}
static void on_its_side(canvas *c, char *text) {
    five(c, text), drawn_turn(c, drawn_uniform() < 0.5 ? 90 : 270, 215);
}
static void upside_down(canvas *c, char *text) { five(c, text), drawn_turn(c, 180, 215); }
static void tilted_15(canvas *c, char *text) { five(c, text), drawn_turn(c, drawn_between(-15, 15), 215); }
static void tilted_30(canvas *c, char *text) {
    five(c, text), drawn_turn(c, drawn_uniform() < 0.5 ? -30 : 30, 215);
}
/* A point or comma after the second of four digits, which is not part of the reading. */
static void decimals(canvas *c, char *text) {
    double left = 40;
    drawn_clear(c, 560, 200);
    for (size_t i = 0; i < 4; i++) {
        const glyph g = drawn_any_digit();
        text[i] = (char)('0' + g.label);
        drawn_digit(c, &g, left, 140 - (double)drawn_high(&g, 4), 4);
        left += (double)drawn_wide(&g, 4) + 16;
        if (i != 1) continue;
        if (drawn_uniform() < 0.5)
            drawn_fill(c, left, 128, left + 12, 140);
        else
            for (int y = 0; y < 44; y++)
                drawn_fill(c, left + 12 - 0.25 * y, 120 + y, left + 22 - 0.25 * y, 121 + y);
        left += 40;
    }
    text[4] = '\0';
    drawn_expose(c, 225, 40, 4);
}

/* --- light --- */

static double at_x, at_y, soft;
static double shadow(double x, double y) {
    return 1 - 0.55 / (1 + exp(-((x - at_x) + 0.5 * (y - at_y)) / soft));
}
static void cast_shadow(canvas *c, double softness) {
    at_x = drawn_between(0.3, 0.7), at_y = 0.5, soft = softness;
    drawn_light(c, shadow);
}
static void soft_shadow(canvas *c, char *text) { five(c, text), cast_shadow(c, 0.12); }
static void hard_shadow(canvas *c, char *text) { five(c, text), cast_shadow(c, 0.003); }
static double glare_of(double x, double y) {
    const double dx = x - at_x, dy = 0.4 * (y - at_y);
    return 1 + 1.2 * exp(-(dx * dx + dy * dy) / 0.02);
}
static void glare(canvas *c, char *text) {
    row(c, text, 5, 4, 20, 50, 50);
    drawn_expose(c, 140, 40, 4);
    at_x = drawn_between(0.2, 0.8), at_y = 0.5;
    drawn_light(c, glare_of);
}

/* --- paper --- */

/* The paper covers a third of the picture. */
static void paper_on_a_table(canvas *c, char *text) {
    row(c, text, 5, 3, 15, 25, 25);
    drawn_expose(c, 225, 50, 4);
    drawn_put_on(c, 1.7, 1.8, 70, 4);
}
static void ruled_paper(canvas *c, char *text) {
    row(c, text, 5, 4, 20, 50, 50);
    drawn_expose(c, 225, 40, 3);
    drawn_rule(c, drawn_between(30, 60), drawn_between(-0.03, 0.03), false, 150);
}
static void dark_rules(canvas *c, char *text) {
    row(c, text, 5, 4, 20, 50, 50);
    drawn_expose(c, 225, 40, 3);
    drawn_rule(c, drawn_between(60, 90), drawn_between(-0.01, 0.01), false, 60);
}
static void squared_paper(canvas *c, char *text) {
    const double apart = drawn_between(24, 40), slope = drawn_between(-0.02, 0.02);
    row(c, text, 5, 4, 20, 50, 50);
    drawn_expose(c, 225, 40, 3);
    drawn_rule(c, apart, slope, false, 165);
    drawn_rule(c, apart, -slope, true, 165);
}
static void a_box_a_digit(canvas *c, char *text) {
    boxed(c, text, 5, 20, false), drawn_expose(c, 225, 50, 4);
}
static void joined_boxes(canvas *c, char *text) { boxed(c, text, 5, 0, false), drawn_expose(c, 225, 50, 4); }
static void a_comb(canvas *c, char *text) { boxed(c, text, 5, 0, true), drawn_expose(c, 225, 50, 4); }
static void underlined(canvas *c, char *text) {
    row(c, text, 5, 4, 20, 60, 60);
    const double foot = (double)c->height - 60 + drawn_between(-4, 12);
    drawn_fill(c, 40, foot, (double)c->width - 40, foot + 4);
    drawn_expose(c, 225, 40, 4);
}
static void framed(canvas *c, char *text) {
    row(c, text, 5, 4, 20, 60, 60);
    const double w = (double)c->width, h = (double)c->height;
    drawn_fill(c, 20, 20, w - 20, 24), drawn_fill(c, 20, h - 24, w - 20, h - 20);
    drawn_fill(c, 20, 20, 24, h - 20), drawn_fill(c, w - 24, 20, w - 20, h - 20);
    drawn_expose(c, 225, 40, 4);
}

/* One digit cut out of such paper, with more or less of it around; or on one line. */
static void one_on_ruled_paper(canvas *c, char *text) {
    one(c, text, scale_of(), 0, drawn_between(0.2, 0.6));
    drawn_expose(c, 225, 40, 3);
    drawn_rule(c, drawn_between(0.3, 0.6) * (double)c->height, drawn_between(-0.03, 0.03), false, 150);
}
static void one_on_squared_paper(canvas *c, char *text) {
    one(c, text, scale_of(), 0, drawn_between(0.2, 0.6));
    const double apart = drawn_between(0.2, 0.4) * (double)c->height, slope = drawn_between(-0.02, 0.02);
    drawn_expose(c, 225, 40, 3);
    drawn_rule(c, apart, slope, false, 165);
    drawn_rule(c, apart, -slope, true, 165);
}
static void one_on_a_line(canvas *c, char *text) {
    one(c, text, scale_of(), 0, drawn_between(0.2, 0.6));
    const double y = drawn_between(0.5, 0.9) * (double)c->height;
    drawn_fill(c, 0, y, (double)c->width, y + 2);
    drawn_expose(c, 225, 40, 3);
}

/* --- photos: paper in perspective, in uneven light, slightly out of focus, as JPEG --- */

static void photograph(canvas *c, uint8_t ground) {
    drawn_perspective(c, 0.04, ground);
    cast_shadow(c, drawn_uniform() < 0.3 ? 0.01 : drawn_between(0.1, 0.4));
    drawn_blur(c, (size_t)drawn_between(0, 3));
    drawn_jpeg(c, (int)drawn_between(40, 95));
}
static void photo_of_one(canvas *c, char *text) {
    one(c, text, drawn_between(3, 10), 0, drawn_between(0.15, 0.6));
    drawn_expose(c, 215, drawn_between(40, 110), drawn_between(1, 6));
    photograph(c, 215);
}
static void photo_of_ten(canvas *c, char *text) {
    row(c, text, 10, drawn_between(2, 4), drawn_between(8, 20), 40, 40);
    drawn_expose(c, 215, drawn_between(40, 110), drawn_between(1, 6));
    if (drawn_uniform() < 0.3) drawn_rule(c, drawn_between(40, 80), drawn_between(-0.01, 0.01), false, 170);
    photograph(c, 215);
}
static void photo_of_boxes(canvas *c, char *text) {
    boxed(c, text, 5, drawn_uniform() < 0.5 ? 0 : 20, drawn_uniform() < 0.3);
    drawn_expose(c, 215, drawn_between(40, 100), drawn_between(1, 6));
    photograph(c, 215);
}

const drawn_kind drawn_kinds[] = {{"one digit, cut at the ink", cut_at_the_ink, 0},
                                  {"  light on dark", cut_light_on_dark, 0},
                                  {"  with noise", cut_with_noise, 0},
                                  {"  a margin of one pixel", margin_of_a_pixel, 0},
                                  {"  a margin of a fifth", margin_of_a_fifth, 0},
                                  {"  in a frame of one pixel", frame_of_a_pixel, 0},
                                  {"  strokes of one pixel", strokes_of_a_pixel, 0},
                                  {"    20 pixels high", strokes_of_a_pixel_and_small, 0},
                                  {"  a photo", photo_of_one, 98.5},
                                  {"five digits", five, 0},
                                  {"  10 pixels high", ten_pixels_high, 0},
                                  {"  the last at the edge", last_at_the_edge, 0},
                                  {"  soft shadow", soft_shadow, 0},
                                  {"  hard shadow", hard_shadow, 0},
                                  {"  glare", glare, 0},
                                  {"  paper on a table", paper_on_a_table, 0},
                                  {"  ruled paper", ruled_paper, 0},
                                  {"  dark rules", dark_rules, 0},
                                  {"  squared paper", squared_paper, 0},
                                  {"  on their side", on_its_side, 0},
                                  {"  upside down", upside_down, 0},
                                  {"  tilted up to 15 degrees", tilted_15, 0},
                                  {"  tilted by 30 degrees", tilted_30, 0},
                                  {"  underlined", underlined, 0},
                                  {"  in a frame", framed, 0},
                                  {"  a box for each", a_box_a_digit, 0},
                                  {"  joined boxes", joined_boxes, 0},
                                  {"  a comb", a_comb, 0},
                                  {"  a photo of boxes", photo_of_boxes, 95},
                                  {"ten digits", ten, 0},
                                  {"  a photo", photo_of_ten, 92},
                                  {"four with a decimal point", decimals, 0},
                                  {"three that touch", touching, 0},
                                  {"two in a small picture", two_in_a_small_picture, 0},
                                  {"one digit on ruled paper", one_on_ruled_paper, 0},
                                  {"  on squared paper", one_on_squared_paper, 0},
                                  {"  with a line at its foot", one_on_a_line, 0},
                                  {"  cut, in falling light", cut_in_falling_light, 0},
                                  {"  cut, and out of focus", cut_out_of_focus, 0}};
const size_t drawn_kind_count = sizeof drawn_kinds / sizeof *drawn_kinds;
