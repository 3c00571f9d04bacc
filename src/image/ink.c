/* SPDX-License-Identifier: MIT */
/* ink.c: removes the ground of a picture, of any colour and however unevenly lit (light.h); see prepare.h.
 * Pictures cut close to the ink have little ground: if their greys have two levels, also after a plane is
 * taken away, they are split into two classes, see below. */
#include "image/prepare.h"

#include "image/greys.h"
#include "image/image.h"
#include "image/light.h"
#include "image/paper.h"

#include "base/error.h"
#include "base/memory.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    CORNER_PART = 8,
    STANDS_OUT = 20,  /* of 255: smaller differences from the ground are not ink */
    LEVEL_MOST = 16,  /* largest deviation of one level */
    BRIGHTEN_MOST = 4 /* largest factor for ink in a shadow */
};

/* --- Greys --- */

/* The grey of a pixel, over `behind` if it is transparent. */
static unsigned grey_of(const uint8_t *pixel, size_t channels, unsigned behind) {
    const unsigned grey = channels == 1 ? pixel[0] : dsc_luma(pixel);
    if (channels != 4) return grey;
    return (grey * pixel[3] + behind * (255u - pixel[3]) + 127u) / 255u;
}

/* Averages squares of scale x scale pixels; those at the right and the bottom may be smaller. */
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

/* --- difference from the ground --- */

/* The ground, and the side of it that is ink. */
typedef struct level {
    uint8_t *ground;     /* (height, width): value at each pixel */
    double deviation;    /* of the ground's noise */
    double bias;         /* distance of the ground from the middle of its noise, away from the ink */
    bool dark;           /* whether ink is darker than the ground */
    double factors[256]; /* by the ground's grey: brings a difference to that in the brightest light */
} level;

/* Smaller differences are noise; and below `least`, not ink. */
static unsigned floor_of(const level *l) { return (unsigned)(2.5 * l->deviation + 0.5); }
static unsigned least_of(const level *l) { return floor_of(l) > STANDS_OUT ? floor_of(l) : STANDS_OUT; }

/* A quarter of normal noise is within 0.32 deviations. */
static double deviation_of(const size_t differences[256]) { return dsc_quantile(differences, 0.25) / 0.32; }

/* Dark ink absorbs a share of the light: in a shadow its difference from the ground is smaller, and is scaled
 * to that in the brightest light. */
static void set_factors(level *l, double brightest) {
    for (unsigned v = 0; v < 256; v++) {
        const double factor = v > 0 ? brightest / v : BRIGHTEN_MOST;
        l->factors[v] = !l->dark ? 1 : factor < BRIGHTEN_MOST ? factor : BRIGHTEN_MOST;
    }
}

/* The difference of pixel i from the ground towards ink. */
static double difference(const dsc_ink *ink, const level *l, size_t i) {
    const int ground = l->ground[i], off = l->dark ? ground - ink->values[i] : ink->values[i] - ground;
    return (off - l->bias) * l->factors[ground];
}

static double brightest_of(const dsc_ink *ink, const level *l) {
    size_t counts[256] = {0};
    for (size_t i = 0; i < ink->width * ink->height; i++) counts[l->ground[i]]++;
    return dsc_quantile(counts, 0.9);
}

/* Finds the ground with light.h. That ground is a maximum, and so above the middle of its noise. */
static dsc_status by_light(level *l, const dsc_ink *ink, dsc_error *error) {
    dsc_status status = dsc_light_find(l->ground, &l->dark, ink->values, ink->height, ink->width, error);
    if (status) return status;
    size_t away[256] = {0}, differences[256] = {0};
    const size_t count = ink->width * ink->height;
    l->bias = 0;
    for (size_t i = 0; i < count; i++) {
        const int d = l->dark ? l->ground[i] - ink->values[i] : ink->values[i] - l->ground[i];
        away[d < 0 ? 0 : d]++;
    }
    l->bias = dsc_quantile(away, 0.4);
    set_factors(l, brightest_of(ink, l));
    for (size_t i = 0; i < count; i++) {
        const double size = fabs(difference(ink, l, i));
        differences[size < 255 ? (unsigned)(size + 0.5) : 255]++;
    }
    /* A quarter of all pixels is ground, even if half are ink. */
    l->deviation = deviation_of(differences);
    return DSC_OK;
}

/* --- pictures cut close to the ink, with little ground ---
 *
 * Their greys have two classes: ink, and a ground of one level (dsc_split_greys). The ground is the class of
 * the picture's corners, which even closely cut digits leave free. */

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

/* A class of greys: its most frequent grey, and the greys beyond it, away from the other class. Greys between
 * the two levels are blurred edges of strokes, and are not used. */
