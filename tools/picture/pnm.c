/* SPDX-License-Identifier: MIT */
/* pnm.c: PGM and PPM, read by the library itself. */
#include "picture/picture.h"

static dsc_status parse(dsc_image *image, const unsigned char *bytes, size_t size, const char *name,
                        dsc_error *error) {
    return dsc_pnm_parse(image, bytes, size, name, error);
}

static const char *const endings[] = {".pgm", ".ppm", NULL};

const picture_format picture_format_pnm = {
    .name = "pnm",
    .help = "PGM and PPM, of 8 or 16 bits, as bytes or as text",
    .title = "PGM or PPM",
    .endings = endings,
    .recognises = dsc_is_pnm,
    .parse = parse,
};
