/* SPDX-License-Identifier: MIT */
/* search.h: the search for the digits of a picture, between digits.c, which finds those that stand apart and
 * upright, and judged.c, which helps with a judge. Pages that draw have the former alone. */
#ifndef DSC_IMAGE_SEARCH_H
#define DSC_IMAGE_SEARCH_H

#include "image/prepare.h"

/* All that one reading of the ink needs and gives; one place to free it. */
typedef struct dsc_search {
    dsc_pieces pieces;
    dsc_group *groups;
    size_t group_count, usual; /* usual: how high digits are */
    dsc_ink_run *runs;         /* of group i: from begins[i] to begins[i + 1] */
    size_t *begins;
    dsc_digit *digits;
    size_t count, capacity;
    size_t tried; /* groups that cuts were tried on */
    double sure;  /* the sum over the digits of the logarithms of the judge's probabilities */
    dsc_picture_notes notes;
} dsc_search;

/* What all readings of a picture share. */
typedef struct dsc_reading {
    dsc_ink ink;
    size_t lines;                /* that were taken out of the ink */
    size_t quarters;             /* that the ink was turned by, */
    const dsc_tilt *tilt;        /* ... and how it was set straight then; NULL: it was not */
    size_t height, width;        /* of the picture */
    const struct dsc_help *help; /* NULL: nobody helps */
} dsc_reading;

/* What a judge changes. */
typedef struct dsc_help {
    const dsc_judge *judge;
    /* Adds the digit of group `first`, or the digits it is cut into, or one digit of it and the groups that
     * follow. *taken: how many groups these are, at least 1. */
    dsc_status (*add_groups)(dsc_search *s, const dsc_reading *r, size_t first, size_t *taken,
                             dsc_error *error);
    /* Where a box of the ink as it lies now is in the ink of the picture. */
    dsc_box (*place)(const dsc_box *box, const dsc_reading *r);
    /* Replaces the first reading by a better one, if there is one. */
    dsc_status (*improve)(dsc_search *best, dsc_reading *r, dsc_error *error);
} dsc_help;

/* Reads the ink as it lies into *s. Release with dsc_search_clear, also after a failure. FORMAT: there is no
 * digit. */
dsc_status dsc_search_run(dsc_search *s, const dsc_reading *r, dsc_error *error);
void dsc_search_clear(dsc_search *s);

/* The ink of `count` groups from `first` on, which belongs to *s. Of one group its runs are in order. */
dsc_part dsc_search_part(const dsc_search *s, size_t first, size_t count);

/* Adds a part of the ink as a digit. */
dsc_status dsc_search_add(dsc_search *s, const dsc_reading *r, const dsc_part *part, uint32_t line,
                          uint32_t marks, dsc_error *error);

/* dsc_find_digits, with help, if there is any. */
dsc_status dsc_digits_search_with(dsc_digit **digits, size_t *count, dsc_picture_notes *notes,
                                  const uint8_t *pixels, size_t height, size_t width, size_t channels,
                                  const dsc_help *help, dsc_error *error);

#endif