typedef struct grey_class {
    unsigned level;
    double deviation; /* of the greys beyond */
    double far;       /* share of them that is beyond the noise */
    bool is_one;      /* almost nothing is beyond the noise: it has one level */
} grey_class;

static grey_class class_of(const size_t counts[256], bool others_are_darker) {
    grey_class c = {.level = 2};
    size_t best = 0, beyond[256] = {0}, all = 0, far = 0, any = 0;
    for (unsigned v = 2; v < 254; v++) {
        const size_t here = counts[v - 2] + counts[v - 1] + counts[v] + counts[v + 1] + counts[v + 2];
        if (here > best) best = here, c.level = v;
    }
    for (unsigned v = c.level - 2, last = c.level + 2; v <= last; v++)
        if (counts[v] > counts[c.level]) c.level = v;
    for (unsigned v = 0; v < 256; v++) {
        all += counts[v];
        if ((v > c.level) == others_are_darker && v != c.level)
            beyond[v > c.level ? v - c.level : c.level - v] += counts[v], any += counts[v];
    }
    beyond[0] = counts[c.level] / 2; /* half of the level itself is on this side */
    if (any)
        c.deviation = dsc_quantile(beyond, 0.5) / 0.67; /* the normal distribution has half within 0.67
                                                              * deviations */
    const double noise = fmax(STANDS_OUT, 4 * c.deviation);
    for (unsigned v = 0; v < 256; v++)
        if (v > noise) far += beyond[v];
    /* If ink and a shadow have close levels, half of what is beyond one is the other. */
    c.far = all ? (double)far / (double)all : 0;
    c.is_one = far * 100 <= all && c.deviation <= LEVEL_MOST;
    return c;
}

/* The side of the largest square of ink. `longest` (width) is scratch: the side of the largest square that
 * ends at each pixel of a row. */
static size_t largest_square(const dsc_ink *ink, unsigned threshold, bool dark_ground, uint32_t *longest) {
    size_t side = 0;
    memset(longest, 0, ink->width * sizeof *longest);
    for (size_t y = 0; y < ink->height; y++) {
        uint32_t before = 0; /* above and to the left */
        for (size_t x = 0; x < ink->width; x++) {
            const uint32_t above = longest[x], left = x ? longest[x - 1] : 0;
            const uint32_t least = above < left ? above : left;
            const bool inked = (ink->values[y * ink->width + x] <= threshold) != dark_ground;
            longest[x] = inked ? 1 + (least < before ? least : before) : 0;
            if (longest[x] > side) side = longest[x];
            before = above;
        }
    }
    return side;
}

/* Whether a square of this side is larger than most strokes: then the dark part may be a shadow. */
static bool is_wide(const dsc_ink *ink, size_t square) {
    size_t side = 3 * (ink->width > ink->height ? ink->width : ink->height) / 10;
    if (ink->width > ink->height && side > 6 * ink->height / 10) side = 6 * ink->height / 10;
    return square > side;
}

/* Whether the possible ink fills a corner of the picture. */
static bool fills_a_corner(const dsc_ink *ink, unsigned threshold, bool dark_ground) {
    const size_t shorter = ink->width < ink->height ? ink->width : ink->height,
                 side = shorter / CORNER_PART + 1;
    for (int corner = 0; corner < 4; corner++) {
        const size_t left = corner & 1 ? ink->width - side : 0, top = corner & 2 ? ink->height - side : 0;
        size_t inked = 0;
        for (size_t y = top; y < top + side; y++)
            for (size_t x = left; x < left + side; x++)
                inked += (ink->values[y * ink->width + x] <= threshold) != dark_ground;
        if (inked == side * side) return true;
    }
    return false;
}

/* Both classes of a picture's greys. */
typedef struct classes {
    unsigned threshold; /* greys up to it are the darker class */
    double separate;
    bool dark_ground;
    grey_class ground, ink;
} classes;

static void classify(classes *c, const dsc_ink *ink) {
    size_t counts[256] = {0}, own[256] = {0}, others[256] = {0};
    for (size_t i = 0; i < ink->width * ink->height; i++) counts[ink->values[i]]++;
    c->threshold = dsc_split_greys(&c->separate, counts);
    c->dark_ground = corners_are_dark(ink, c->threshold);
    for (unsigned v = 0; v < 256; v++)
        *((v <= c->threshold) == c->dark_ground ? &own[v] : &others[v]) = counts[v];
    c->ground = class_of(own, !c->dark_ground);
    c->ink = class_of(others, c->dark_ground);
}

/* Splits the greys into two classes. Returns false unless each has one level and the ink is not wide. Ink in
 * a shadow is beyond the shadow's level, so a shadow is not taken for ink; nor is a wide object in a
 * corner. */
