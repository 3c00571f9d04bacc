/* SPDX-License-Identifier: MIT */
/* reading.c: what share of pictures is read right that are no image of a data set: MNIST's test digits, drawn
 * by code as crops, photos and rows of digits, with fixed seeds, read by the model inside the program.
 *
 *   bench-reading [--train] [COUNT] [KIND]     COUNT pictures of each kind (500)
 *
 * --train draws from the last 10,000 training images: what is tried out is tried there. Needs the real MNIST
 * in $DESCENDER_DATA, ./data or the cache. DESCENDER_SHOW=FOLDER keeps there what was read wrong. */
#include <descender.h>

#include "image/image.h"
#include "shipped/shipped.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { SIDE = 28, DIGITS_MOST = 10, CANVAS_MOST = 1 << 21 };

/* --- random numbers, the same everywhere --- */

static uint64_t state;
static double uniform(void) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (double)(state >> 11) / 9007199254740992.0;
}
static double between(double low, double high) { return low + (high - low) * uniform(); }
static double normal(void) {
    double sum = -6;
    for (int i = 0; i < 12; i++) sum += uniform();
    return sum;
}

/* --- pictures --- */

/* Ink of 0 to 1, and greys of 0 to 255. */
typedef struct canvas {
    size_t width, height;
    double *ink;
    uint8_t *grey;
} canvas;

static dsc_dataset *digits;
static size_t first_digit, digit_count;

typedef struct glyph {
    const uint8_t *pixels;
    size_t left, top, right, bottom; /* of the ink */
    unsigned label;
} glyph;

static glyph any_digit(void) {
    const size_t at = first_digit + (size_t)(uniform() * (double)digit_count);
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

static void clear(canvas *c, size_t width, size_t height) {
    c->width = width;
    c->height = height;
    memset(c->ink, 0, width * height * sizeof *c->ink);
}

/* The glyph's ink at a place between its pixels. */
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

/* Draws the ink's box `scale` times as large, its upper left corner at (left, top). */
static void draw(canvas *c, const glyph *g, double left, double top, double scale) {
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

/* Greys of ink on a ground, with noise. */
static void expose(canvas *c, double ground, double ink, double noise) {
    for (size_t i = 0; i < c->width * c->height; i++) {
        const double v = ground + (ink - ground) * c->ink[i] + (noise > 0 ? noise * normal() : 0);
        c->grey[i] = (uint8_t)(v < 0 ? 0 : v > 255 ? 255 : v + 0.5);
    }
}

static size_t wide(const glyph *g, double scale) {
    return (size_t)((double)(g->right - g->left) * scale + 0.5);
}
static size_t high(const glyph *g, double scale) {
    return (size_t)((double)(g->bottom - g->top) * scale + 0.5);
}

/* One digit with a margin of `margin` pixels and `share` of its height. */
static void one(canvas *c, char *text, double scale, double margin, double share) {
    const glyph g = any_digit();
    const double around = margin + share * (double)high(&g, scale);
    clear(c, wide(&g, scale) + 2 * (size_t)around, high(&g, scale) + 2 * (size_t)around);
    draw(c, &g, floor(around), floor(around), scale);
    (void)sprintf(text, "%u", g.label);
}

/* `count` digits in a row, `height` pixels of ink high or `scale` times as large, with gaps; margins of the
 * canvas: around, and behind the last. */
static void row(canvas *c, char *text, size_t count, double scale, double gap, double around, double behind) {
    glyph all[DIGITS_MOST];
    double width = around, tallest = 0;
    for (size_t i = 0; i < count; i++) {
        all[i] = any_digit();
        width += (double)wide(&all[i], scale) + (i + 1 < count ? gap : 0);
        if ((double)high(&all[i], scale) > tallest) tallest = (double)high(&all[i], scale);
        text[i] = (char)('0' + all[i].label);
    }
    text[count] = '\0';
    clear(c, (size_t)(width + behind), (size_t)(tallest + 2 * around));
    double left = around;
    for (size_t i = 0; i < count; i++) {
        draw(c, &all[i], floor(left), floor(around + (tallest - (double)high(&all[i], scale)) / 2), scale);
        left += (double)wide(&all[i], scale) + gap;
    }
}

static void light(canvas *c, double (*factor)(double x, double y)) {
    for (size_t y = 0; y < c->height; y++)
        for (size_t x = 0; x < c->width; x++) {
            uint8_t *v = &c->grey[y * c->width + x];
            const double lit = *v * factor((double)x / (double)c->width, (double)y / (double)c->height);
            *v = (uint8_t)(lit > 255 ? 255 : lit + 0.5);
        }
}

/* --- kinds --- */

static double scale_of(void) { return between(4, 10); }

static void cut_at_the_ink(canvas *c, char *text) { one(c, text, scale_of(), 0, 0), expose(c, 230, 30, 0); }
static void cut_light_on_dark(canvas *c, char *text) {
    one(c, text, scale_of(), 0, 0), expose(c, 20, 240, 0);
}
static void cut_with_noise(canvas *c, char *text) { one(c, text, scale_of(), 0, 0), expose(c, 200, 60, 8); }
static void margin_of_a_pixel(canvas *c, char *text) {
    one(c, text, scale_of(), 1, 0), expose(c, 230, 30, 0);
}
static void margin_of_a_fifth(canvas *c, char *text) {
    one(c, text, scale_of(), 0, 0.2), expose(c, 200, 60, 4);
}
static void frame_of_a_pixel(canvas *c, char *text) {
    one(c, text, scale_of(), 0, 0.2);
    expose(c, 235, 40, 0);
    for (size_t x = 0; x < c->width; x++) c->grey[x] = c->grey[(c->height - 1) * c->width + x] = 90;
    for (size_t y = 0; y < c->height; y++) c->grey[y * c->width] = c->grey[y * c->width + c->width - 1] = 90;
}
static void strokes_of_a_pixel(canvas *c, char *text) {
    one(c, text, between(3, 5), 0, 0.2);
    /* Zhang and Suen, "A fast parallel algorithm for thinning digital patterns", 1984. */
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
                        c->ink[y * w + x] = 0.45, changed = true; /* goes at the end of the pass */
                }
            for (size_t i = 0; i < w * h; i++) c->ink[i] = c->ink[i] >= 0.5;
        }
    }
    expose(c, 255, 0, 0);
}

