/* SPDX-License-Identifier: MIT */
/* picture.h: picture files in and out: PNG by png.h, PGM and PPM by the library. */
#ifndef PNG_PICTURE_H
#define PNG_PICTURE_H

#include "png/png.h"

/* As picture_png_format, to a file, atomically. */
dsc_status picture_png_write(const char *path, const dsc_image *image, dsc_error *error);

/* A PNG, PGM or PPM file, or its bytes: told by the content, not the name. */
dsc_status picture_read(dsc_image *image, const char *path, dsc_error *error);
dsc_status picture_parse(dsc_image *image, const void *bytes, size_t size, const char *name,
                         dsc_error *error);

/* As the end of `path` says: ".png", ".pgm" or ".ppm". */
dsc_status picture_write(const char *path, const dsc_image *image, dsc_error *error);

#endif
