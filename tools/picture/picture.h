/* SPDX-License-Identifier: MIT */
/* picture.h: picture files in and out. The one entrance: whoever has bytes that may be a picture asks here.
 *
 * A format is one file that ends in one descriptor, and one line in formats.c. A build may lack the library
 * of a format: its files are recognised all the same, and the message names the library. */
#ifndef PICTURE_PICTURE_H
#define PICTURE_PICTURE_H

#include "base/registry.h"
#include "picture/png.h"

/* Pages of a file that are read; who asks for more has a book. */
#define PICTURE_PAGES_MOST 200

/* Begins as a row of a registry. */
typedef struct picture_format {
    const char *name; /* "jpeg" */
    const char *help;
    const dsc_param *params; /* none yet */
    size_t values_size;
    const char *title;          /* "JPEG", for messages */
    const char *const *endings; /* of file names: ".jpg", ".jpeg"; NULL ends them */
    bool (*recognises)(const unsigned char *bytes, size_t size);
    /* Makes *image of the whole file: upright, 1 channel where it is grey, 3 where it has colour, 4 where it
     * has transparency, values as sRGB has them. Of several pictures in a file the first. `name` stands for
     * the file in messages. On failure *image is cleared. NULL: this build lacks the library. Any thread may
     * call it. */
    dsc_status (*parse)(dsc_image *image, const unsigned char *bytes, size_t size, const char *name,
                        dsc_error *error);
    /* Of a format whose files may hold several pictures that follow one another, as pages do; both NULL: one.
     * `count` says how many, of more than PICTURE_PAGES_MOST that there are more. `parse_page` is as `parse`,
     * which reads page 0. */
    dsc_status (*count)(size_t *pages, const unsigned char *bytes, size_t size, const char *name,
                        dsc_error *error);
    dsc_status (*parse_page)(dsc_image *image, size_t page, const unsigned char *bytes, size_t size,
                             const char *name, dsc_error *error);
    const char *library; /* that reads it: "libjpeg"; NULL: it needs none */
    const char *package; /* Debian's name of what a build with it needs: "libjpeg-dev" */
} picture_format;

/* All of them, also those that this build cannot read. */
extern const dsc_registry picture_formats;

/* Number i of them, or NULL. */
const picture_format *picture_format_at(size_t i);

/* The format whose files begin so, or NULL; this build may not be able to read it. */
const picture_format *picture_format_of(const unsigned char *bytes, size_t size);

/* True if the name of a file ends as those of pictures do: ".png", ".jpg", ... in any case. */
bool picture_is_name(const char *name);

/* Appends "*.png, *.pgm, *.ppm, *.jpg", for messages: one of each ending. */
void picture_name_endings(dsc_text *text);

/* Appends "PNG, PGM or PPM, JPEG": the titles of those that this build reads. */
void picture_titles(dsc_text *text);

/* The picture in a file, or in bytes: told by the content, not the name. FORMAT: it is no picture, or
 * damaged, or larger than DSC_IMAGE_SIDE_LIMIT and DSC_IMAGE_PIXEL_LIMIT allow; UNSUPPORTED: this build
 * lacks the library; the message says what to do. On failure *image is cleared. */
dsc_status picture_read(dsc_image *image, const char *path, dsc_error *error);
dsc_status picture_parse(dsc_image *image, const void *bytes, size_t size, const char *name,
                         dsc_error *error);

/* How many pictures the bytes hold that follow one another: the pages of a PDF or TIFF file; 1 of any
 * other picture, whose format need not be known. More than PICTURE_PAGES_MOST: there are more than are
 * read. */
dsc_status picture_count(size_t *pages, const void *bytes, size_t size, const char *name, dsc_error *error);

/* As picture_parse, of page number `page`, from 0. */
dsc_status picture_parse_page(dsc_image *image, size_t page, const void *bytes, size_t size, const char *name,
                              dsc_error *error);

/* As the end of `path` says: ".png", ".pgm" or ".ppm". */
dsc_status picture_write(const char *path, const dsc_image *image, dsc_error *error);

/* As picture_png_format, to a file, atomically. */
dsc_status picture_png_write(const char *path, const dsc_image *image, dsc_error *error);

/* For formats: fails unless a picture of this size is within the limits, and has no more than
 * `pixels_a_byte` pixels for each byte of its file (0: any number): a small file cannot claim much. */
dsc_status picture_check_size(uint64_t width, uint64_t height, size_t file_size, uint64_t pixels_a_byte,
                              const char *title, const char *name, dsc_error *error);

/* For formats: fails with "NAME: the TITLE file is damaged or cut short (libjpeg: REASON), ...". */
dsc_status picture_fail_damaged(const picture_format *format, const char *name, const char *reason,
                                dsc_error *error);

#endif
