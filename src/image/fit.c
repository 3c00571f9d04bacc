/* SPDX-License-Identifier: MIT */
/* fit.c: resamples a part of a picture into a part of an image; see dsc_fit_image in descender.h.
 *
 * Along one side, n pixels become m values, each a weighted sum of neighbouring pixels. The weights are
 * integers and only the final division rounds, so every machine gives the same result:
 *
 *   m <= n   value j is the mean over the interval [j n/m, (j+1) n/m): the weight of pixel i is its overlap
 *            with the interval, times m; the weights sum to n
 *   m > n    value j is interpolated linearly at x = (j + 1/2) n/m - 1/2, where pixel centres are integers:
 *            pixels floor(x) and floor(x) + 1 have the weights 1 - f and f, times 2m; the weights sum to 2m.
 *            Beyond the outermost centres the outermost pixels are repeated.
 *
 * In two dimensions the weights are multiplied. A sum is at most 255 * 131070^2, which fits 64 bits. */
#include "image/fit.h"

#include "base/error.h"
#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

/* --- colour --- */

bool dsc_has_colour(const uint8_t *pixels, size_t count, size_t channels) {
    enum { TOLERANCE = 8 };
    const uint8_t *p = pixels;
    for (size_t i = 0; i < count && channels >= 3; i++, p += channels) {
        const int red = p[0] - p[1], blue = p[2] - p[1];
        if (red > TOLERANCE || red < -TOLERANCE || blue > TOLERANCE || blue < -TOLERANCE ||
            red - blue > TOLERANCE || blue - red > TOLERANCE)
            if (channels == 3 || p[3]) return true;
    }
    return false;
}

/* --- the weights of one side --- */

typedef struct side {
    size_t offset, from; /* pixels [offset, offset + from) of the picture */
    size_t start, to;    /* become values [start, start + to) of the image */
} side;

/* Weights of pixels first to last, both included, relative to offset: `head` for the first, `tail` for the
 * last, `middle` for those between; only `head` if first is last. */
typedef struct tap {
    size_t first, last;
    uint32_t head, middle, tail;
} tap;

static uint64_t total_of(const side *s) { return s->to <= s->from ? s->from : 2 * (uint64_t)s->to; }

static tap shrinking(const side *s, size_t j) {
    const uint64_t m = s->to, left = (uint64_t)j * s->from, right = left + s->from; /* in m-ths of a pixel */
    const size_t first = (size_t)(left / m), last = (size_t)((right - 1) / m);
    tap t = {.first = first, .last = last, .middle = (uint32_t)m};
    t.head = (uint32_t)(first == last ? right - left : (first + 1) * m - left);
    t.tail = (uint32_t)(right - last * m);
    return t;
}

static tap growing(const side *s, size_t j) {
    const int64_t twice = 2 * (int64_t)s->to, n = (int64_t)s->from;
    const int64_t x = (2 * (int64_t)j + 1) * n - (int64_t)s->to; /* in 2m-ths of a pixel */
    if (x <= 0) return (tap){.head = (uint32_t)twice};
    const size_t first = (size_t)(x / twice);
    if (first + 1 >= s->from) return (tap){s->from - 1, s->from - 1, (uint32_t)twice, 0, 0};
    const uint32_t part = (uint32_t)(x % twice);
    if (!part) return (tap){first, first, (uint32_t)twice, 0, 0};
    return (tap){first, first + 1, (uint32_t)twice - part, 0, part};
}

static tap tap_of(const side *s, size_t j) { return s->to <= s->from ? shrinking(s, j) : growing(s, j); }

/* --- rows --- */

typedef struct work {
    const uint8_t *pixels;
    size_t width, channels; /* of the picture */
    size_t planes;          /* of the image: 1 or 3 */
    bool grey;              /* the picture has no colour: all planes are grey */
    uint8_t behind;         /* shows where the picture is transparent */
    side down, across;
    tap *taps;      /* of the columns */
    uint8_t *flat;  /* one opaque row of the picture: (from, planes) */
    uint32_t *rows; /* two rows resampled across: (2, planes, to) */
    size_t held[2]; /* their row numbers in the picture */
    uint64_t *sums; /* (planes, to) */
} work;

