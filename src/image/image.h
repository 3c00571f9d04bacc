/* SPDX-License-Identifier: MIT */
/* image.h: a picture in memory, and the PGM and PPM formats (Netpbm's,
 * https://netpbm.sourceforge.net/doc/pnm.html).
 *
 * Pictures are untrusted: readers check everything before use, and allocate no more than the file's real
 * content needs. */
#ifndef DSC_IMAGE_IMAGE_H
#define DSC_IMAGE_IMAGE_H

#include <descender.h>

/* 8 bits per value, rows from top to bottom: (height, width, channels). One channel is grey, 0 black; three
 * are red, green, blue; four also have alpha, 255 opaque, not premultiplied. */
typedef struct dsc_image {
    size_t width, height, channels; /* channels: 1, 3 or 4 */
    uint8_t *pixels;                /* owned; release with dsc_image_clear */
} dsc_image;

#define DSC_IMAGE_SIDE_LIMIT  65535      /* pixels */
#define DSC_IMAGE_PIXEL_LIMIT 100000000  /* width * height */
#define DSC_IMAGE_FILE_LIMIT  1000000000 /* largest size of a file in bytes */

/* Makes a black picture. DSC_ERROR_ARGUMENT: a side is zero or above the limits, or the number of channels is
 * invalid. */
dsc_status dsc_image_create(dsc_image *image, size_t width, size_t height, size_t channels, dsc_error *error);

/* Frees the pixels and clears the struct; a cleared one is allowed. */
void dsc_image_clear(dsc_image *image);

/* Rotates or mirrors the picture by a camera's tag Orientation (EXIF 2.32, table 6), 1 to 8; 1 changes
 * nothing. The tag says where the file's first row and column belong; afterwards they are top and left.
 * DSC_ERROR_ARGUMENT: another number. */
dsc_status dsc_image_turn(dsc_image *image, int orientation, dsc_error *error);

/* Whether a picture of this size is within the limits; readers check it before they allocate. */
bool dsc_image_size_allowed(size_t width, size_t height);

/* Reads PGM (P2, P5: one channel) or PPM (P3, P6: three) of 8 or 16 bits, with comments. Values are scaled
 * from the file's maximum to 255, rounded to nearest. Bytes after the picture are an error, except white
 * space. `name` stands for the file in messages. On failure *image is cleared. */
dsc_status dsc_pnm_parse(dsc_image *image, const void *bytes, size_t size, const char *name,
                         dsc_error *error);
dsc_status dsc_pnm_read(dsc_image *image, const char *path, dsc_error *error);

/* The grey of red, green and blue: luma of ITU-R BT.601. */
static inline uint8_t dsc_luma(const uint8_t rgb[3]) {
    return (uint8_t)((299u * rgb[0] + 587u * rgb[1] + 114u * rgb[2] + 500u) / 1000u);
}

/* Whether the bytes begin like a PGM or PPM file. */
bool dsc_is_pnm(const unsigned char *bytes, size_t size);

/* Writes P5 or P6 atomically. Four channels are DSC_ERROR_ARGUMENT, because the formats have no alpha. */
dsc_status dsc_pnm_write(const char *path, const dsc_image *image, dsc_error *error);

#endif
