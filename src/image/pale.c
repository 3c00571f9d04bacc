/* SPDX-License-Identifier: MIT */
/* pale.c: the pale parts of a digit's strokes: ink that is fainter than ink must be, but connected to a
 * digit. Two thresholds, as in Canny, "A computational approach to edge detection" (1986): the lower one
 * holds only for what is connected to something above the higher one. See prepare.h. */
#include "image/prepare.h"

#include "base/error.h"
#include "base/memory.h"
#include "image/spread.h"

#include <stdlib.h>

enum { OPEN, TAKEN, FORBIDDEN };
enum {
    REACH = 2, /* usual height divided by this: how far from the digit's box pale ink is sought */
    NEAR = 12  /* likewise: about the width of a stroke */
};

/* The state of each pixel in a window of the ink, and the pixels from which the digit is still to grow. */
typedef struct window {
    dsc_box box;
    size_t width, height;
    uint8_t *states;
    uint32_t *waiting;
    size_t count;
} window;

/* The place in the picture of a pixel of the window. */
static size_t place_of(const window *w, const dsc_ink *ink, size_t i) {
    return (w->box.top + i / w->width) * ink->width + w->box.left + i % w->width;
}

static void mark(window *w, const dsc_part *part, uint8_t state) {
    for (size_t i = 0; i < part->count; i++) {
        const dsc_ink_run *run = &part->runs[i];
        if (run->row < w->box.top || run->row >= w->box.bottom) continue;
        for (size_t x = run->first > w->box.left ? run->first : w->box.left;
             x < run->last && x < w->box.right; x++) {
            const size_t at = (run->row - w->box.top) * w->width + (x - w->box.left);
            w->states[at] = state;
            if (state == TAKEN) w->waiting[w->count++] = (uint32_t)at;
        }
    }
}

/* Takes the open neighbours of each waiting pixel, corners included. */
static void grow(window *w, const dsc_ink *ink, uint8_t least) {
    while (w->count) {
        const size_t at = w->waiting[--w->count], y = at / w->width, x = at % w->width;
        for (size_t ny = y ? y - 1 : 0; ny <= y + 1 && ny < w->height; ny++)
            for (size_t nx = x ? x - 1 : 0; nx <= x + 1 && nx < w->width; nx++) {
                const size_t next = ny * w->width + nx;
                if (w->states[next] != OPEN || ink->values[place_of(w, ink, next)] < least) continue;
                w->states[next] = TAKEN;
                w->waiting[w->count++] = (uint32_t)next;
            }
    }
}

/* The runs of taken pixels, row by row; their number. NULL: only counts them. */
static size_t take_runs(dsc_ink_run *runs, const window *w) {
    size_t count = 0;
    for (size_t y = 0; y < w->height; y++)
        for (size_t x = 0; x < w->width;) {
            const uint8_t *row = w->states + y * w->width;
            const size_t first = x++;
            if (row[first] != TAKEN) continue;
            while (x < w->width && row[x] == TAKEN) x++;
            if (runs)
                runs[count] = (dsc_ink_run){.row = (uint32_t)(w->box.top + y),
                                            .first = (uint32_t)(w->box.left + first),
                                            .last = (uint32_t)(w->box.left + x)};
            count++;
        }
    return count;
}

/* Writes the taken ink to the picture `to`, each stroke as dark as others: as a share of the darkest ink
 * within `near` pixels. `most` has room for two windows and dsc_spread's lines. */
static void strengthen(uint8_t *to, const window *w, const dsc_ink *ink, size_t near, uint8_t *most) {
    const size_t pixels = w->width * w->height;
    for (size_t i = 0; i < pixels; i++)
        most[i] = w->states[i] == TAKEN ? ink->values[place_of(w, ink, i)] : 0;
    dsc_spread(most, w->height, w->width, near, true, most + pixels);
    for (size_t i = 0; i < pixels; i++) {
        const size_t at = place_of(w, ink, i);
        if (w->states[i] == TAKEN) to[at] = (uint8_t)(255u * ink->values[at] / most[i]);
    }
}

static dsc_box window_around(dsc_box box, const dsc_ink *ink, size_t reach) {
    return (dsc_box){.left = box.left > reach ? box.left - reach : 0,
                     .top = box.top > reach ? box.top - reach : 0,
                     .right = box.right + reach < ink->width ? box.right + reach : ink->width,
                     .bottom = box.bottom + reach < ink->height ? box.bottom + reach : ink->height};
}

dsc_status dsc_pale_find(dsc_pale *pale, const dsc_ink *ink, const dsc_part *part, const dsc_part *all,
                         size_t usual, dsc_error *error) {
    const dsc_box part_box = dsc_part_box(part);
    window w = {.box = window_around(part_box, ink, usual / REACH)};
    w.width = dsc_box_width(&w.box), w.height = dsc_box_height(&w.box);
    const size_t pixels = w.width * w.height;
    *pale = (dsc_pale){.ink = *ink};
    pale->ink.values = dsc_allocate(ink->width * ink->height, 1);
    w.states = dsc_allocate(pixels, sizeof *w.states);
    w.waiting = dsc_allocate(pixels, sizeof *w.waiting);
    uint8_t *most = dsc_allocate(2 * (pixels + w.width + w.height), 1);
    if (pale->ink.values && w.states && w.waiting && most) {
        mark(&w, all, FORBIDDEN);
        mark(&w, part, TAKEN);
        grow(&w, ink, (uint8_t)((ink->faintest + 1) / 2));
        strengthen(pale->ink.values, &w, ink, usual / NEAR + 1, most);
        pale->runs = dsc_allocate(take_runs(NULL, &w), sizeof *pale->runs);
        if (pale->runs) pale->part = (dsc_part){pale->runs, take_runs(pale->runs, &w)};
    }
    free(most);
    free(w.waiting);
    free(w.states);
    return pale->runs ? DSC_OK : dsc_fail_memory(error, pixels * sizeof *w.waiting, "a digit's pale strokes");
}

void dsc_pale_clear(dsc_pale *pale) {
    dsc_ink_clear(&pale->ink);
    free(pale->runs);
    *pale = (dsc_pale){0};
}
