/* SPDX-License-Identifier: MIT */
/* rulings.c: finds printed lines, grids, boxes and frames; see prepare.h.
 *
 * A row of a piece is full if nearly all of its box's width is ink; likewise a column. The ink of a ruling is
 * in full rows and columns: a line has full rows, a box or a grid has both. Digits have curves and slants
 * outside of full rows and columns. Exceptions: a printed 1 is one full column, and thick block figures are
 * straight. Therefore a single upright stroke is a ruling only if it crosses the picture, and rulings are
 * thin for their size. */
#include "image/prepare.h"

#include "base/error.h"
#include "base/memory.h"

#include <stdlib.h>

enum {
    SIDE_LEAST = 24,    /* ink pixels: smaller pieces are skipped */
    INSIDE_MOST = 4096, /* pieces, because time is candidates times pieces; no page has more digits */
};

/* A piece that may be a ruling, and the ink of its rows and columns. */
typedef struct candidate {
    uint32_t piece;
    size_t rows_at, columns_at; /* in `counts`; columns have one more, for counting by differences */
    size_t straight;            /* pixels in full rows or columns */
    size_t full_rows, full_columns, row_groups, column_groups; /* groups: of neighbours */
} candidate;

typedef struct rulings {
    candidate *candidates;
    size_t count;
    uint32_t *of_piece; /* (pieces): index of the candidate, or NONE */
    int32_t *counts;
} rulings;

#define NONE UINT32_MAX

static void rulings_clear(rulings *r) {
    free(r->candidates);
    free(r->of_piece);
    free(r->counts);
}

static bool may_be(const dsc_piece *piece) {
    return piece->fate == DSC_MARK_DIGIT &&
           (dsc_box_width(&piece->box) >= SIDE_LEAST || dsc_box_height(&piece->box) >= SIDE_LEAST);
}

static dsc_status find_candidates(rulings *r, const dsc_pieces *p, dsc_error *error) {
    size_t count = 0, room = 0;
    for (size_t i = 0; i < p->count; i++) count += may_be(&p->pieces[i]);
    r->candidates = dsc_allocate(count, sizeof *r->candidates);
    r->of_piece = dsc_allocate(p->count, sizeof *r->of_piece);
    if (!r->candidates || !r->of_piece)
        return dsc_fail_memory(error, count * sizeof *r->candidates, "the lines of a picture");
    for (size_t i = 0; i < p->count; i++) {
        r->of_piece[i] = NONE;
        if (!may_be(&p->pieces[i])) continue;
        r->of_piece[i] = (uint32_t)r->count;
        r->candidates[r->count++] = (candidate){
            .piece = (uint32_t)i, .rows_at = room, .columns_at = room + dsc_box_height(&p->pieces[i].box)};
        room += dsc_box_height(&p->pieces[i].box) + dsc_box_width(&p->pieces[i].box) + 1;
    }
    r->counts = dsc_allocate(room, sizeof *r->counts);
    return r->counts ? DSC_OK : dsc_fail_memory(error, room * sizeof *r->counts, "the lines of a picture");
}

static void count_ink(rulings *r, const dsc_pieces *p) {
    for (size_t i = 0; i < p->run_count; i++) {
        const dsc_ink_run *run = &p->runs[i];
        if (r->of_piece[run->piece] == NONE) continue;
        const candidate *c = &r->candidates[r->of_piece[run->piece]];
        const dsc_box *box = &p->pieces[run->piece].box;
        r->counts[c->rows_at + run->row - box->top] += (int32_t)(run->last - run->first);
        r->counts[c->columns_at + run->first - box->left]++;
        r->counts[c->columns_at + run->last - box->left]--;
    }
}

/* Replaces counts by 1 for full, 0 for others. Returns the number of full ones; *groups: runs of
 * neighbours. */
static size_t mark_full(int32_t *counts, size_t count, size_t length, size_t *groups) {
    size_t full = 0;
    bool before = false;
    for (size_t i = 0; i < count; i++) {
        const bool is = (uint64_t)counts[i] * 10 >= length * 9;
        *groups += is && !before;
        full += is;
        before = is;
        counts[i] = is;
    }
    return full;
}

