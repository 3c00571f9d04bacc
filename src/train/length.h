/* SPDX-License-Identifier: MIT */
/* length.h: how many steps a run has, where that is not all of its epochs: a recipe's `steps`.
 *
 *   "4000"                  4000 steps, over which the schedule is laid
 *   "4000, 3600 from 1200"  the same until step 1200 is done; from there on it ends with step 3600, and what
 *                           is left of the schedule is laid over the steps that are left
 *
 * Each part decides from its own step on, so a run that was shortened on the way has the bits of one whose
 * recipe said so from the start. */
#ifndef DSC_TRAIN_LENGTH_H
#define DSC_TRAIN_LENGTH_H

#include <descender.h>

#include "base/text.h"

enum { DSC_LENGTH_PARTS = 64 };

typedef struct dsc_length {
    size_t count; /* 0: all of the epochs */
    struct {
        uint64_t from, steps; /* the first from 0; later ones rise; from < steps */
    } part[DSC_LENGTH_PARTS];
} dsc_length;

/* `text` NULL: all of the epochs. ARGUMENT names what is wrong. */
dsc_status dsc_length_parse(dsc_length *length, const char *text, dsc_error *error);
void dsc_length_format(dsc_text *text, const dsc_length *length);

/* --- of a length that has parts --- */

/* Steps of the whole run, as it was known when `step` were done. */
uint64_t dsc_length_steps(const dsc_length *length, uint64_t step);

/* The place in the schedule of the step number `step`, from 0. The schedule has as many places as the first
 * part has steps, and the last step has the last of them. */
uint64_t dsc_length_place(const dsc_length *length, uint64_t step);

/* Whether both say the same of all steps before number `step`. */
bool dsc_length_agrees(const dsc_length *a, const dsc_length *b, uint64_t step);

/* From step `from` on the run has `steps`. False: no room for one more part, or the run would end at once. */
bool dsc_length_change(dsc_length *length, uint64_t from, uint64_t steps);

#endif
