/* SPDX-License-Identifier: MIT */
/* warp.h: warps: images whose pixels come from other positions of the image. The background is 0. These
 * functions allocate nothing and cannot fail. */
#ifndef DSC_AUGMENT_WARP_H
#define DSC_AUGMENT_WARP_H

#include "augment/augment.h"

/* out(x, y) is in, interpolated bilinearly, at
 *
 *   (m[0] x + m[1] y + m[2], m[3] x + m[4] y + m[5])
 *
 * or, with displacements, at (x + dx(x, y), y + dy(x, y)). dx and dy are (H, stride): rows are `stride` long;
 * only the first W entries are used. x counts columns and y rows, from the centre of the first pixel. Values
 * from whole pixel positions are exact. */
void dsc_warp_affine(const dsc_augment_call *call, const double m[6]);
void dsc_warp_displace(const dsc_augment_call *call, const float *dx, const float *dy, size_t stride);

/* Floats of scratch that both need. */
size_t dsc_warp_scratch(const size_t shape[3]);

/* A change about the image's centre, applied in this order: scale, shear, rotate, shift. */
typedef struct dsc_affine {
    double degrees;          /* counter-clockwise on screen */
    double shear;            /* in degrees: vertical lines lean to the right */
    double scale_x, scale_y; /* larger than 1: enlarges */
    double shift_x, shift_y; /* in pixels, to the right and down */
} dsc_affine;

/* The matrix for dsc_warp_affine: maps the changed image back to its source. */
void dsc_affine_back(double m[6], const dsc_affine *change, size_t height, size_t width);

#endif
