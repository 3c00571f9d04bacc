/* SPDX-License-Identifier: MIT */
/* orientation.h: the orientation of a picture, as cameras and editors record it in EXIF. Pure functions. */
#ifndef PICTURE_ORIENTATION_H
#define PICTURE_ORIENTATION_H

#include <stddef.h>

/* The tag Orientation (0x0112) of an EXIF block: a TIFF header followed by the first directory (EXIF 2.32,
 * section 4.6). Returns 1, upright, if the block is damaged, has no such tag, or a value other than 1 to
 * 8. */
int picture_exif_orientation(const unsigned char *block, size_t size);

/* The same for a PNG file, from its chunk eXIf (PNG specification, third edition, section 11.3.4.5), in any
 * position. */
int picture_png_orientation(const unsigned char *bytes, size_t size);

/* The same for a WebP file, from its chunk EXIF (WebP container specification, "Metadata"). */
int picture_webp_orientation(const unsigned char *bytes, size_t size);

#endif
