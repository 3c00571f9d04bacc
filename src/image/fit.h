/* SPDX-License-Identifier: MIT */
/* fit.h: pictures of any size and channels brought to images of one; the public part is dsc_fit_image in
 * descender.h. */
#ifndef DSC_IMAGE_FIT_H
#define DSC_IMAGE_FIT_H

#include "image/image.h"

/* dsc_fit_image, with what shines through where the picture is transparent, 0 to 255, instead of white. */
dsc_status dsc_fit_on(uint8_t *image, const size_t shape[3], dsc_fit fit, const uint8_t *pixels,
                      size_t height, size_t width, size_t channels, uint8_t behind, dsc_error *error);

/* True if some pixel has a colour, not a grey: its red, green and blue differ by more than what compression, which
 * loses a little, makes of a grey. */
bool dsc_image_has_colour(const dsc_image *image);

#endif
