/* SPDX-License-Identifier: MIT */
/* png.h: encodes PNG in memory through libpng. (The prefix png_ belongs to libpng.) Without libpng it fails
 * with DSC_ERROR_UNSUPPORTED. */
#ifndef PICTURE_PNG_H
#define PICTURE_PNG_H

#include "image/image.h"

bool picture_png_available(void);

/* Encodes the picture as a PNG with 8 bits per channel in a new buffer, which the caller frees. The same
 * picture and libraries give the same bytes. */
dsc_status picture_png_format(unsigned char **bytes, size_t *size, const dsc_image *image, dsc_error *error);

#endif
