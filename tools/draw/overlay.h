/* SPDX-License-Identifier: MIT */
/* overlay.h: an image with its attribution: orange supports an answer, blue opposes it. */
#ifndef DRAW_OVERLAY_H
#define DRAW_OVERLAY_H

#include <descender.h>

typedef enum draw_ground { DRAW_ON_BLACK, DRAW_ON_WHITE } draw_ground; /* the image fades towards it */

/* Interpolates between two colour values at `share`. */
uint8_t draw_mix(double from, double to, double share);

/* Fills out (3, height, width), RGB, from an image (1 or 3, height, width). `shares` (height, width) ranges
 * from -1 (blue) to 1 (orange); NULL: the image unchanged. */
void draw_overlay(uint8_t *out, const uint8_t *image, const size_t shape[3], const float *shares,
                  draw_ground ground);

#endif
