/* SPDX-License-Identifier: MIT */
/* tiff.c: TIFF through libtiff, from memory: strips or tiles, all compressions of libtiff, 1 to 16 bits,
 * grey, colour, palette, CMYK, YCbCr, with or without transparency. Skips thumbnails and masks. */
#include "picture/picture.h"

#include "base/error.h"

#include <string.h>

extern const picture_format picture_format_tiff;

#if DESCENDER_WITH_TIFF

#include <stdio.h>

#include <tiffio.h>

#include "late/late.h"

/* clang-format off */
#define LATE_TIFF(X) \
    X(TIFFOpenOptionsAlloc) \
    X(TIFFOpenOptionsFree) \
    X(TIFFOpenOptionsSetErrorHandlerExtR) \
    X(TIFFOpenOptionsSetWarningHandlerExtR) \
    X(TIFFOpenOptionsSetMaxSingleMemAlloc) \
    X(TIFFClientOpenExt) \
    X(TIFFClose) \
    X(TIFFReadDirectory) \
    X(TIFFSetDirectory) \
    X(TIFFLastDirectory) \
    X(TIFFGetFieldDefaulted) \
    X(TIFFRGBAImageOK) \
    X(TIFFRGBAImageBegin) \
    X(TIFFRGBAImageGet) \
    X(TIFFRGBAImageEnd)
/* clang-format on */
typedef struct tiff_functions {
    LATE_TIFF(LATE_MEMBER)
} tiff_functions;
static const char *const tiff_names[] = {LATE_TIFF(LATE_NAME) NULL};

/* A blank fax page takes one bit per row of some thousands of pixels: a larger claim is a decompression bomb.
 * libtiff may allocate at most the memory of the largest picture with 16 bits and four channels at once. */
enum { MOST_PIXELS_A_BYTE = 65536, MOST_MEMORY = 8 * DSC_IMAGE_PIXEL_LIMIT };
/* Pages, thumbnails and masks together. */
enum { MOST_DIRECTORIES = 4 * PICTURE_PAGES_MOST };

typedef struct reader {
    tiff_functions api;
    const unsigned char *bytes;
    size_t size, at;
    char reason[1024]; /* libtiff's first error; its longest message needs this size */
} reader;

/* --- callbacks --- */

static tmsize_t on_read(thandle_t handle, void *to, tmsize_t count) {
    reader *r = handle;
    const size_t left = r->at < r->size ? r->size - r->at : 0;
    const size_t n = count <= 0 ? 0 : (size_t)count < left ? (size_t)count : left;
    if (n) memcpy(to, r->bytes + r->at, n);
    r->at += n;
    return (tmsize_t)n;
}

static tmsize_t on_write(thandle_t handle, void *from, tmsize_t count) {
    (void)handle, (void)from, (void)count;
    return 0;
}

static toff_t on_seek(thandle_t handle, toff_t offset, int from) {
    reader *r = handle;
    const toff_t base = from == SEEK_CUR ? r->at : from == SEEK_END ? r->size : 0;
    if (offset > SIZE_MAX - base) return (toff_t)-1;
    r->at = (size_t)(base + offset);
    return r->at;
}

static int on_close(thandle_t handle) {
    (void)handle;
    return 0;
}

static toff_t on_size(thandle_t handle) { return ((const reader *)handle)->size; }

/* Returns 1: handled, so that nothing is printed. */
static int on_error(TIFF *tiff, void *user, const char *module, const char *format, va_list values)
    DSC_PRINTF(4, 0);
static int on_error(TIFF *tiff, void *user, const char *module, const char *format, va_list values) {
    reader *r = user;
    (void)tiff, (void)module;
    if (!*r->reason) (void)vsnprintf(r->reason, sizeof r->reason, format, values);
    return 1;
}

static int on_warning(TIFF *tiff, void *user, const char *module, const char *format, va_list values) {
    (void)tiff, (void)user, (void)module, (void)format, (void)values;
    return 1;
}

static TIFF *open_tiff(reader *r) {
    TIFFOpenOptions *options = r->api.TIFFOpenOptionsAlloc();
    if (!options) return NULL;
    r->api.TIFFOpenOptionsSetErrorHandlerExtR(options, on_error, r);
    r->api.TIFFOpenOptionsSetWarningHandlerExtR(options, on_warning, r);
    r->api.TIFFOpenOptionsSetMaxSingleMemAlloc(options, MOST_MEMORY);
    TIFF *tiff = r->api.TIFFClientOpenExt("picture", "rm", r, on_read, on_write, on_seek, on_close, on_size,
                                          NULL, NULL, options);
    r->api.TIFFOpenOptionsFree(options);
    return tiff;
}

/* --- the pixels --- */

/* Converts libtiff's words (red lowest, premultiplied alpha) to four, three or one bytes per pixel, in
 * place. */
static void unpack(dsc_image *image, size_t channels) {
    uint8_t *out = image->pixels;
    for (size_t i = 0; i < image->width * image->height; i++) {
        uint32_t word;
        memcpy(&word, image->pixels + 4 * i, 4);
        const uint32_t alpha = channels == 4 ? word >> 24 : 255;
        for (unsigned c = 0; c < (channels < 3 ? channels : 3); c++) {
            const uint32_t value = word >> (8 * c) & 255;
            const uint32_t whole = alpha == 255 ? value : alpha ? (value * 255 + alpha / 2) / alpha : 0;
            *out++ = (uint8_t)(whole < 255 ? whole : 255);
        }
        if (channels == 4) *out++ = (uint8_t)alpha;
    }
    image->channels = channels;
}

