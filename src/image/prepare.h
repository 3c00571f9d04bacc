/* SPDX-License-Identifier: MIT */
/* prepare.h: the steps from a picture to digits as MNIST has them; dsc_prepare_digit and dsc_find_digits
 * are made of these.
 *
 *   ink.c      picture -> ink: greys, at most INK_SIDE the shorter way; the ground, light or dark, even or
 *              not, is taken away
 *   light.c    the ground behind ink, however it is lit; spread.c: largest and least values around each
 *   paper.c    a sheet that lies on something else: only what is on it is read
 *   frames.c   boxes, combs and frames, also seen from aside, are taken out of the ink
 *   lines.c    likewise lines that cross the picture
 *   pieces.c   ink -> pieces: what hangs together, without specks
 *   rulings.c  pieces that are no digits because they are ruled lines, grids, boxes or frames
 *   groups.c   pieces -> groups, each a digit, in the order of reading; points and dashes between them
 *   cut.c      a group of digits that touch -> its parts, where a network is surest of all
 *   digit.c    a part -> a digit: fitted into 20 x 20 by areas, centred by mass in 28 x 28
 *   turn.c     ink that lies on its side
 *   digits.c   all of it but cutting and turning, which judged.c does
 *
 * What MNIST's makers did (LeCun, Cortes, Burges, "The MNIST database of handwritten digits"): bilevel
 * digits were fitted into 20 x 20 pixels keeping their shape, which anti-aliasing made grey, and the
 * centre of mass was put into the middle of 28 x 28. */
#ifndef DSC_IMAGE_PREPARE_H
#define DSC_IMAGE_PREPARE_H

#include "base/digit.h"

#include <descender.h>

enum { DSC_INK_SIDE = 600 };

/* What was written: 0 where there is the ground, 255 where there is most ink. */
typedef struct dsc_ink {
    size_t width, height;
    size_t scale;     /* the side of a square of the picture's pixels that is one pixel here */
    uint8_t *values;  /* (height, width), owned */
    uint8_t faintest; /* what counts as ink; less is the ground's noise */
    bool sheet;       /* what lies around a sheet was taken away */
} dsc_ink;

/* FORMAT: there is nothing on the picture that stands out. Release with dsc_ink_clear. */
dsc_status dsc_ink_make(dsc_ink *ink, const uint8_t *pixels, size_t height, size_t width, size_t channels,
                        dsc_error *error);
void dsc_ink_clear(dsc_ink *ink);

/* Takes boxes, combs and frames out of the ink, with the walls between their cells; *frames: how many, a row
 * of boxes counted as one. */
dsc_status dsc_frames_remove(size_t *frames, dsc_ink *ink, dsc_error *error);

/* Takes lines that cross the picture out of the ink, and frames, boxes and combs; *lines: how many, a
 * frame or a row of boxes counted as one. */
dsc_status dsc_lines_remove(size_t *lines, dsc_ink *ink, dsc_error *error);

/* Pixels [first, last) of a row that are ink, and the piece they belong to. */
typedef struct dsc_ink_run {
    uint32_t row, first, last, piece;
} dsc_ink_run;

typedef struct dsc_box {
    size_t left, top, right, bottom; /* right and bottom are just outside */
} dsc_box;

/* Why a piece is (no part of) a digit: one row for each count of dsc_picture_notes. */
typedef enum dsc_piece_fate {
    DSC_PIECE_KEPT,
    DSC_PIECE_AT_EDGE,
    DSC_PIECE_LINE,
    DSC_PIECE_SMALL,
    DSC_PIECE_POINT,
    DSC_PIECE_DASH,
    DSC_PIECE_PALE
} dsc_piece_fate;

typedef struct dsc_piece {
    dsc_box box;
    size_t area;         /* pixels */
    size_t at_edge;      /* of them, along the picture's edge */
    uint8_t most;        /* its darkest pixel */
    dsc_piece_fate fate; /* set by dsc_pieces_sift, and by whoever puts pieces together */
    uint32_t digit;      /* set by whoever puts pieces together, of those that are kept */
} dsc_piece;

typedef struct dsc_pieces {
    dsc_ink_run *runs; /* row by row, from left to right */
    size_t run_count, run_capacity;
    dsc_piece *pieces;
    size_t count;
    size_t lines; /* that were taken out before: dsc_lines_remove */
} dsc_pieces;

/* Release with dsc_pieces_clear, also after a failure. */
dsc_status dsc_pieces_find(dsc_pieces *pieces, const dsc_ink *ink, dsc_error *error);
void dsc_pieces_clear(dsc_pieces *pieces);

/* Sets the fate of what cannot be (a part of) a digit: rulings, specks, pale blots, what lies along the
 * edge. It may be all of them. Where there may be `several` digits, one that reaches over an edge stays; of
 * one digit's picture it is a part of its neighbour. */
dsc_status dsc_pieces_sift(dsc_pieces *pieces, const dsc_ink *ink, bool several, dsc_error *error);

