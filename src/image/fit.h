/* SPDX-License-Identifier: MIT */
/* fit.h: functions beside dsc_fit_image, which is in descender.h. */
#ifndef DSC_IMAGE_FIT_H
#define DSC_IMAGE_FIT_H

#include "image/image.h"

/* Whether some of `count` pixels has a colour: its red, green and blue differ by more than lossy compression
 * changes a grey. Fully transparent pixels have none. */
bool dsc_has_colour(const uint8_t *pixels, size_t count, size_t channels);

static inline bool dsc_image_has_colour(const dsc_image *image) {
    return dsc_has_colour(image->pixels, image->width * image->height, image->channels);
}

#endif
