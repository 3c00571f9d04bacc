/* SPDX-License-Identifier: MIT */
/* prepare.h: the steps from a picture to MNIST-like digits, used by dsc_prepare_digit and dsc_find_digits.
 *
 *   ink.c      picture -> ink: greys, the shorter side at most INK_SIDE; the ground, light or dark, even or
 *              uneven, is removed
 *   light.c    the ground behind ink in any light; spread.c: maximum and minimum around each value
 *   shadow.c   the straight edge of a hard shadow, also where ink crosses it
 *   paper.c    a sheet on a background: only the sheet is read
 *   frames.c   removes boxes, combs and frames, also in perspective, from the ink
 *   lines.c    removes lines that cross the picture
 *   pieces.c   ink -> pieces: connected ink without specks
 *   rulings.c  pieces that are ruled lines, grids, boxes or frames
 *   groups.c   pieces -> groups, each a digit, in reading order; points, dashes and bars between them
 *   pale.c     the pale parts of a digit's strokes
 *   cut.c      a group of touching digits -> its parts, where a network is surest of all
 *   digit.c    a part -> a digit: fitted into 20 x 20 by area averaging, centred by mass in 28 x 28
 *   turn.c     ink that is sideways or tilted
 *   digits.c   the whole search without cutting and turning, which judged.c adds
 *
 * MNIST's preparation (LeCun, Cortes, Burges, "The MNIST database of handwritten digits"): bilevel digits
 * were fitted into 20 x 20 pixels with their aspect ratio, which made them grey by anti-aliasing, and placed
 * in 28 x 28 with the centre of mass in the middle. */
#ifndef DSC_IMAGE_PREPARE_H
#define DSC_IMAGE_PREPARE_H

#include "base/digit.h"

#include <descender.h>

enum { DSC_INK_SIDE = 600 };

/* The writing: 0 is ground, 255 is the strongest ink. */
typedef struct dsc_ink {
    size_t width, height;
    size_t scale;     /* side in picture pixels of one pixel here */
    uint8_t *values;  /* (height, width), owned */
    uint8_t faintest; /* least value of ink; less is noise of the ground */
    bool sheet;       /* the surroundings of a sheet were removed */
} dsc_ink;

/* Makes the ink of a picture. DSC_ERROR_FORMAT: nothing stands out from the ground. Release with
 * dsc_ink_clear. */
dsc_status dsc_ink_make(dsc_ink *ink, const uint8_t *pixels, size_t height, size_t width, size_t channels,
                        dsc_error *error);
void dsc_ink_clear(dsc_ink *ink);

/* Removes boxes, combs and frames with the walls between their cells from the ink. *frames: their number; a
 * row of boxes counts as one. */
dsc_status dsc_frames_remove(size_t *frames, dsc_ink *ink, dsc_error *error);

/* Removes lines that cross the picture from the ink, and the frames, boxes and combs that they form. *lines:
 * their number; a frame or a row of boxes counts as one. */
dsc_status dsc_lines_remove(size_t *lines, dsc_ink *ink, dsc_error *error);

/* Ink pixels [first, last) of a row, and their piece. */
typedef struct dsc_ink_run {
    uint32_t row, first, last, piece;
} dsc_ink_run;

typedef struct dsc_box {
    size_t left, top, right, bottom; /* right and bottom are exclusive */
} dsc_box;

typedef struct dsc_piece {
    dsc_box box;
    size_t area;          /* pixels */
    size_t at_edge;       /* of them, at the picture's edge */
    uint8_t most;         /* its darkest pixel */
    dsc_mark_reason fate; /* set by dsc_pieces_sift and by grouping */
    uint32_t digit;       /* set by grouping, if the piece is kept */
} dsc_piece;

typedef struct dsc_pieces {
    dsc_ink_run *runs; /* row by row, from left to right */
    size_t run_count, run_capacity;
    dsc_piece *pieces;
    size_t count;
    size_t lines; /* number removed before by dsc_lines_remove */
} dsc_pieces;

/* Finds the connected pieces. Release with dsc_pieces_clear, also after a failure. */
dsc_status dsc_pieces_find(dsc_pieces *pieces, const dsc_ink *ink, dsc_error *error);
void dsc_pieces_clear(dsc_pieces *pieces);

/* Sets the fate of pieces that cannot be (a part of) a digit, possibly of all: rulings, specks, pale blots,
 * pieces along the edge. A digit across an edge stays if there may be `several`; in a picture of one digit it
 * is a part of a neighbour. */
dsc_status dsc_pieces_sift(dsc_pieces *pieces, const dsc_ink *ink, bool several, dsc_error *error);

/* Sets the fate of kept pieces that are ruled lines, grids, boxes and frames: only long thin straight strokes
 * along rows and columns, or thin outlines around other pieces. */
dsc_status dsc_rulings_find(dsc_pieces *pieces, const dsc_ink *ink, dsc_error *error);

static inline size_t dsc_box_width(const dsc_box *box) { return box->right - box->left; }
static inline size_t dsc_box_height(const dsc_box *box) { return box->bottom - box->top; }

