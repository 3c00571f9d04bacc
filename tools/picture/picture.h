/* SPDX-License-Identifier: MIT */
/* picture.h: reads and writes picture files of all formats; all callers with possible picture bytes use it.
 *
 * A format is one file that defines a descriptor, plus one line in formats.c. If this build lacks a format's
 * library, its files are still recognised and the message names the library. Any thread may call these
 * functions. */
#ifndef PICTURE_PICTURE_H
#define PICTURE_PICTURE_H

#include "base/registry.h"
#include "picture/png.h"

/* Most pages read of a file. */
#define PICTURE_PAGES_MOST 200

/* Begins like a registry row. */
typedef struct picture_format {
    const char *name; /* "jpeg" */
    const char *help;
    const dsc_param *params; /* none yet */
    size_t values_size;
    const char *title;          /* "JPEG", for messages */
    const char *const *endings; /* of file names: ".jpg", ".jpeg"; NULL-terminated */
    bool (*recognises)(const unsigned char *bytes, size_t size);
    /* Decodes the whole file to *image: upright, 1 channel if grey, 3 if coloured, 4 if transparent, values
     * in sRGB. `name` is the file, for messages. On failure *image is cleared. Any thread may call it. */
    dsc_status (*parse)(dsc_image *image, const unsigned char *bytes, size_t size, const char *name,
                        dsc_error *error);
    /* Instead of `parse`, for formats whose files may hold several pictures (pages). `count` stores the
     * number of pages; a number above PICTURE_PAGES_MOST means more. `parse_page` decodes one of them, from 0
     * on. */
    dsc_status (*count)(size_t *pages, const unsigned char *bytes, size_t size, const char *name,
                        dsc_error *error);
    dsc_status (*parse_page)(dsc_image *image, size_t page, const unsigned char *bytes, size_t size,
                             const char *name, dsc_error *error);
    /* These functions run in a separate process (decoder.h), because the library crashes on broken files, or
     * takes any amount of memory or time. */
    bool apart;
    const char *library; /* required: "libjpeg"; NULL: none */
    const char *package; /* Debian package needed to build with it: "libjpeg-dev" */
} picture_format;

/* Whether this build can decode the format: it has the library. */
static inline bool picture_format_is_read(const picture_format *format) {
    return format->parse || format->parse_page;
}

/* All formats, including those that this build cannot read. */
extern const dsc_registry picture_formats;

/* Format i, or NULL. */
const picture_format *picture_format_at(size_t i);

/* The format of files that begin with these bytes, or NULL; this build may be unable to read it. */
const picture_format *picture_format_of(const unsigned char *bytes, size_t size);

/* Whether a file name has the extension of a picture: ".png", ".jpg", ..., in any case. */
bool picture_is_name(const char *name);

/* Appends "*.png, *.pgm, *.ppm, *.jpg", for messages: one of each extension. */
void picture_name_endings(dsc_text *text);

/* Appends "PNG, PGM or PPM, JPEG": the titles of the formats that this build reads. */
void picture_titles(dsc_text *text);

/* Reads the picture in a file or in bytes, recognised by content, not by name. DSC_ERROR_FORMAT: not a
 * picture, damaged, or beyond DSC_IMAGE_SIDE_LIMIT or DSC_IMAGE_PIXEL_LIMIT. DSC_ERROR_UNSUPPORTED: this
 * build lacks the library; the message gives advice. On failure *image is cleared. */
dsc_status picture_read(dsc_image *image, const char *path, dsc_error *error);
dsc_status picture_parse(dsc_image *image, const void *bytes, size_t size, const char *name,
                         dsc_error *error);

/* The number of consecutive pictures in the bytes: the pages of a PDF or TIFF file; 1 for any other picture,
 * even of unknown format. Above PICTURE_PAGES_MOST: more than are read. */
dsc_status picture_count(size_t *pages, const void *bytes, size_t size, const char *name, dsc_error *error);

/* Like picture_parse, for page number `page`, from 0. */
dsc_status picture_parse_page(dsc_image *image, size_t page, const void *bytes, size_t size, const char *name,
                              dsc_error *error);

/* Writes the format of `path`'s extension: ".png", ".pgm" or ".ppm". */
dsc_status picture_write(const char *path, const dsc_image *image, dsc_error *error);

/* Like picture_png_format, to a file, atomically. */
dsc_status picture_png_write(const char *path, const dsc_image *image, dsc_error *error);

/* For formats: fails unless a picture of this size is within the limits and has at most `pixels_a_byte`
 * pixels per byte of its file (0: any number), so that a small file cannot cause large allocations. */
dsc_status picture_check_size(uint64_t width, uint64_t height, size_t file_size, uint64_t pixels_a_byte,
                              const char *title, const char *name, dsc_error *error);

/* For formats: fails with "NAME: the TITLE file is damaged or cut short (libjpeg: REASON), ...". */
dsc_status picture_fail_damaged(const picture_format *format, const char *name, const char *reason,
                                dsc_error *error);

#endif