static bool by_classes(level *l, const dsc_ink *ink, uint32_t *longest) {
    classes c;
    classify(&c, ink);
    if (c.separate < 0.8) return false;
    *l = (level){.ground = l->ground, .deviation = c.ground.deviation, .dark = !c.dark_ground};
    const bool may_be_shadow = c.ink.far > 0.002 || fills_a_corner(ink, c.threshold, c.dark_ground);
    if (may_be_shadow && is_wide(ink, largest_square(ink, c.threshold, c.dark_ground, longest))) return false;
    if (!c.ground.is_one || !c.ink.is_one || floor_of(l) > 2 * STANDS_OUT) return false;
    memset(l->ground, (int)c.ground.level, ink->width * ink->height);
    set_factors(l, c.ground.level);
    return true;
}

/* --- thick or blurred strokes, cut close, where the light falls off ---
 *
 * Ink wider than a quarter of the picture would be ground by light.h, and its greys need not have one level.
 * If the ink does not come in from outside the picture, as a shadow does, the ground is a plane. */

/* The grey of the ground: middle + across x + down y, measured from the picture's middle. */
typedef struct plane {
    double middle, across, down;
} plane;

static double grey_at(const plane *p, const dsc_ink *ink, size_t x, size_t y) {
    return p->middle + p->across * ((double)x - (double)ink->width / 2) +
           p->down * ((double)y - (double)ink->height / 2);
}

static double determinant(double a, double b, double c, double d, double e, double f, double g, double h,
                          double i) {
    return a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g);
}

/* Fits a plane to the greys of the pixels that are beyond `limit` in `flat`, by least squares. */
static bool fit_plane(plane *p, const dsc_ink *ink, const dsc_ink *flat, unsigned limit, bool dark_ground) {
    double n = 0, x1 = 0, y1 = 0, xx = 0, xy = 0, yy = 0, v1 = 0, xv = 0, yv = 0;
    for (size_t j = 0; j < ink->height; j++)
        for (size_t i = 0; i < ink->width; i++) {
            const uint8_t grey = flat->values[j * ink->width + i];
            if (dark_ground ? grey > limit : grey < limit) continue;
            const double x = (double)i - (double)ink->width / 2, y = (double)j - (double)ink->height / 2,
                         v = ink->values[j * ink->width + i];
            n++, x1 += x, y1 += y, xx += x * x, xy += x * y, yy += y * y, v1 += v, xv += x * v, yv += y * v;
        }
    const double all = determinant(n, x1, y1, x1, xx, xy, y1, xy, yy);
    if (fabs(all) < 1) return false;
    *p = (plane){determinant(v1, x1, y1, xv, xx, xy, yv, xy, yy) / all,
                 determinant(n, v1, y1, x1, xv, xy, y1, yv, yy) / all,
                 determinant(n, x1, v1, x1, xx, xv, y1, xy, yv) / all};
    return true;
}

/* The picture on a ground of one grey, that of the plane's middle. */
static void flatten(dsc_ink *flat, const dsc_ink *ink, const plane *p) {
    for (size_t y = 0; y < ink->height; y++)
        for (size_t x = 0; x < ink->width; x++) {
            const double grey = ink->values[y * ink->width + x] - grey_at(p, ink, x, y) + p->middle;
            flat->values[y * ink->width + x] = (uint8_t)(grey < 0 ? 0 : grey > 255 ? 255 : grey + 0.5);
        }
}

/* Whether ink reaches over much of the picture's edge: shadows do over a fifth and more. */
static bool comes_from_outside(const dsc_ink *ink, unsigned threshold, bool dark_ground) {
    size_t inked = 0, all = 0;
    for (size_t y = 0; y < ink->height; y++) {
        const size_t step = y == 0 || y + 1 == ink->height || ink->width == 1 ? 1 : ink->width - 1;
        for (size_t x = 0; x < ink->width; x += step, all++)
            inked += (ink->values[y * ink->width + x] <= threshold) != dark_ground;
    }
    return inked * 8 > all;
}

/* Whether light.h would take ink of this square for ground. */
static bool is_thick(const dsc_ink *ink, size_t square) {
    return square * 6 >= (ink->width < ink->height ? ink->width : ink->height);
}

/* Whether the flattened picture has a ground of one level and thick ink on it, not a shadow. Ink on paper and
 * in a shadow, or a shadow and the ink in it, are far apart. */
static bool is_flat(const level *l, const classes *c, const dsc_ink *flat, uint32_t *longest) {
    const size_t longer = flat->width < flat->height ? flat->height : flat->width,
                 square = largest_square(flat, c->threshold, c->dark_ground, longest);
    return c->separate >= 0.75 && c->ground.is_one && floor_of(l) <= 2 * STANDS_OUT &&
           c->ink.deviation <= 2 * LEVEL_MOST && is_thick(flat, square) && square * 5 <= 2 * longer &&
           !comes_from_outside(flat, c->threshold, c->dark_ground);
}