/* The value of plane c of a pixel over `behind`. */
static inline uint8_t value_of(const work *w, const uint8_t *pixel, size_t c) {
    const unsigned value = w->channels == 1 ? pixel[0] : w->grey ? dsc_luma(pixel) : pixel[c];
    if (w->channels != 4) return (uint8_t)value;
    return (uint8_t)((value * pixel[3] + w->behind * (255u - pixel[3]) + 127u) / 255u);
}

static void resample_row(const work *w, uint32_t *out, size_t y) {
    const size_t from = w->across.from, to = w->across.to, planes = w->planes;
    const uint8_t *pixel = w->pixels + ((w->down.offset + y) * w->width + w->across.offset) * w->channels;
    for (size_t x = 0; x < from; x++, pixel += w->channels)
        for (size_t c = 0; c < planes; c++) w->flat[x * planes + c] = value_of(w, pixel, c);
    for (size_t j = 0; j < to; j++) {
        const tap *t = &w->taps[j];
        for (size_t c = 0; c < planes; c++) {
            uint32_t middle = 0;
            for (size_t x = t->first + 1; x < t->last; x++) middle += w->flat[x * planes + c];
            uint32_t sum = t->head * w->flat[t->first * planes + c] + t->middle * middle;
            if (t->last > t->first) sum += t->tail * w->flat[t->last * planes + c];
            out[c * to + j] = sum;
        }
    }
}

/* Row y of the picture's part, resampled across; neighbouring rows of the image share it. */
static const uint32_t *row_of(work *w, size_t y) {
    uint32_t *row = w->rows + (y % 2) * w->planes * w->across.to;
    if (w->held[y % 2] != y) resample_row(w, row, y);
    w->held[y % 2] = y;
    return row;
}

static void add_row(work *w, size_t y, uint32_t weight) {
    const uint32_t *row = row_of(w, y);
    for (size_t i = 0; i < w->planes * w->across.to; i++) w->sums[i] += (uint64_t)weight * row[i];
}

static void resample(work *w, uint8_t *image, const size_t shape[3]) {
    const uint64_t total = total_of(&w->down) * total_of(&w->across);
    const size_t to = w->across.to;
    for (size_t j = 0; j < w->down.to; j++) {
        const tap t = tap_of(&w->down, j);
        memset(w->sums, 0, w->planes * to * sizeof *w->sums);
        for (size_t y = t.first; y <= t.last; y++)
            add_row(w, y, y == t.first ? t.head : y == t.last ? t.tail : t.middle);
        for (size_t c = 0; c < w->planes; c++) {
            uint8_t *out = image + (c * shape[1] + w->down.start + j) * shape[2] + w->across.start;
            for (size_t x = 0; x < to; x++)
                out[x] = (uint8_t)((2 * w->sums[c * to + x] + total) / (2 * total));
        }
    }
}

static dsc_status run(work *w, uint8_t *image, const size_t shape[3], dsc_error *error) {
    const size_t values = w->planes * w->across.to;
    w->taps = dsc_allocate(w->across.to, sizeof *w->taps);
    w->flat = dsc_allocate(w->across.from, w->planes);
    w->rows = dsc_allocate(2 * values, sizeof *w->rows);
    w->sums = dsc_allocate(values, sizeof *w->sums);
    w->held[0] = w->held[1] = SIZE_MAX;
    dsc_status status = DSC_OK;
    if (w->taps && w->flat && w->rows && w->sums) {
        for (size_t j = 0; j < w->across.to; j++) w->taps[j] = tap_of(&w->across, j);
        resample(w, image, shape);
    } else {
        status = dsc_fail_memory(error, values * (sizeof *w->rows + sizeof *w->sums), "scaling a picture");
    }
    free(w->taps);
    free(w->flat);
    free(w->rows);
    free(w->sums);
    return status;
}

/* --- cropped, padded, stretched --- */

/* a * b / c rounded to nearest, at least 1. */
static size_t share(size_t a, size_t b, size_t c) {
    const size_t result = (size_t)((2 * (uint64_t)a * b + c) / (2 * (uint64_t)c));
    return result ? result : 1;
}