static void five(canvas *c, char *text) { row(c, text, 5, 4, 20, 50, 50), expose(c, 215, 50, 5); }
static void ten_pixels_high(canvas *c, char *text) { row(c, text, 5, 0.5, 6, 40, 40), expose(c, 215, 50, 2); }
static void two_in_a_small_picture(canvas *c, char *text) {
    row(c, text, 2, between(0.9, 1.1), 3, 4, 4), expose(c, 225, 40, 2);
}
static void last_at_the_edge(canvas *c, char *text) { row(c, text, 5, 4, 20, 50, 0), expose(c, 215, 50, 5); }

static double at_x, at_y, soft;
static double shadow(double x, double y) {
    return 1 - 0.55 / (1 + exp(-((x - at_x) + 0.5 * (y - at_y)) / soft));
}
static void soft_shadow(canvas *c, char *text) {
    five(c, text);
    at_x = between(0.3, 0.7), at_y = 0.5, soft = 0.12;
    light(c, shadow);
}
static void hard_shadow(canvas *c, char *text) {
    five(c, text);
    at_x = between(0.3, 0.7), at_y = 0.5, soft = 0.003;
    light(c, shadow);
}
static double glare_of(double x, double y) {
    const double dx = x - at_x, dy = 0.4 * (y - at_y);
    return 1 + 1.2 * exp(-(dx * dx + dy * dy) / 0.02);
}
static void glare(canvas *c, char *text) {
    row(c, text, 5, 4, 20, 50, 50);
    expose(c, 140, 40, 4);
    at_x = between(0.2, 0.8), at_y = 0.5;
    light(c, glare_of);
}
/* The paper is a third of the picture. */
static void paper_on_a_table(canvas *c, char *text) {
    row(c, text, 5, 3, 15, 25, 25);
    expose(c, 225, 50, 4);
    const size_t w = c->width, h = c->height, width = (size_t)(1.7 * (double)w),
                 height = (size_t)(1.8 * (double)h);
    uint8_t *paper = malloc(w * h);
    if (!paper) abort();
    memcpy(paper, c->grey, w * h);
    c->width = width;
    c->height = height;
    for (size_t i = 0; i < width * height; i++) c->grey[i] = (uint8_t)(70 + 4 * normal());
    const size_t left = (size_t)(uniform() * (double)(width - w)),
                 top = (size_t)(uniform() * (double)(height - h));
    for (size_t y = 0; y < h; y++) memcpy(c->grey + (top + y) * width + left, paper + y * w, w);
    free(paper);
}
/* Lines 2 pixels thick, `apart`, at a slope. */
static void rule(canvas *c, double apart, double slope, bool upright, uint8_t value) {
    const size_t along = upright ? c->height : c->width, across = upright ? c->width : c->height;
    for (double begin = -200; begin < (double)across + 200; begin += apart)
        for (size_t i = 0; i < along; i++) {
            const double y = begin + slope * (double)i;
            for (size_t k = 0; k < 2; k++) {
                if (y + (double)k < 0 || y + (double)k >= (double)across) continue;
                const size_t j = (size_t)(y + (double)k);
                uint8_t *v = &c->grey[upright ? i * c->width + j : j * c->width + i];
                if (*v > value) *v = value;
            }
        }
}
static void ruled_paper(canvas *c, char *text) {
    row(c, text, 5, 4, 20, 50, 50);
    expose(c, 225, 40, 3);
    rule(c, between(30, 60), between(-0.03, 0.03), false, 150);
}
static void dark_rules(canvas *c, char *text) {
    row(c, text, 5, 4, 20, 50, 50);
    expose(c, 225, 40, 3);
    rule(c, between(60, 90), between(-0.01, 0.01), false, 60);
}
static void squared_paper(canvas *c, char *text) {
    const double apart = between(24, 40), slope = between(-0.02, 0.02);
    row(c, text, 5, 4, 20, 50, 50);
    expose(c, 225, 40, 3);
    rule(c, apart, slope, false, 165);
    rule(c, apart, -slope, true, 165);
}