static void find_full(rulings *r, const dsc_pieces *p) {
    for (size_t i = 0; i < r->count; i++) {
        candidate *c = &r->candidates[i];
        const size_t width = dsc_box_width(&p->pieces[c->piece].box),
                     height = dsc_box_height(&p->pieces[c->piece].box);
        int32_t *columns = r->counts + c->columns_at;
        for (size_t x = 1; x < width; x++) columns[x] += columns[x - 1];
        c->full_rows = mark_full(r->counts + c->rows_at, height, width, &c->row_groups);
        c->full_columns = mark_full(columns, width, height, &c->column_groups);
        /* From here on: the number of full columns before each. */
        int32_t sum = 0;
        for (size_t x = 0; x <= width; x++) {
            const int32_t is = x < width ? columns[x] : 0;
            columns[x] = sum;
            sum += is;
        }
    }
    for (size_t i = 0; i < p->run_count; i++) {
        const dsc_ink_run *run = &p->runs[i];
        if (r->of_piece[run->piece] == NONE) continue;
        candidate *c = &r->candidates[r->of_piece[run->piece]];
        const dsc_box *box = &p->pieces[run->piece].box;
        const int32_t *columns = r->counts + c->columns_at;
        c->straight += r->counts[c->rows_at + run->row - box->top]
                           ? run->last - run->first
                           : (size_t)(columns[run->last - box->left] - columns[run->first - box->left]);
    }
}

/* Whether a piece is a solid horizontal bar, or a vertical one that crosses the picture, unless the picture
 * is cut close around it. */
static bool is_line(const dsc_piece *piece, const dsc_ink *ink) {
    const size_t width = dsc_box_width(&piece->box), height = dsc_box_height(&piece->box);
    if (piece->area * 10 < width * height * 7) return false;
    return width >= 8 * height || (height >= 8 * width && height == ink->height && ink->width * 2 > height);
}

static bool is_grid(const candidate *c, const dsc_piece *piece) {
    if (c->row_groups == 0 || c->column_groups == 0 || c->row_groups + c->column_groups < 3) return false;
    const size_t width = dsc_box_width(&piece->box), height = dsc_box_height(&piece->box),
                 shorter = width < height ? width : height;
    /* Digits do not have four parallel strokes: then strokes may be thicker. */
    const size_t part = c->row_groups >= 4 || c->column_groups >= 4 ? 6 : 12;
    const bool thin = c->full_rows * part <= shorter * c->row_groups &&
                      c->full_columns * part <= shorter * c->column_groups;
    return thin && c->straight * 20 >= piece->area * 17;
}

/* Whether a thin outline has another piece inside. Digits that enclose something (a 0 with a dot) enclose
 * only small pieces. */
static bool encloses(const dsc_pieces *p, const dsc_piece *outer) {
    const dsc_box *box = &outer->box;
    if (outer->area * 4 > dsc_box_width(box) * dsc_box_height(box)) return false;
    for (size_t i = 0; i < p->count; i++) {
        const dsc_box *inner = &p->pieces[i].box;
        if (p->pieces[i].most >= 128 && inner->left > box->left && inner->right < box->right &&
            inner->top > box->top && inner->bottom < box->bottom &&
            dsc_box_height(inner) * 4 >= dsc_box_height(box) && p->pieces[i].area * 20 >= outer->area)
            return true;
    }
    return false;
}

dsc_status dsc_rulings_find(dsc_pieces *p, const dsc_ink *ink, dsc_error *error) {
    rulings r = {0};
    dsc_status status = find_candidates(&r, p, error);
    if (!status) {
        count_ink(&r, p);
        find_full(&r, p);
    }
    for (size_t i = 0; i < r.count && !status; i++) {
        dsc_piece *piece = &p->pieces[r.candidates[i].piece];
        if (is_line(piece, ink) || is_grid(&r.candidates[i], piece) ||
            (p->count <= INSIDE_MOST && encloses(p, piece)))
            piece->fate = DSC_MARK_LINE;
    }
    rulings_clear(&r);
    return status;
}
