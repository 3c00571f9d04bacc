/* SPDX-License-Identifier: MIT */
/* spread.h: the largest or the least value around each one: strokes made thicker or thinner, and ground found
 * behind them. */
#ifndef DSC_IMAGE_SPREAD_H
#define DSC_IMAGE_SPREAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* In place: each of `values` (height, width) becomes the largest (or least) of the square of 2 r + 1 around
 * it; what is outside the picture counts for nothing. `room` has place for height * width + 2 * (height +
 * width) bytes. The time does not depend on r (van Herk, "A fast algorithm for local minimum and maximum
 * filters", 1992). */
void dsc_spread(uint8_t *values, size_t height, size_t width, size_t r, bool largest, uint8_t *room);

/* The same of a regular octagon, which reaches r to either side: rounder, so that its corners do not get into
 * strokes. */
void dsc_spread_octagon(uint8_t *values, size_t height, size_t width, size_t r, bool largest, uint8_t *room);

#endif