/* Digits that touch, or nearly: each begins before the one beside it ends. */
static void touching(canvas *c, char *text) {
    row(c, text, 3, 4, between(-10, -4), 40, 40), expose(c, 225, 40, 3);
}
static void ten_digits(canvas *c, char *text) { row(c, text, 10, 2.5, 12, 40, 40), expose(c, 215, 50, 4); }

/* The picture turned to the right about its middle, on a ground of one grey. */
static void turn(canvas *c, double degrees, uint8_t ground) {
    const double angle = degrees * 3.14159265358979 / 180, ca = cos(angle), sa = sin(angle);
    const double w = (double)c->width, h = (double)c->height;
    const size_t width = (size_t)(fabs(w * ca) + fabs(h * sa) + 0.5),
                 height = (size_t)(fabs(w * sa) + fabs(h * ca) + 0.5);
    uint8_t *from = malloc(c->width * c->height);
    if (!from) abort();
    memcpy(from, c->grey, c->width * c->height);
    for (size_t y = 0; y < height; y++)
        for (size_t x = 0; x < width; x++) {
            const double u = (double)x + 0.5 - (double)width / 2, v = (double)y + 0.5 - (double)height / 2;
            const double px = u * ca + v * sa + w / 2 - 0.5, py = v * ca - u * sa + h / 2 - 0.5;
            const double fx = floor(px), fy = floor(py);
            double sum = 0;
            for (int j = 0; j < 2; j++)
                for (int i = 0; i < 2; i++) {
                    const double qx = fx + i, qy = fy + j;
                    const bool in = qx >= 0 && qy >= 0 && qx < w && qy < h;
                    sum += (i ? px - fx : 1 - (px - fx)) * (j ? py - fy : 1 - (py - fy)) *
                           (in ? from[(size_t)qy * c->width + (size_t)qx] : ground);
                }
            c->grey[y * width + x] = (uint8_t)(sum + 0.5);
        }
    c->width = width;
    c->height = height;
    free(from);
}
static void on_its_side(canvas *c, char *text) {
    five(c, text);
    turn(c, uniform() < 0.5 ? 90 : 270, 215);
}
static void upside_down(canvas *c, char *text) { five(c, text), turn(c, 180, 215); }
static void tilted_15(canvas *c, char *text) { five(c, text), turn(c, between(-15, 15), 215); }
static void tilted_30(canvas *c, char *text) { five(c, text), turn(c, uniform() < 0.5 ? -30 : 30, 215); }

static void fill(canvas *c, double left, double top, double right, double bottom) {
    for (size_t y = (size_t)top; y < (size_t)bottom && y < c->height; y++)
        for (size_t x = (size_t)left; x < (size_t)right && x < c->width; x++) c->ink[y * c->width + x] = 0.9;
}

