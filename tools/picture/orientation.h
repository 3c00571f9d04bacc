/* SPDX-License-Identifier: MIT */
/* orientation.h: which way up a picture is meant to be seen, as cameras and editors note it in EXIF. */
#ifndef PICTURE_ORIENTATION_H
#define PICTURE_ORIENTATION_H

#include <stddef.h>

/* The tag Orientation (0x0112) of an EXIF block: a TIFF header, and behind it the first directory (EXIF
 * 2.32, section 4.6). 1, upright, where the block is damaged, or has no such tag, or a number other than 1
 * to 8. */
int picture_exif_orientation(const unsigned char *block, size_t size);

/* The same of a PNG file, from its chunk eXIf (PNG specification, third edition, section 11.3.4.5),
 * wherever it stands. */
int picture_png_orientation(const unsigned char *bytes, size_t size);

/* The same of a WebP file, from its chunk EXIF (WebP container specification, "Metadata"). */
int picture_webp_orientation(const unsigned char *bytes, size_t size);

#endif
