/* SPDX-License-Identifier: MIT */
/* fit.h: what there is beside dsc_fit_image, which stands in descender.h. */
#ifndef DSC_IMAGE_FIT_H
#define DSC_IMAGE_FIT_H

#include "image/image.h"

/* True if some of `count` pixels has a colour, not a grey: its red, green and blue differ by more than what
 * compression, which loses a little, makes of a grey. What is wholly transparent has none. */
bool dsc_has_colour(const uint8_t *pixels, size_t count, size_t channels);

static inline bool dsc_image_has_colour(const dsc_image *image) {
    return dsc_has_colour(image->pixels, image->width * image->height, image->channels);
}

#endif