static dsc_status read_pixels(dsc_image *image, reader *r, TIFFRGBAImage *from, const char *name,
                              dsc_error *error) {
    dsc_status status =
        picture_check_size(from->width, from->height, r->size, MOST_PIXELS_A_BYTE, "TIFF", name, error);
    if (!status) status = dsc_image_create(image, from->width, from->height, 4, error);
    if (status) return status;
    from->req_orientation = from->orientation; /* keep the stored orientation: rotated afterwards */
    if (!r->api.TIFFRGBAImageGet(from, (uint32_t *)(void *)image->pixels, from->width, from->height))
        return picture_fail_damaged(&picture_format_tiff, name, r->reason, error);
    const bool grey =
        from->photometric == PHOTOMETRIC_MINISBLACK || from->photometric == PHOTOMETRIC_MINISWHITE;
    unpack(image, from->alpha ? 4 : grey ? 1 : 3);
    return DSC_OK;
}

static dsc_status read_page(dsc_image *image, reader *r, TIFF *tiff, const char *name, dsc_error *error) {
    TIFFRGBAImage from;
    char why[1024] = "";
    uint16_t orientation = 1;
    (void)r->api.TIFFGetFieldDefaulted(tiff, TIFFTAG_ORIENTATION, &orientation);
    if (!r->api.TIFFRGBAImageOK(tiff, why))
        return dsc_fail(error, DSC_ERROR_UNSUPPORTED,
                        "%s: is a kind of TIFF picture that is not supported (libtiff: %s); convert it to "
                        "PNG with 8 or 16 bits per value",
                        name, *why ? why : r->reason);
    if (!r->api.TIFFRGBAImageBegin(&from, tiff, 1, why))
        return picture_fail_damaged(&picture_format_tiff, name, *why ? why : r->reason, error);
    dsc_status status = read_pixels(image, r, &from, name, error);
    r->api.TIFFRGBAImageEnd(&from);
    if (!status && orientation >= 1 && orientation <= 8) status = dsc_image_turn(image, orientation, error);
    return status;
}

/* --- pages --- */

static bool is_page(const reader *r, TIFF *tiff) {
    uint32_t type = 0;
    (void)r->api.TIFFGetFieldDefaulted(tiff, TIFFTAG_SUBFILETYPE, &type);
    return !(type & (FILETYPE_REDUCEDIMAGE | FILETYPE_MASK));
}

/* Advances to page `wanted`; if there is none, *found is false and *pages is the number of pages. A file with
 * directories but no page has the first as its only page. */
static dsc_status go_to_page(bool *found, size_t *pages, const reader *r, TIFF *tiff, size_t wanted,
                             const char *name, dsc_error *error) {
    *pages = 0;
    for (size_t i = 0; i < MOST_DIRECTORIES && *pages <= PICTURE_PAGES_MOST; i++) {
        const bool page = is_page(r, tiff);
        *found = page && *pages == wanted;
        if (*found) return DSC_OK;
        *pages += page;
        if (r->api.TIFFLastDirectory(tiff)) break;
        if (!r->api.TIFFReadDirectory(tiff))
            return picture_fail_damaged(&picture_format_tiff, name, r->reason, error);
    }
    if (*pages) return DSC_OK;
    *pages = 1;
    *found = wanted == 0;
    return r->api.TIFFSetDirectory(tiff, 0)
               ? DSC_OK
               : picture_fail_damaged(&picture_format_tiff, name, r->reason, error);
}

static dsc_status open_file(TIFF **tiff, reader *r, const char *name, dsc_error *error) {
    const dsc_status status = late_load(&r->api, tiff_names, DESCENDER_TIFF_SONAME, error);
    if (status) return dsc_error_context(error, status, "%s", name);
    *tiff = open_tiff(r);
    return *tiff ? DSC_OK : picture_fail_damaged(&picture_format_tiff, name, r->reason, error);
}

static dsc_status count(size_t *pages, const unsigned char *bytes, size_t size, const char *name,
                        dsc_error *error) {
    reader r = {.bytes = bytes, .size = size};
    TIFF *tiff;
    bool found;
    dsc_status status = open_file(&tiff, &r, name, error);
    if (status) return status;
    status = go_to_page(&found, pages, &r, tiff, SIZE_MAX, name, error);
    r.api.TIFFClose(tiff);
    return status;
}

static dsc_status parse_page(dsc_image *image, size_t page, const unsigned char *bytes, size_t size,
                             const char *name, dsc_error *error) {
    reader r = {.bytes = bytes, .size = size};
    TIFF *tiff;
    size_t pages;
    bool found = false;
    *image = (dsc_image){0};
    dsc_status status = open_file(&tiff, &r, name, error);
    if (status) return status;
    status = go_to_page(&found, &pages, &r, tiff, page, name, error);
    if (!status && !found)
        status = picture_fail_damaged(&picture_format_tiff, name, "a page is missing", error);
    if (!status) status = read_page(image, &r, tiff, name, error);
    r.api.TIFFClose(tiff);
    if (status) dsc_image_clear(image);
    return status;
}

#endif

/* "II" or "MM" is the byte order; 42 is TIFF, 43 is BigTIFF. */
static bool recognises(const unsigned char *bytes, size_t size) {
    return size >= 4 && (!memcmp(bytes, "II*\0", 4) || !memcmp(bytes, "MM\0*", 4) ||
                         !memcmp(bytes, "II+\0", 4) || !memcmp(bytes, "MM\0+", 4));
}

static const char *const endings[] = {".tif", ".tiff", NULL};

const picture_format picture_format_tiff = {
    .name = "tiff",
    .help = "TIFF of 1 to 16 bits, any colours and compression, page by page",
    .title = "TIFF",
    .endings = endings,
    .recognises = recognises,
#if DESCENDER_WITH_TIFF
    .count = count,
    .parse_page = parse_page,
#endif
    .library = "libtiff",
    .package = "libtiff-dev",
};
