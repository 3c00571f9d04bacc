/* SPDX-License-Identifier: MIT */
/* read.h: images from anywhere, one after the other: pictures of any format, IDX and NPY (gzip or plain);
 * files, folders, standard input. */
#ifndef READ_READ_H
#define READ_READ_H

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

/* Told by the content, not the name. FORMAT: it is none of these, or broken. Release with read_content_clear.
 * read_bytes of a path that is NULL: bytes of standard input, which no command in a message can name. */
dsc_status read_file(read_content *content, const char *path, dsc_error *error);
dsc_status read_bytes(read_content *content, const unsigned char *bytes, size_t size, const char *path,
                      dsc_error *error);
void read_content_clear(read_content *content);

/* How many images an array holds, and their shape, channels first; false if it has no images' shape. */
bool read_array_shape(size_t *count, size_t shape[3], const dsc_array *array);

#endif
