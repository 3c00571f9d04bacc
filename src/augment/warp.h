/* SPDX-License-Identifier: MIT */
/* warp.h: images whose pixels come from elsewhere in the image, with background 0 all around it. */
#ifndef DSC_AUGMENT_WARP_H
#define DSC_AUGMENT_WARP_H

#include "augment/augment.h"

/* out(x, y) is in, between its pixels, at
 *
 *   (m[0] x + m[1] y + m[2], m[3] x + m[4] y + m[5])
 *
 * or, with displacements (H, stride) of both kinds, of which the first W in a row count, at (x + dx(x, y), y
 * + dy(x, y)). x counts columns, y rows, from the centre of the first pixel. What comes from whole pixels is
 * exact. */
void dsc_warp_affine(const dsc_augment_call *call, const double m[6]);
void dsc_warp_displace(const dsc_augment_call *call, const float *dx, const float *dy, size_t stride);

/* Floats of scratch that both need. */
size_t dsc_warp_scratch(const size_t shape[3]);

/* How an image is changed, about its centre: in this order scaled, sheared, rotated, shifted. */
typedef struct dsc_affine {
    double degrees;          /* counter-clockwise, as it is seen */
    double shear;            /* in degrees: what was upright leans to the right */
    double scale_x, scale_y; /* larger than 1: larger */
    double shift_x, shift_y; /* in pixels, to the right and down */
} dsc_affine;

/* The matrix for dsc_warp_affine: from the changed image back to the one it comes from. */
void dsc_affine_back(double m[6], const dsc_affine *change, size_t height, size_t width);

#endif
