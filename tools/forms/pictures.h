/* SPDX-License-Identifier: MIT */
/* pictures.h: folders of pictures, named by class:
 *
 *   FOLDER/cat/one.png  FOLDER/cat/two.jpg  FOLDER/dog/...
 *   FOLDER/train/cat/...  FOLDER/val/cat/...  FOLDER/test/cat/...
 *
 * Files whose names are not those of pictures are skipped and counted. A picture outside of a class, and a
 * class without pictures, are errors. */
#ifndef FORMS_PICTURES_H
#define FORMS_PICTURES_H

#include "data/form.h"
#include "image/notes.h"

typedef struct pictures_entry {
    char *path;
    uint8_t label; /* index in the sets' names */
} pictures_entry;

typedef struct pictures_list {
    pictures_entry *entries; /* sorted by class, then by file name, in byte order */
    size_t count, capacity;
    size_t passed_over; /* files that are not pictures */
} pictures_list;

/* The folder of each set within `folder`: names such as train and test; a folder without such parts is the
 * training set itself. NULL: no such set. The caller frees the texts. Fails only without memory. */
dsc_status pictures_split(char *folders[DSC_SETS], const char *folder, dsc_error *error);

/* Whether the folder, or its train/, contains folders with pictures. Fails only without memory. */
dsc_status pictures_are_in(bool *there, const char *folder, dsc_error *error);

/* Adds the pictures in the class folders of `folder`. Release with pictures_list_free, also after a
 * failure. */
dsc_status pictures_list_add(pictures_list *list, dsc_label_names *names, const char *folder,
                             dsc_error *error);
void pictures_list_free(pictures_list *list);

/* How pictures become images, common to all sets. `size` {0, 0} is replaced by the size of the first
 * picture. */
typedef struct pictures_how {
    const dsc_reading *reading;
    size_t size[2];
    bool colour;            /* some picture has colour */
    const char *first;      /* the picture that determined the size */
    dsc_notes_sum left_out; /* with reading->prepare */
    size_t with_pages;      /* files with several pages; the first is used */
    int (*on_progress)(void *user, const char *what, size_t done,
                       size_t count); /* nonzero: stop; may be NULL */
    void *user;
    size_t done, total;
} pictures_how;

/* Scaled pictures, each with one or three channels. Starts as {0}. */
typedef struct pictures_read {
    uint8_t **images;
    bool *coloured;
    size_t count;
} pictures_read;

dsc_status pictures_read_all(pictures_read *read, pictures_how *how, const pictures_list *list,
                             dsc_error *error);
/* Images (N, H, W), or (N, 3, H, W) if how->colour; `read` is released, also on failure. */
dsc_status pictures_join(dsc_array *images, pictures_read *read, const pictures_how *how, dsc_error *error);
void pictures_read_free(pictures_read *read);

#endif