/* Sets the fate of kept pieces that are ruled lines, grids, boxes and frames: long thin straight strokes
 * along the rows and columns and nothing else, or thin outlines around other pieces. */
dsc_status dsc_rulings_find(dsc_pieces *pieces, const dsc_ink *ink, dsc_error *error);

static inline size_t dsc_box_width(const dsc_box *box) { return box->right - box->left; }
static inline size_t dsc_box_height(const dsc_box *box) { return box->bottom - box->top; }

/* Pieces that make a digit, or several that touch. */
typedef struct dsc_group {
    dsc_box box;
    size_t area;     /* of its pieces */
    uint32_t number; /* dsc_piece.digit of its pieces */
    uint32_t line;   /* which line it stands on, from 0 */
} dsc_group;

/* Puts kept pieces together, and sets the fate of what is too small for a digit. `groups` has room for all
 * kept pieces. Groups come in the order of reading: lines from top to bottom, each from left to right.
 * Returns how many; *usual: their usual height. */
size_t dsc_groups_make(dsc_group *groups, dsc_pieces *pieces, size_t *usual);

/* A part of a picture's ink: runs, row by row. */
typedef struct dsc_part {
    const dsc_ink_run *runs;
    size_t count;
} dsc_part;

/* Where the runs lie. At least one run. */
dsc_box dsc_part_box(const dsc_part *part);

/* Runs of ink, prepared; *box: where they lie. At least one run. */
dsc_status dsc_digit_make(uint8_t digit[DSC_DIGIT_SIDE * DSC_DIGIT_SIDE], dsc_box *box, const dsc_ink *ink,
                          const dsc_part *part, dsc_error *error);

/* A judge of prepared digits, such as a network: *sure becomes the probability of the likeliest class of
 * `image` (28, 28). An error ends the search, and is what it returns. */
typedef struct dsc_judge {
    dsc_status (*ask)(void *context, float *sure, const uint8_t *image, dsc_error *error);
    void *context;
} dsc_judge;

/* The logarithm of a judge's probability, bounded below: of a judge who is sure of nothing, too. */
double dsc_judge_logarithm(float sure);

/* Digits that touch, cut apart: the parts, from left to right, and the runs that they point to. */
enum { DSC_PARTS_MOST = 64 };
typedef struct dsc_cut {
    dsc_part parts[DSC_PARTS_MOST];
    size_t count;
    dsc_ink_run *runs; /* owned */
} dsc_cut;

/* Cuts a part of the ink where the judge is surest of what comes out, all together; it may stay whole,
 * which is one part. `usual`: how high digits of this picture are. Release with dsc_cut_clear, also after
 * a failure. */
dsc_status dsc_cut_make(dsc_cut *cut, const dsc_ink *ink, const dsc_part *part, size_t usual,
                        const dsc_judge *judge, dsc_error *error);
void dsc_cut_clear(dsc_cut *cut);

/* Turns the ink by a quarter to the right. */
dsc_status dsc_ink_turn(dsc_ink *ink, dsc_error *error);

/* Where a box in ink of width x height lies in the ink before it was turned by `quarters`. */
dsc_box dsc_box_before_turns(const dsc_box *box, size_t width, size_t height, size_t quarters);

/* How lines of digits that stand askew were set straight: between sizes of ink. */
typedef struct dsc_tilt {
    double sine, cosine;
    size_t width, height, to_width, to_height;
} dsc_tilt;

/* Makes *to of ink whose lines fall by `slope` pixels for each one to the right: they do not any more.
 * Release with dsc_ink_clear. */
dsc_status dsc_ink_straighten(dsc_ink *to, dsc_tilt *tilt, const dsc_ink *ink, double slope,
                              dsc_error *error);

/* The box in the ink before, around a box in the straightened one. */
dsc_box dsc_box_before_tilt(const dsc_box *box, const dsc_tilt *tilt);

/* By how much lines of digits fall, in pixels for each one to the right: the median over digits and their
 * nearest neighbours to the right. 0: fewer than three digits, or they do not agree. `groups` in the order of
 * reading is not relied upon. */
dsc_status dsc_groups_slope(double *slope, const dsc_group *groups, size_t count, size_t usual,
                            dsc_error *error);

/* dsc_find_digits, with the help of a judge, if there is one. */
dsc_status dsc_digits_search(dsc_digit **digits, size_t *count, dsc_picture_notes *notes,
                             const uint8_t *pixels, size_t height, size_t width, size_t channels,
                             const dsc_judge *judge, dsc_error *error);

/* MISMATCH: images of this shape (C, H, W) are no prepared digits, which are 1 x 28 x 28. */
dsc_status dsc_digit_check_shape(const size_t shape[3], dsc_error *error);

/* Writes a prepared digit into `image` (1, 28, 28), on the ground that `expected` says. */
void dsc_digit_as_expected(uint8_t *image, const dsc_images *expected, const dsc_digit *digit);

#endif
