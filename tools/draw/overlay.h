/* SPDX-License-Identifier: MIT */
/* overlay.h: an image, and what mattered in it as orange over it, the more the stronger. */
#ifndef DRAW_OVERLAY_H
#define DRAW_OVERLAY_H

#include <descender.h>

typedef enum draw_ground { DRAW_ON_BLACK, DRAW_ON_WHITE } draw_ground; /* what the image is paled towards */

/* The part `share` of the way from one value of a colour to another. */
uint8_t draw_mix(double from, double to, double share);

/* out (3, height, width): red, green, blue, of an image (1 or 3, height, width). `strength` (height, width), 0 to 1, or NULL: the image
 * as it is. */
void draw_overlay(uint8_t *out, const uint8_t *image, const size_t shape[3], const float *strength,
                  draw_ground ground);

#endif
