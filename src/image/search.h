/* SPDX-License-Identifier: MIT */
/* search.h: the search for a picture's digits, shared by digits.c, which finds separate upright digits, and
 * judged.c, which adds a judge. Pages for drawing contain only digits.c. */
#ifndef DSC_IMAGE_SEARCH_H
#define DSC_IMAGE_SEARCH_H

#include "image/prepare.h"

/* The data of one reading of the ink. */
typedef struct dsc_search {
    dsc_pieces pieces;
    dsc_group *groups;
    size_t group_count, usual; /* usual: height of digits */
    dsc_ink_run *runs;         /* of group i: from begins[i] to begins[i + 1] */
    size_t *begins;
    dsc_digit *digits;
    size_t count, capacity;
    float *sures; /* (count): the judge's probability for each digit; NULL without a judge */
    size_t sures_capacity;
    size_t tried; /* groups that were tried to cut, to join or to add to */
    double sure;  /* sum over the digits of the judge's log-probabilities */
    dsc_picture_notes notes;
} dsc_search;

/* Common to all readings of a picture. */
typedef struct dsc_reading {
    dsc_ink ink;
    size_t lines;                /* removed from the ink */
    size_t quarters;             /* turns of the ink, */
    const dsc_tilt *tilt;        /* ... and how it was then straightened; NULL: not */
    size_t height, width;        /* of the picture */
    const struct dsc_help *help; /* NULL: no judge */
} dsc_reading;

/* The functions that use a judge. */
typedef struct dsc_help {
    const dsc_judge *judge;
    /* Adds the digit of group `first`, or the digits into which it is cut, or one digit of it and the
     * following groups. *taken: the number of groups used, at least 1. */
    dsc_status (*add_groups)(dsc_search *s, const dsc_reading *r, size_t first, size_t *taken,
                             dsc_error *error);
    /* The box in the picture's ink, of a box in the current ink. */
    dsc_box (*place)(const dsc_box *box, const dsc_reading *r);
    /* Replaces the first reading by a better one, if any. */
    dsc_status (*improve)(dsc_search *best, dsc_reading *r, dsc_error *error);
} dsc_help;

/* Reads the current ink into *s. DSC_ERROR_FORMAT: there is no digit. Release with dsc_search_clear, also
 * after a failure. */
dsc_status dsc_search_run(dsc_search *s, const dsc_reading *r, dsc_error *error);
void dsc_search_clear(dsc_search *s);

/* The ink of `count` groups from `first` on, owned by *s. The runs of one group are in order. */
dsc_part dsc_search_part(const dsc_search *s, size_t first, size_t count);

/* Adds a part of the ink as a digit. */
dsc_status dsc_search_add(dsc_search *s, const dsc_reading *r, const dsc_part *part, uint32_t line,
                          uint32_t marks, dsc_error *error);

/* dsc_find_digits, with help if `help` is not NULL. */
dsc_status dsc_digits_search_with(dsc_digit **digits, size_t *count, dsc_picture_notes *notes,
                                  const uint8_t *pixels, size_t height, size_t width, size_t channels,
                                  const dsc_help *help, dsc_error *error);

#endif
