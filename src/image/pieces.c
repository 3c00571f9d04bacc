/* SPDX-License-Identifier: MIT */
/* pieces.c: connected components of runs: a run joins the touching runs of the row above, corners included
 * (Rosenfeld and Pfaltz, "Sequential operations in digital picture processing", 1966, with union-find);
 * finally the trees of runs are flattened. Time and memory are proportional to the number of runs. */
#include "image/prepare.h"

#include "base/error.h"
#include "base/memory.h"

#include <stdlib.h>

/* The root of a run's tree, with path halving. `piece` is the parent until the trees are flattened. */
static uint32_t root_of(dsc_ink_run *runs, uint32_t run) {
    while (runs[run].piece != run) {
        runs[run].piece = runs[runs[run].piece].piece;
        run = runs[run].piece;
    }
    return run;
}

static void join(dsc_ink_run *runs, uint32_t a, uint32_t b) {
    a = root_of(runs, a), b = root_of(runs, b);
    if (a < b)
        runs[b].piece = a;
    else
        runs[a].piece = b;
}

static dsc_status add_run(dsc_pieces *p, size_t row, size_t first, size_t last, dsc_error *error) {
    if (p->run_count >= UINT32_MAX ||
        !dsc_grow(&p->runs, &p->run_capacity, p->run_count + 1, sizeof *p->runs))
        return dsc_fail_memory(error, (p->run_count + 1) * sizeof *p->runs, "the runs of a picture");
    p->runs[p->run_count] =
        (dsc_ink_run){(uint32_t)row, (uint32_t)first, (uint32_t)last, (uint32_t)p->run_count};
    p->run_count++;
    return DSC_OK;
}

static dsc_status find_runs(dsc_pieces *p, const dsc_ink *ink, dsc_error *error) {
    size_t above = 0, above_end = 0; /* the runs of the row above */
    for (size_t y = 0; y < ink->height; y++) {
        const uint8_t *row = ink->values + y * ink->width;
        const size_t begin = p->run_count;
        for (size_t x = 0; x < ink->width;) {
            if (row[x] < ink->faintest) {
                x++;
                continue;
            }
            const size_t first = x;
            while (x < ink->width && row[x] >= ink->faintest) x++;
            dsc_status status = add_run(p, y, first, x, error);
            if (status) return status;
            while (above < above_end && p->runs[above].last < first)
                above++; /* too far left to touch even at a corner */
            for (size_t i = above; i < above_end && p->runs[i].first <= x; i++)
                join(p->runs, (uint32_t)i, (uint32_t)p->run_count - 1);
        }
        above = begin, above_end = p->run_count;
    }
    return DSC_OK;
}

static void grow_piece(dsc_piece *piece, const dsc_ink_run *run, const dsc_ink *ink) {
    const dsc_box box = {run->first, run->row, run->last, run->row + 1u};
    if (piece->area == 0) piece->box = box;
    if (box.left < piece->box.left) piece->box.left = box.left;
    if (box.right > piece->box.right) piece->box.right = box.right;
    piece->box.bottom = box.bottom; /* runs come from top to bottom */
    piece->area += run->last - run->first;
    piece->at_edge += run->row == 0 || run->row + 1u == ink->height
                          ? run->last - run->first
                          : (size_t)(run->first == 0) + (run->last == ink->width);
    for (size_t x = run->first; x < run->last; x++) {
        const uint8_t value = ink->values[run->row * ink->width + x];
        if (value > piece->most) piece->most = value;
    }
}

dsc_status dsc_pieces_find(dsc_pieces *p, const dsc_ink *ink, dsc_error *error) {
    *p = (dsc_pieces){0};
    dsc_status status = find_runs(p, ink, error);
    if (status) return status;
    for (size_t i = 0; i < p->run_count; i++) p->count += p->runs[i].piece == i;
    p->pieces = dsc_allocate(p->count, sizeof *p->pieces);
    if (!p->pieces) return dsc_fail_memory(error, p->count * sizeof *p->pieces, "the pieces of a picture");
    /* A parent precedes its children, so it already has its number. */
    uint32_t next = 0;
    for (size_t i = 0; i < p->run_count; i++) {
        const uint32_t parent = p->runs[i].piece;
        p->runs[i].piece = parent == i ? next++ : p->runs[parent].piece;
        grow_piece(&p->pieces[p->runs[i].piece], &p->runs[i], ink);
    }
    return DSC_OK;
}

void dsc_pieces_clear(dsc_pieces *p) {
    free(p->runs);
    free(p->pieces);
    *p = (dsc_pieces){0};
}

/* Whether a piece touches the picture's edge, like a table beside the paper, or a shadow. */
static bool at_the_edge(const dsc_piece *piece, const dsc_ink *ink) {
    return piece->box.left == 0 || piece->box.top == 0 || piece->box.right == ink->width ||
           piece->box.bottom == ink->height;
}

/* Whether a piece at one edge is a digit: about as high as those inside, and no wider than a digit. A piece
 * along the edge, such as a shadow of the binding, is not. */
static bool is_digit_at_the_edge(const dsc_piece *piece, const dsc_ink *ink, size_t usual) {
    const dsc_box *box = &piece->box;
    const bool aside = box->left == 0 || box->right == ink->width;
    const size_t touched = (box->left == 0) + (box->top == 0) + (box->right == ink->width) +
                           (box->bottom == ink->height),
                 height = dsc_box_height(box), width = dsc_box_width(box);
    return touched == 1 && piece->at_edge * 10 <= (aside ? height : width) * 6 && height * 10 >= usual * 6 &&
           height * 10 <= usual * 13 && width * 10 <= usual * 13;
}

dsc_status dsc_pieces_sift(dsc_pieces *p, const dsc_ink *ink, bool several, dsc_error *error) {
    for (size_t i = 0; i < p->count; i++)
        p->pieces[i].fate = p->pieces[i].most < 128 ? DSC_MARK_PALE : DSC_MARK_DIGIT;
    dsc_status status = dsc_rulings_find(p, ink, error);
    if (status) return status;
    size_t largest = 0, inside = 0, usual = 0;
    for (size_t i = 0; i < p->count; i++) {
        const dsc_piece *piece = &p->pieces[i];
        if (piece->fate) continue;
        if (piece->area > largest) largest = piece->area;
        if (at_the_edge(piece, ink)) continue;
        if (piece->area > inside) inside = piece->area;
        if (dsc_box_height(&piece->box) > usual) usual = dsc_box_height(&piece->box);
    }
    /* Pieces at the edge are left out if a piece of sufficient size is not at the edge. */
    const bool others = inside > 0 && inside * 20 >= largest && inside >= 30;
    const size_t reference = others ? inside : largest;
    for (size_t i = 0; i < p->count; i++) {
        dsc_piece *piece = &p->pieces[i];
        if (piece->fate) continue;
        if (piece->area * 50 < reference)
            piece->fate = DSC_MARK_SMALL;
        else if (others && at_the_edge(piece, ink) && !(several && is_digit_at_the_edge(piece, ink, usual)))
            piece->fate = DSC_MARK_AT_EDGE;
    }
    return DSC_OK;
}