/* Pieces that form one digit, or several touching ones. */
typedef struct dsc_group {
    dsc_box box;
    size_t area;     /* of its pieces */
    uint32_t number; /* dsc_piece.digit of its pieces */
    uint32_t line;   /* its line, from 0 */
    uint32_t marks;  /* DSC_DIGIT_OR_BAR, or 0 */
} dsc_group;

/* Groups the kept pieces, and sets the fate of those too small for a digit. `groups` has room for all kept
 * pieces. Groups are in reading order: lines from top to bottom, each from left to right. Returns their
 * number; *usual: their usual height. */
size_t dsc_groups_make(dsc_group *groups, dsc_pieces *pieces, size_t *usual);

/* A part of a picture's ink: runs, row by row. */
typedef struct dsc_part {
    const dsc_ink_run *runs;
    size_t count;
} dsc_part;

/* The box of at least one run. */
dsc_box dsc_part_box(const dsc_part *part);

/* Prepares at least one run of ink as a digit; *box: the box of the runs. */
dsc_status dsc_digit_make(uint8_t digit[DSC_DIGIT_SIDE * DSC_DIGIT_SIDE], dsc_box *box, const dsc_ink *ink,
                          const dsc_part *part, dsc_error *error);

/* A part of a picture's ink with the pale parts of its strokes, all as dark as other strokes. */
typedef struct dsc_pale {
    dsc_ink ink; /* has nothing else; of the picture's size */
    dsc_part part;
    dsc_ink_run *runs; /* owned */
} dsc_pale;

/* Adds to a part the paler ink, at least half of ink->faintest, that is connected to it. Ink of `all` that is
 * not of the part is left out. `usual`: the usual height of the picture's digits. Release with
 * dsc_pale_clear, also after a failure. */
dsc_status dsc_pale_find(dsc_pale *pale, const dsc_ink *ink, const dsc_part *part, const dsc_part *all,
                         size_t usual, dsc_error *error);
void dsc_pale_clear(dsc_pale *pale);

/* A judge of prepared digits, such as a network: sets *sure to the probability of the most probable class of
 * `image` (28, 28). An error ends the search, which returns it. */
typedef struct dsc_judge {
    dsc_status (*ask)(void *context, float *sure, const uint8_t *image, dsc_error *error);
    void *context;
    bool knows_others; /* gives images that are not one digit a low probability */
} dsc_judge;

/* The logarithm of a judge's probability, bounded below, also for NaN and 0. */
double dsc_judge_logarithm(float sure);

/* Touching digits, cut apart: the parts from left to right, and their runs. */
enum { DSC_PARTS_MOST = 64 };
typedef struct dsc_cut {
    dsc_part parts[DSC_PARTS_MOST];
    size_t count;
    dsc_ink_run *runs; /* owned */
} dsc_cut;

/* Cuts a part of the ink where the judge is surest of all parts together; the result may be one whole part.
 * `usual`: the usual height of the picture's digits. Release with dsc_cut_clear, also after a failure. */
dsc_status dsc_cut_make(dsc_cut *cut, const dsc_ink *ink, const dsc_part *part, size_t usual,
                        const dsc_judge *judge, dsc_error *error);
void dsc_cut_clear(dsc_cut *cut);

/* Turns the ink by a quarter to the right. */
dsc_status dsc_ink_turn(dsc_ink *ink, dsc_error *error);

/* The box before the ink was turned by `quarters`, of a box in turned ink of width x height. */
dsc_box dsc_box_before_turns(const dsc_box *box, size_t width, size_t height, size_t quarters);

/* The rotation that straightened tilted lines of digits, with the sizes of both inks. */
typedef struct dsc_tilt {
    double sine, cosine;
    size_t width, height, to_width, to_height;
} dsc_tilt;

/* Makes *to by rotating ink whose lines fall by `slope` pixels per pixel to the right, so that they become
 * level. Release with dsc_ink_clear. */
dsc_status dsc_ink_straighten(dsc_ink *to, dsc_tilt *tilt, const dsc_ink *ink, double slope,
                              dsc_error *error);

/* The box in the original ink around a box in straightened ink. */
dsc_box dsc_box_before_tilt(const dsc_box *box, const dsc_tilt *tilt);

/* The fall of the lines of digits, in pixels per pixel to the right: the median over digits and their nearest
 * right neighbours. 0: fewer than three digits, or no agreement. `groups` may be in any order. */
dsc_status dsc_groups_slope(double *slope, const dsc_group *groups, size_t count, size_t usual,
                            dsc_error *error);

/* dsc_find_digits, with a judge if it is not NULL. */
dsc_status dsc_digits_search(dsc_digit **digits, size_t *count, dsc_picture_notes *notes,
                             const uint8_t *pixels, size_t height, size_t width, size_t channels,
                             const dsc_judge *judge, dsc_error *error);

/* DSC_ERROR_MISMATCH if images of this shape (C, H, W) are not prepared digits, 1 x 28 x 28. */
dsc_status dsc_digit_check_shape(const size_t shape[3], dsc_error *error);

/* Writes a prepared digit to `image` (1, 28, 28), with the ground of `expected`. */
void dsc_digit_as_expected(uint8_t *image, const dsc_images *expected, const dsc_digit *digit);

#endif