/* A box for each of five digits: beside one another, or apart; `comb`: without their upper sides. */
static void boxed(canvas *c, char *text, double apart, bool comb) {
    const double side = 120, thick = between(2, 4);
    clear(c, (size_t)(80 + 5 * side + 4 * apart), 220);
    for (size_t i = 0; i < 5; i++) {
        const glyph g = any_digit();
        const double left = 40 + (double)i * (side + apart), scale = between(3, 4.2);
        text[i] = (char)('0' + g.label);
        fill(c, left, 40, left + thick, 40 + 1.15 * side);
        fill(c, left + side - thick, 40, left + side, 40 + 1.15 * side);
        if (!comb) fill(c, left, 40, left + side, 40 + thick);
        fill(c, left, 40 + 1.15 * side - thick, left + side + (comb ? apart : 0), 40 + 1.15 * side);
        const double x = left + (side - (double)wide(&g, scale)) / 2 + between(-14, 14),
                     y = 40 + (1.15 * side - (double)high(&g, scale)) / 2 + between(-20, 20);
        draw(c, &g, floor(x), floor(y), scale);
    }
    text[5] = '\0';
    expose(c, 225, 50, 4);
}
static void a_box_a_digit(canvas *c, char *text) { boxed(c, text, 20, false); }
static void joined_boxes(canvas *c, char *text) { boxed(c, text, 0, false); }
static void a_comb(canvas *c, char *text) { boxed(c, text, 0, true); }
static void underlined(canvas *c, char *text) {
    row(c, text, 5, 4, 20, 60, 60);
    const double foot = (double)c->height - 60 + between(-4, 12);
    fill(c, 40, foot, (double)c->width - 40, foot + 4);
    expose(c, 225, 40, 4);
}
static void framed(canvas *c, char *text) {
    row(c, text, 5, 4, 20, 60, 60);
    const double w = (double)c->width, h = (double)c->height;
    fill(c, 20, 20, w - 20, 24), fill(c, 20, h - 24, w - 20, h - 20);
    fill(c, 20, 20, 24, h - 20), fill(c, w - 24, 20, w - 20, h - 20);
    expose(c, 225, 40, 4);
}
/* A point or a comma behind the second of four digits, which is not read. */
static void decimals(canvas *c, char *text) {
    glyph all[4];
    double left = 40;
    clear(c, 560, 200);
    for (size_t i = 0; i < 4; i++) {
        all[i] = any_digit();
        text[i] = (char)('0' + all[i].label);
        draw(c, &all[i], left, 140 - (double)high(&all[i], 4), 4);
        left += (double)wide(&all[i], 4) + 16;
        if (i != 1) continue;
        if (uniform() < 0.5) {
            fill(c, left, 128, left + 12, 140);
        } else {
            for (double y = 0; y < 44; y++) fill(c, left + 12 - y / 4, 120 + y, left + 22 - y / 4, 121 + y);
        }
        left += 40;
    }
    text[4] = '\0';
    expose(c, 225, 40, 4);
}

static const struct kind {
    const char *name;
    void (*make)(canvas *c, char *text);
} kinds[] = {{"one digit, cut at the ink", cut_at_the_ink},
             {"  light on dark", cut_light_on_dark},
             {"  with noise", cut_with_noise},
             {"  a margin of one pixel", margin_of_a_pixel},
             {"  a margin of a fifth", margin_of_a_fifth},
             {"  in a frame of one pixel", frame_of_a_pixel},
             {"  strokes of one pixel", strokes_of_a_pixel},
             {"five digits", five},
             {"  10 pixels high", ten_pixels_high},
             {"  the last at the edge", last_at_the_edge},
             {"  soft shadow", soft_shadow},
             {"  hard shadow", hard_shadow},
             {"  glare", glare},
             {"  paper on a table", paper_on_a_table},
             {"  ruled paper", ruled_paper},
             {"  dark rules", dark_rules},
             {"  squared paper", squared_paper},
             {"  ten", ten_digits},
             {"  on their side", on_its_side},
             {"  upside down", upside_down},
             {"  tilted up to 15 degrees", tilted_15},
             {"  tilted 30 degrees", tilted_30},
             {"  underlined", underlined},
             {"  in a frame", framed},
             {"  a box for each", a_box_a_digit},
             {"  joined boxes", joined_boxes},
             {"  a comb", a_comb},
             {"four with a decimal point", decimals},
             {"three that touch", touching},
             {"two in a small picture", two_in_a_small_picture}};

