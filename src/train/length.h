/* SPDX-License-Identifier: MIT */
/* length.h: the number of steps of a run that does not train all of its epochs: a recipe's `steps`.
 *
 *   "4000"                  4000 steps; the schedule spans them
 *   "4000, 3600 from 1200"  the same up to step 1200; from there on the run ends with step 3600, and the
 *                           rest of the schedule spans the remaining steps
 *
 * Each part applies only from its own step on. A run that was shortened while training therefore has the same
 * bits as one whose recipe contained all parts from the start. */
#ifndef DSC_TRAIN_LENGTH_H
#define DSC_TRAIN_LENGTH_H

#include <descender.h>

#include "base/text.h"

enum { DSC_LENGTH_PARTS = 64 };

typedef struct dsc_length {
    size_t count; /* 0: all epochs */
    struct {
        uint64_t from, steps; /* part[0].from is 0, later ones increase; from < steps */
    } part[DSC_LENGTH_PARTS];
} dsc_length;

/* Parses `text`; NULL: all epochs. DSC_ERROR_ARGUMENT if it is invalid; the message gives the column. */
dsc_status dsc_length_parse(dsc_length *length, const char *text, dsc_error *error);
void dsc_length_format(dsc_text *text, const dsc_length *length);

/* --- only for a length with parts --- */

/* Steps of the whole run according to the parts that begin at or before `step`. */
uint64_t dsc_length_steps(const dsc_length *length, uint64_t step);

/* The place in the schedule of step `step`, from 0. The schedule has as many places as the first part has
 * steps; the last step of the run has the last place. */
uint64_t dsc_length_place(const dsc_length *length, uint64_t step);

/* Whether both lengths have the same parts before step `step`. */
bool dsc_length_agrees(const dsc_length *a, const dsc_length *b, uint64_t step);

/* From step `from` on the run has `steps` steps. Returns false, and changes nothing, if there is no room for
 * another part, `steps` <= `from`, or an existing part begins after `from`. */
bool dsc_length_change(dsc_length *length, uint64_t from, uint64_t steps);

#endif
