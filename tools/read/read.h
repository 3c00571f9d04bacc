/* SPDX-License-Identifier: MIT */
/* read.h: reads images from any source in order: pictures of any format, page by page, IDX and NPY (gzip or
 * plain); files, folders, standard input. */
#ifndef READ_READ_H
#define READ_READ_H

#include "base/text.h"
#include "image/image.h"

/* The files that a user's names refer to. */
typedef struct read_list {
    char **paths; /* "-" is standard input */
    size_t count, capacity;
    size_t passed_over; /* files in folders whose names are not those of images */
} read_list;

/* Adds a file, "-", or the images of a folder in name order, without its subfolders. Release with
 * read_list_clear, also after a failure. */
dsc_status read_list_add(read_list *list, const char *path, dsc_error *error);
void read_list_clear(read_list *list);

/* The content of a file: a picture, or an array of bytes (N, H, W), (N, C, H, W) or a single (H, W). Other
 * NumPy types are converted to bytes by dsc_npy_parse_bytes, and (N, H, W, 1) becomes (N, H, W). */
typedef struct read_content {
    bool is_array;
    dsc_image picture;
    dsc_array array;
} read_content;

/* A file in memory. A PDF or TIFF file holds one picture per page, any other file one content. */
typedef struct read_source {
    const char *path; /* the caller's; NULL: standard input, which commands in messages cannot name */
    unsigned char *bytes;
    size_t size;
    size_t pages; /* to read: 1, or up to PICTURE_PAGES_MOST */
    bool more;    /* the file has more */
} read_source;

/* Reads the whole file ("-": standard input) and counts its pages. Release with read_close, also after a
 * failure. */
dsc_status read_open(read_source *source, const char *path, dsc_error *error);
void read_close(read_source *source);

/* Appends "form.pdf, page 2"; for a file with one page only its name. */
void read_append_name(dsc_text *text, const read_source *source, size_t page);

/* Reads page number `page`, from 0, recognised by content, not by name. DSC_ERROR_FORMAT: neither picture nor
 * array, or damaged. Release with read_content_clear. */
dsc_status read_page(read_content *content, const read_source *source, size_t page, dsc_error *error);
void read_content_clear(read_content *content);

/* The number of images in an array and their shape, channels first; false if the shape is not that of
 * images. */
bool read_array_shape(size_t *count, size_t shape[3], const dsc_array *array);

#endif
