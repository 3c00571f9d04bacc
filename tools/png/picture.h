/* SPDX-License-Identifier: MIT */
/* picture.h: picture files in and out: PNG through libpng, PGM and PPM by the library. (The prefix is not png_,
 * which is libpng's.) Without libpng every call that needs it says DSC_ERROR_UNSUPPORTED. */
#ifndef PNG_PICTURE_H
#define PNG_PICTURE_H

#include "image/image.h"

bool picture_png_available(void);

/* True if the bytes start as a PNG file does. */
bool picture_is_png(const unsigned char *bytes, size_t size);

/* Reads any PNG: every depth, colour type, palette and interlacing; 16 bits are reduced to 8. One channel if the
 * file has neither colour nor transparency, three if it has no transparency, else four. Values are sRGB; a file
 * that tells another gamma is converted. `name` stands for the file in messages. On failure *image is cleared. */
dsc_status picture_png_parse(dsc_image *image, const void *bytes, size_t size, const char *name,
                             dsc_error *error);

/* The picture as a PNG, 8 bits deep, in a new buffer (release with free()). The same picture and libraries give
 * the same bytes. */
dsc_status picture_png_format(unsigned char **bytes, size_t *size, const dsc_image *image, dsc_error *error);

/* The same to a file, atomically. */
dsc_status picture_png_write(const char *path, const dsc_image *image, dsc_error *error);

/* A PNG, PGM or PPM file, or its bytes: told by the content, not the name. */
dsc_status picture_read(dsc_image *image, const char *path, dsc_error *error);
dsc_status picture_parse(dsc_image *image, const void *bytes, size_t size, const char *name,
                         dsc_error *error);

/* As the end of `path` says: ".png", ".pgm" or ".ppm". */
dsc_status picture_write(const char *path, const dsc_image *image, dsc_error *error);

#endif
