/* SPDX-License-Identifier: MIT */
/* png.h: PNG out, through libpng, in memory. (The prefix is not png_, which is libpng's.) Without libpng
 * it says DSC_ERROR_UNSUPPORTED. */
#ifndef PICTURE_PNG_H
#define PICTURE_PNG_H

#include "image/image.h"

bool picture_png_available(void);

/* The picture as a PNG, 8 bits deep, in a new buffer (release with free()). The same picture and libraries
 * give the same bytes. */
dsc_status picture_png_format(unsigned char **bytes, size_t *size, const dsc_image *image, dsc_error *error);

#endif
