/* SPDX-License-Identifier: MIT */
/* read.h: images from anywhere, one after the other: pictures of any format, page by page, IDX and NPY
 * (gzip or plain); files, folders, standard input. */
#ifndef READ_READ_H
#define READ_READ_H

#include "base/text.h"
#include "image/image.h"

/* The files that are meant by what a user named. */
typedef struct read_list {
    char **paths; /* "-" is standard input */
    size_t count, capacity;
    size_t passed_over; /* files of folders that are no images by their names */
} read_list;

/* Adds a file, "-", or the images of a folder in the order of their names; folders in it are not entered.
 * Release with read_list_clear, also after a failure. */
dsc_status read_list_add(read_list *list, const char *path, dsc_error *error);
void read_list_clear(read_list *list);

/* What a file held: a picture, or an array of bytes (N, H, W) or (N, C, H, W), or (H, W) alone. NumPy's
 * other numbers become bytes as dsc_npy_parse_bytes says, and (N, H, W, 1) becomes (N, H, W). */
typedef struct read_content {
    bool is_array;
    dsc_image picture;
    dsc_array array;
} read_content;

/* A file in memory. A PDF or TIFF file holds a picture for each of its pages, any other file one content. */
typedef struct read_source {
    const char *path; /* the caller's; NULL: standard input, which no command in a message can name */
    unsigned char *bytes;
    size_t size;
    size_t pages; /* that are read: 1, or up to PICTURE_PAGES_MOST */
    bool more;    /* the file has more */
} read_source;

/* Reads the file whole ("-": standard input), and counts its pages. Release with read_close, also after a
 * failure. */
dsc_status read_open(read_source *source, const char *path, dsc_error *error);
void read_close(read_source *source);

/* "form.pdf, page 2"; of a file with one page its name alone. */
void read_append_name(dsc_text *text, const read_source *source, size_t page);

/* What is on page number `page`, from 0: told by the content, not the name. FORMAT: it is neither picture
 * nor array, or broken. Release with read_content_clear. */
dsc_status read_page(read_content *content, const read_source *source, size_t page, dsc_error *error);
void read_content_clear(read_content *content);

/* How many images an array holds, and their shape, channels first; false if it has no images' shape. */
bool read_array_shape(size_t *count, size_t shape[3], const dsc_array *array);

#endif