static void place(work *w, const size_t shape[3], dsc_fit fit, size_t height, size_t width) {
    const size_t rows = shape[1], columns = shape[2];
    const bool wider = (uint64_t)width * rows > (uint64_t)columns * height; /* than the image */
    w->down = (side){0, height, 0, rows};
    w->across = (side){0, width, 0, columns};
    if (fit == DSC_FIT_CROP && wider) w->across.from = share(height, columns, rows);
    if (fit == DSC_FIT_CROP && !wider) w->down.from = share(width, rows, columns);
    if (fit == DSC_FIT_PAD && wider) w->down.to = share(height, columns, width);
    if (fit == DSC_FIT_PAD && !wider) w->across.to = share(width, rows, height);
    w->across.offset = (width - w->across.from) / 2;
    w->down.offset = (height - w->down.from) / 2;
    w->across.start = (columns - w->across.to) / 2;
    w->down.start = (rows - w->down.to) / 2;
}

/* The median of each channel along the border: the background. A spot, or an object that touches the border,
 * does not change a median as it would a mean. */
static void border_colour(uint8_t colour[3], const work *w, size_t height) {
    size_t counts[3][256] = {{0}}, pixels = 0;
    for (size_t y = 0; y < height; y++) {
        const size_t step = y == 0 || y == height - 1 || w->width == 1 ? 1 : w->width - 1;
        for (size_t x = 0; x < w->width; x += step, pixels++) {
            const uint8_t *pixel = w->pixels + (y * w->width + x) * w->channels;
            for (size_t c = 0; c < w->planes; c++) counts[c][value_of(w, pixel, c)]++;
        }
    }
    for (size_t c = 0; c < w->planes; c++) {
        size_t seen = 0, v = 0;
        while ((seen += counts[c][v]) * 2 < pixels) v++;
        colour[c] = (uint8_t)v;
    }
}

static void fill(uint8_t *image, const size_t shape[3], const work *w, size_t height) {
    uint8_t colour[3];
    if (w->across.to == shape[2] && w->down.to == shape[1]) return;
    border_colour(colour, w, height);
    for (size_t c = 0; c < shape[0]; c++)
        memset(image + c * shape[1] * shape[2], colour[c], shape[1] * shape[2]);
}

static dsc_status check(const size_t shape[3], dsc_fit fit, size_t height, size_t width, size_t channels,
                        dsc_error *error) {
    if (!dsc_image_size_allowed(width, height) || (channels != 1 && channels != 3 && channels != 4))
        return dsc_fail(error, DSC_ERROR_ARGUMENT,
                        "expected a picture of 1, 3 or 4 channels, with sides from 1 to %d and at most %d "
                        "pixels, found %zu x %zu pixels with %zu",
                        DSC_IMAGE_SIDE_LIMIT, DSC_IMAGE_PIXEL_LIMIT, height, width, channels);
    if ((shape[0] != 1 && shape[0] != 3) || !dsc_image_size_allowed(shape[2], shape[1]))
        return dsc_fail(error, DSC_ERROR_ARGUMENT,
                        "a picture can become an image of 1 or 3 channels, with sides from 1 to %d and at "
                        "most %d pixels, not %zu x %zu x %zu (channels x height x width)",
                        DSC_IMAGE_SIDE_LIMIT, DSC_IMAGE_PIXEL_LIMIT, shape[0], shape[1], shape[2]);
    if (fit == DSC_FIT_NONE && (height != shape[1] || width != shape[2]))
        return dsc_fail(
            error, DSC_ERROR_ARGUMENT,
            "the picture is %zu x %zu pixels (height x width), not %zu x %zu; crop, pad or stretch it",
            height, width, shape[1], shape[2]);
    return DSC_OK;
}

static bool is_blank(const uint8_t *image, size_t size) { return memcmp(image, image + 1, size - 1) == 0; }

dsc_status dsc_fit_image(uint8_t *image, const size_t shape[3], dsc_fit fit, const uint8_t *pixels,
                         size_t height, size_t width, size_t channels, dsc_error *error) {
    work w = {.pixels = pixels, .width = width, .channels = channels, .planes = shape[0], .behind = 255};
    dsc_status status = check(shape, fit, height, width, channels, error);
    if (status) return status;
    w.grey = w.planes == 1 || !dsc_has_colour(pixels, height * width, channels);
    place(&w, shape, fit, height, width);
    fill(image, shape, &w, height);
    status = run(&w, image, shape, error);
    /* White strokes on a transparent ground: the ground must be dark. */
    if (status || channels != 4 || !is_blank(image, shape[0] * shape[1] * shape[2])) return status;
    w.behind = 0;
    fill(image, shape, &w, height);
    return run(&w, image, shape, error);
}