/* --- reading --- */

static dsc_predictor *predictor;
static dsc_workspace *workspace;

static void read_all(char *text, size_t most, const canvas *c) {
    dsc_digit *found;
    size_t count;
    dsc_error error;
    *text = '\0';
    if (dsc_read_digits(&found, &count, NULL, c->grey, c->height, c->width, 1, predictor, workspace, &error))
        return;
    for (size_t i = 0; i < count && i + 1 < most; i++) {
        float shares[10];
        if (dsc_predict(shares, predictor, workspace, found[i].pixels, 1, &error)) exit(1);
        size_t best = 0;
        for (size_t k = 1; k < 10; k++)
            if (shares[k] > shares[best]) best = k;
        text[i] = (char)('0' + best);
        text[i + 1] = '\0';
    }
    dsc_digits_free(found);
}

static double measure(size_t k, size_t count, double *blank) {
    static canvas c;
    size_t right = 0, none = 0;
    if (!c.ink) {
        c.ink = malloc(CANVAS_MOST * sizeof *c.ink);
        c.grey = malloc(CANVAS_MOST);
        if (!c.ink || !c.grey) exit(1);
    }
    state = 1000 + k;
    for (size_t i = 0; i < count; i++) {
        char expected[DIGITS_MOST + 1], answer[64];
        kinds[k].make(&c, expected);
        read_all(answer, sizeof answer, &c);
        right += !strcmp(expected, answer);
        none += !*answer;
        if (getenv("DESCENDER_SHOW") && strcmp(expected, answer) != 0) { /* a folder: what was read wrong */
            char path[512];
            (void)snprintf(path, sizeof path, "%s/%zu-%zu-%s-%s.pgm", getenv("DESCENDER_SHOW"), k, i,
                           expected, answer);
            const dsc_image image = {c.width, c.height, 1, c.grey};
            dsc_error error;
            if (dsc_pnm_write(path, &image, &error)) (void)fprintf(stderr, "%s\n", error.message);
        }
    }
    *blank = 100 * (double)none / (double)count;
    return 100 * (double)right / (double)count;
}

static void open_digits(bool training) {
    dsc_dataset *train, *test;
    dsc_error error;
    if (dsc_mnist_open(&train, &test, NULL, &error)) {
        (void)fprintf(stderr, "skipped: %s\n", error.message);
        exit(0);
    }
    digits = training ? train : test;
    dsc_dataset_free(training ? test : train);
    digit_count = training ? 10000 : dsc_dataset_count(digits);
    first_digit = dsc_dataset_count(digits) - digit_count;
}

int main(int argc, char **argv) {
    size_t count = 500;
    const char *only = NULL;
    bool training = false;
    for (int i = 1; i < argc; i++) {
        if (!strcmp(argv[i], "--train"))
            training = true;
        else if (strtoul(argv[i], NULL, 10))
            count = strtoul(argv[i], NULL, 10);
        else
            only = argv[i];
    }
    dsc_model *model;
    dsc_error error;
    open_digits(training);
    if (shipped_model(&model, &error) || dsc_predictor_create(&predictor, model, NULL, &error) ||
        dsc_workspace_create(&workspace, predictor, 1, &error))
        return (void)fprintf(stderr, "%s\n", error.message), 1;
    printf("%zu pictures of each kind, of MNIST's %s images\n%-28s %8s %8s %9s\n", count,
           training ? "last 10,000 training" : "test", "", "right", "nothing", "ms each");
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
        if (only && !strstr(kinds[k].name, only)) continue;
        struct timespec a, b;
        double blank;
        (void)clock_gettime(CLOCK_MONOTONIC, &a);
        const double right = measure(k, count, &blank);
        (void)clock_gettime(CLOCK_MONOTONIC, &b);
        printf("%-28s %6.1f %% %6.1f %% %9.2f\n", kinds[k].name, right, blank,
               (1e3 * (double)(b.tv_sec - a.tv_sec) + 1e-6 * (double)(b.tv_nsec - a.tv_nsec)) /
                   (double)count);
        (void)fflush(stdout);
    }
    dsc_workspace_free(workspace);
    dsc_predictor_free(predictor);
    dsc_model_free(model);
    dsc_dataset_free(digits);
    return 0;
}
