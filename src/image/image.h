/* SPDX-License-Identifier: MIT */
/* image.h: a picture in memory, and the PGM and PPM formats (Netpbm's,
 * https://netpbm.sourceforge.net/doc/pnm.html).
 *
 * Pictures come from anywhere: the readers check everything before they use it, and bound what they
 * allocate by what the file really holds. */
#ifndef DSC_IMAGE_IMAGE_H
#define DSC_IMAGE_IMAGE_H

#include <descender.h>

/* 8 bits a value, rows from top to bottom: (height, width, channels). One channel is grey, 0 black; three are
 * red, green, blue; four have alpha behind them, 255 opaque, not multiplied into the colours. */
typedef struct dsc_image {
    size_t width, height, channels; /* channels: 1, 3 or 4 */
    uint8_t *pixels;                /* owned; release with dsc_image_clear */
} dsc_image;

#define DSC_IMAGE_SIDE_LIMIT  65535      /* pixels */
#define DSC_IMAGE_PIXEL_LIMIT 100000000  /* width * height */
#define DSC_IMAGE_FILE_LIMIT  1000000000 /* bytes of a file that is read */

/* Makes a black picture. ARGUMENT: a side of zero, or above the limits, or another number of channels. */
dsc_status dsc_image_create(dsc_image *image, size_t width, size_t height, size_t channels, dsc_error *error);

/* Frees the pixels, and clears it; a cleared one is fine. */
void dsc_image_clear(dsc_image *image);

/* Turns or mirrors the picture as a camera's tag Orientation (EXIF 2.32, table 6) asks, 1 to 8; 1 changes
 * nothing. The tag says where the first row and the first column of the file belong; afterwards they are
 * top and left. ARGUMENT: another number. */
dsc_status dsc_image_turn(dsc_image *image, int orientation, dsc_error *error);

/* True if a picture of this size is within the limits: for readers, before they allocate. */
bool dsc_image_size_allowed(size_t width, size_t height);

/* Reads PGM (P2, P5: one channel) or PPM (P3, P6: three), 8 or 16 bits, with comments; values are scaled from
 * the file's maximum to 255, to the nearest. What follows the picture is an error, except white space. `name`
 * stands for the file in messages. On failure *image is cleared. */
dsc_status dsc_pnm_parse(dsc_image *image, const void *bytes, size_t size, const char *name,
                         dsc_error *error);
dsc_status dsc_pnm_read(dsc_image *image, const char *path, dsc_error *error);

/* The grey of red, green and blue: luma, ITU-R BT.601. */
static inline uint8_t dsc_luma(const uint8_t rgb[3]) {
    return (uint8_t)((299u * rgb[0] + 587u * rgb[1] + 114u * rgb[2] + 500u) / 1000u);
}

/* True if the bytes start as a PGM or PPM file does. */
bool dsc_is_pnm(const unsigned char *bytes, size_t size);

/* Writes P5 or P6, atomically. Alpha cannot be kept: four channels are an error of ARGUMENT. */
dsc_status dsc_pnm_write(const char *path, const dsc_image *image, dsc_error *error);

#endif
