/* SPDX-License-Identifier: MIT */
/* png.h: PNG through libpng, in memory. (The prefix is not png_, which is libpng's.) Without libpng every
 * call that needs it says DSC_ERROR_UNSUPPORTED. */
#ifndef PICTURE_PNG_H
#define PICTURE_PNG_H

#include "image/image.h"

bool picture_png_available(void);

/* True if the bytes start as a PNG file does. */
bool picture_is_png(const unsigned char *bytes, size_t size);

/* Reads any PNG: every depth, colour type, palette and interlacing; 16 bits are reduced to 8. One channel if
 * the file has neither colour nor transparency, three if it has no transparency, else four. Values are sRGB;
 * a file that tells another gamma is converted. A file that tells an orientation (EXIF) is turned upright.
 * `name` stands for the file in messages. On failure *image is cleared. */
dsc_status picture_png_parse(dsc_image *image, const void *bytes, size_t size, const char *name,
                             dsc_error *error);

/* The picture as a PNG, 8 bits deep, in a new buffer (release with free()). The same picture and libraries
 * give the same bytes. */
dsc_status picture_png_format(unsigned char **bytes, size_t *size, const dsc_image *image, dsc_error *error);

#endif
