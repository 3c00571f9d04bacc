/* SPDX-License-Identifier: MIT */
/* overlay.h: an image, and over it what spoke for an answer, in orange, and against it, in blue. */
#ifndef DRAW_OVERLAY_H
#define DRAW_OVERLAY_H

#include <descender.h>

typedef enum draw_ground { DRAW_ON_BLACK, DRAW_ON_WHITE } draw_ground; /* what the image is paled towards */

/* The part `share` of the way from one value of a colour to another. */
uint8_t draw_mix(double from, double to, double share);

/* out (3, height, width): red, green, blue, of an image (1 or 3, height, width). `shares` (height, width), -1
 * (all blue) to 1 (all orange), or NULL: the image as it is. */
void draw_overlay(uint8_t *out, const uint8_t *image, const size_t shape[3], const float *shares,
                  draw_ground ground);

#endif
