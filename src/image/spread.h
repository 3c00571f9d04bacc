/* SPDX-License-Identifier: MIT */
/* spread.h: the maximum or minimum around each value (dilation and erosion): makes strokes thicker or
 * thinner, and finds the ground behind them. */
#ifndef DSC_IMAGE_SPREAD_H
#define DSC_IMAGE_SPREAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Replaces each of `values` (height, width), in place, by the maximum (or minimum) of the square of 2 r + 1
 * around it; places outside the picture are ignored. `room` is scratch of height * width + 2 * (height +
 * width) bytes. The time does not depend on r (van Herk, "A fast algorithm for local minimum and maximum
 * filters", 1992). */
void dsc_spread(uint8_t *values, size_t height, size_t width, size_t r, bool largest, uint8_t *room);

/* The same for a regular octagon, which reaches r to each side: its corners are less sharp and do not enter
 * strokes. */
void dsc_spread_octagon(uint8_t *values, size_t height, size_t width, size_t r, bool largest, uint8_t *room);

#endif
