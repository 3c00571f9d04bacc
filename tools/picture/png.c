/* SPDX-License-Identifier: MIT */
/* png.c: PNG through libpng's simplified interface (libpng-manual, section V), in memory, so that libpng
 * checks hostile files and this program writes files atomically. */
#include "picture/png.h"

#include "base/error.h"
#include "picture/orientation.h"
#include "picture/picture.h"

#include <string.h>

static bool is_png(const unsigned char *bytes, size_t size) {
    return size >= 8 && !memcmp(bytes, "\x89PNG\r\n\x1A\n", 8);
}

#if DESCENDER_WITH_PNG

#include <png.h>
#include <stdlib.h>

#include "late/late.h"

/* clang-format off */
#define LATE_PNG(X) \
    X(png_image_begin_read_from_memory) \
    X(png_image_finish_read) \
    X(png_image_free) \
    X(png_image_write_to_memory)
/* clang-format on */
typedef struct png_functions {
    LATE_PNG(LATE_MEMBER)
} png_functions;
static const char *const png_names[] = {LATE_PNG(LATE_NAME) NULL};

/* The last chunk has always these bytes: length 0, "IEND", checksum. */
static const char end_chunk[] = "\0\0\0\0IEND\xAE\x42\x60\x82";
enum { SIGNATURE_SIZE = 8, CHUNK_OVERHEAD = 12 /* length, type and checksum of a chunk */ };
/* Deflate reaches at most 1032 to 1, and a pixel takes at least a bit: a larger claim means a truncated
 * file. */
#define MOST_PIXELS_A_BYTE (1040 * 8)

extern const picture_format picture_format_png;

bool picture_png_available(void) {
    png_functions api;
    return !late_load(&api, png_names, DESCENDER_PNG_SONAME, NULL);
}

static dsc_status fail_png(dsc_error *error, const char *name, const char *reason) {
    return picture_fail_damaged(&picture_format_png, name, reason, error);
}

/* Walks over the chunks up to IEND: each must end within the file, and IEND must exist. libpng allocates what
 * a chunk claims before reading it, up to 2 GB for a file of a hundred bytes; and it stops at the last row,
 * so it would not notice a missing end. */
static dsc_status check_chunks(const unsigned char *bytes, size_t size, const char *name, dsc_error *error) {
    for (size_t at = SIGNATURE_SIZE; size - at >= CHUNK_OVERHEAD;) {
        const unsigned char *p = bytes + at;
        const size_t length = (size_t)p[0] << 24 | (size_t)p[1] << 16 | (size_t)p[2] << 8 | p[3];
        if (length > size - at - CHUNK_OVERHEAD)
            return fail_png(error, name, "a chunk is longer than the rest of the file");
        if (!memcmp(p, end_chunk, CHUNK_OVERHEAD)) return DSC_OK;
        at += length + CHUNK_OVERHEAD;
    }
    return fail_png(error, name, "no IEND");
}

/* Chooses the format, reads, and checks; on failure libpng frees `png`, otherwise the caller does. */
static dsc_status read_rows(dsc_image *image, const png_functions *api, png_image *png, size_t size,
                            const char *name, dsc_error *error) {
    dsc_status status =
        picture_check_size(png->width, png->height, size, MOST_PIXELS_A_BYTE, "PNG", name, error);
    if (status) return status;
    /* 16-bit values without gamma are sRGB, like 8-bit values, not linear light. */
    png->flags |= PNG_IMAGE_FLAG_16BIT_sRGB;
    size_t channels = png->format & PNG_FORMAT_FLAG_ALPHA ? 4 : png->format & PNG_FORMAT_FLAG_COLOR ? 3 : 1;
    png->format = channels == 4 ? PNG_FORMAT_RGBA : channels == 3 ? PNG_FORMAT_RGB : PNG_FORMAT_GRAY;
    status = dsc_image_create(image, png->width, png->height, channels, error);
    if (status) return status;
    if (api->png_image_finish_read(png, NULL, image->pixels, 0, NULL)) return DSC_OK;
    return fail_png(error, name, png->message);
}

static dsc_status parse(dsc_image *image, const unsigned char *bytes, size_t size, const char *name,
                        dsc_error *error) {
    *image = (dsc_image){0};
    dsc_status status = check_chunks(bytes, size, name, error);
    png_functions api;
    if (!status) status = late_load(&api, png_names, DESCENDER_PNG_SONAME, error);
    if (status) return status;
    png_image png = {.version = PNG_IMAGE_VERSION};
    if (!api.png_image_begin_read_from_memory(&png, bytes, size)) return fail_png(error, name, png.message);
    status = read_rows(image, &api, &png, size, name, error);
    api.png_image_free(&png);
    if (!status) status = dsc_image_turn(image, picture_png_orientation(bytes, size), error);
    if (status) dsc_image_clear(image);
    return status;
}

dsc_status picture_png_format(unsigned char **bytes, size_t *size, const dsc_image *image, dsc_error *error) {
    *bytes = NULL;
    *size = 0;
    if (!dsc_image_size_allowed(image->width, image->height) || !image->pixels)
        return dsc_fail(error, DSC_ERROR_ARGUMENT, "a picture of %zu x %zu pixels cannot be written as PNG",
                        image->width, image->height);
    /* Fast: without filters, which take most of the time and gain little on digits and charts. */
    png_image png = {.version = PNG_IMAGE_VERSION,
                     .flags = PNG_IMAGE_FLAG_FAST,
                     .width = (png_uint_32)image->width,
                     .height = (png_uint_32)image->height,
                     .format = image->channels == 4   ? PNG_FORMAT_RGBA
                               : image->channels == 3 ? PNG_FORMAT_RGB
                                                      : PNG_FORMAT_GRAY};
    png_functions api;
    dsc_status status = late_load(&api, png_names, DESCENDER_PNG_SONAME, error);
    if (status) return status;
    png_alloc_size_t room = PNG_IMAGE_PNG_SIZE_MAX(png);
    unsigned char *out = malloc(room);
    if (!out) return dsc_fail_memory(error, room, "a PNG");
    if (!api.png_image_write_to_memory(&png, out, &room, 0, image->pixels, 0, NULL)) {
        free(out);
        return dsc_fail(error, DSC_ERROR_MEMORY, "a PNG cannot be made: libpng: %s", png.message);
    }
    *bytes = out;
    *size = room;
    return DSC_OK;
}

#else

bool picture_png_available(void) { return false; }

dsc_status picture_png_format(unsigned char **bytes, size_t *size, const dsc_image *image, dsc_error *error) {
    (void)image;
    *bytes = NULL;
    *size = 0;
    return dsc_fail(error, DSC_ERROR_UNSUPPORTED,
                    "this build has no libpng and cannot write PNG; use PGM or PPM, or install libpng's "
                    "development package (libpng-dev) and build again");
}

#endif

static const char *const endings[] = {".png", NULL};

const picture_format picture_format_png = {
    .name = "png",
    .help = "PNG, of every depth and colour type",
    .title = "PNG",
    .endings = endings,
    .recognises = is_png,
#if DESCENDER_WITH_PNG
    .parse = parse,
#endif
    .library = "libpng",
    .package = "libpng-dev",
};