/* `room` is for one value a pixel. */
static bool by_plane(level *l, const dsc_ink *ink, uint8_t *room, uint32_t *longest) {
    dsc_ink flat = {.width = ink->width, .height = ink->height, .values = room};
    classes c;
    plane p = {0};
    memcpy(room, ink->values, ink->width * ink->height);
    classify(&c, &flat);
    if (!is_thick(&flat, largest_square(&flat, c.threshold, c.dark_ground, longest))) return false;
    for (int round = 0; round < 3; round++) {
        /* Without the blurred edges of the ink. */
        const unsigned limit = (c.threshold + c.ground.level) / 2;
        if (c.separate < 0.6 || !fit_plane(&p, ink, &flat, limit, c.dark_ground)) return false;
        flatten(&flat, ink, &p);
        classify(&c, &flat);
    }
    *l = (level){.ground = l->ground, .deviation = c.ground.deviation, .dark = !c.dark_ground};
    if (!is_flat(l, &c, &flat, longest)) return false;
    for (size_t y = 0; y < ink->height; y++)
        for (size_t x = 0; x < ink->width; x++) {
            const double grey = grey_at(&p, ink, x, y);
            l->ground[y * ink->width + x] = (uint8_t)(grey < 0 ? 0 : grey > 255 ? 255 : grey + 0.5);
        }
    set_factors(l, brightest_of(ink, l));
    return true;
}

static dsc_status take_ground_away(dsc_ink *ink, dsc_error *error) {
    const size_t count = ink->width * ink->height;
    level l = {.ground = dsc_allocate(count, 1)};
    uint8_t *room = dsc_allocate(count, 1);
    uint32_t *longest = dsc_allocate(ink->width, sizeof *longest);
    if (!l.ground || !room || !longest) {
        free(longest);
        free(room);
        free(l.ground);
        return dsc_fail_memory(error, count, "a picture's ground");
    }
    const bool found = by_classes(&l, ink, longest) || by_plane(&l, ink, room, longest);
    dsc_status status = found ? DSC_OK : by_light(&l, ink, error);
    free(room);
    free(longest);
    const unsigned least = least_of(&l), floor = floor_of(&l);
    size_t sizes[256] = {0}, beyond = 0;
    for (size_t i = 0; i < count && !status; i++) {
        const double size = difference(ink, &l, i);
        if (size > least) sizes[size < 255 ? (unsigned)(size + 0.5) : 255]++, beyond++;
    }
    if (!status && (beyond == 0 || least >= 200))
        status =
            dsc_fail(error, DSC_ERROR_FORMAT, "no pixel stands out from the ground; is the picture blank?");
    const double most = dsc_quantile(sizes, 0.9), from = floor < most / 2 ? floor : most / 2;
    for (size_t i = 0; i < count && !status; i++) {
        const double share = (difference(ink, &l, i) - from) / (most - from);
        ink->values[i] = (uint8_t)(share <= 0 ? 0 : share >= 1 ? 255 : share * 255 + 0.5);
    }
    ink->faintest = floor > 0 ? 80 : 8;
    free(l.ground);
    return status;
}

dsc_status dsc_ink_make(dsc_ink *ink, const uint8_t *pixels, size_t height, size_t width, size_t channels,
                        dsc_error *error) {
    *ink = (dsc_ink){0};
    if (!dsc_image_size_allowed(width, height) || (channels != 1 && channels != 3 && channels != 4))
        return dsc_fail(error, DSC_ERROR_ARGUMENT,
                        "expected a picture with sides from 1 to %d, at most %d pixels, and 1, 3 or 4 "
                        "channels; found %zu x %zu with %zu channels",
                        DSC_IMAGE_SIDE_LIMIT, DSC_IMAGE_PIXEL_LIMIT, width, height, channels);
    const size_t shorter = width < height ? width : height;
    ink->scale = (shorter + DSC_INK_SIDE - 1) / DSC_INK_SIDE;
    ink->width = (width + ink->scale - 1) / ink->scale;
    ink->height = (height + ink->scale - 1) / ink->scale;
    ink->values = dsc_allocate(ink->width * ink->height, 1);
    if (!ink->values) return dsc_fail_memory(error, ink->width * ink->height, "a picture in greys");
    reduce(ink, pixels, height, width, channels, 255);
    /* White strokes on a transparent ground: the ground must be dark. */
    if (channels == 4 && range_of(ink) < STANDS_OUT) reduce(ink, pixels, height, width, channels, 0);
    dsc_status status = dsc_paper_find(&ink->sheet, ink->values, ink->height, ink->width, error);
    if (!status) status = take_ground_away(ink, error);
    if (status) dsc_ink_clear(ink);
    return status;
}

void dsc_ink_clear(dsc_ink *ink) {
    free(ink->values);
    *ink = (dsc_ink){0};
}
