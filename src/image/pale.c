/* SPDX-License-Identifier: MIT */
/* pale.c: the pale parts of a digit's strokes: ink that is fainter than ink must be, but connected to a
 * digit. Two thresholds, as in Canny, "A computational approach to edge detection" (1986): the lower one
 * holds only for what is connected to something above the higher one. See prepare.h. */
#include "image/prepare.h"

#include "base/error.h"
#include "base/memory.h"

#include <stdlib.h>

enum { OPEN, TAKEN, FORBIDDEN };

/* The state of each pixel in a window of the ink, and the pixels from which the digit is still to grow. */
typedef struct window {
    dsc_box box;
    size_t width, height;
    uint8_t *states;
    uint32_t *waiting;
    size_t count;
} window;

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
                if (w->states[next] != OPEN ||
                    ink->values[(w->box.top + ny) * ink->width + w->box.left + nx] < least)
                    continue;
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

dsc_status dsc_part_with_pale(dsc_ink_run **runs, dsc_part *with, const dsc_ink *ink, const dsc_part *part,
                              const dsc_part *all, size_t reach, dsc_error *error) {
    window w = {.box = dsc_part_box(part)};
    *runs = NULL;
    w.box.left -= w.box.left < reach ? w.box.left : reach;
    w.box.top -= w.box.top < reach ? w.box.top : reach;
    w.box.right = w.box.right + reach < ink->width ? w.box.right + reach : ink->width;
    w.box.bottom = w.box.bottom + reach < ink->height ? w.box.bottom + reach : ink->height;
    w.width = dsc_box_width(&w.box), w.height = dsc_box_height(&w.box);
    const size_t pixels = w.width * w.height;
    w.states = dsc_allocate(pixels, sizeof *w.states);
    w.waiting = dsc_allocate(pixels, sizeof *w.waiting);
    if (w.states && w.waiting) {
        mark(&w, all, FORBIDDEN);
        mark(&w, part, TAKEN);
        grow(&w, ink, ink->faintest / 2);
        const size_t count = take_runs(NULL, &w);
        *runs = dsc_allocate(count, sizeof **runs);
        if (*runs) *with = (dsc_part){*runs, take_runs(*runs, &w)};
    }
    free(w.waiting);
    free(w.states);
    return *runs ? DSC_OK : dsc_fail_memory(error, pixels * sizeof *w.waiting, "a digit's pale strokes");
}
