/* SPDX-License-Identifier: MIT */
/* pictures.h: folders of pictures, named by class:
 *
 *   FOLDER/cat/one.png  FOLDER/cat/two.jpg  FOLDER/dog/...
 *   FOLDER/train/cat/...  FOLDER/val/cat/...  FOLDER/test/cat/...
 *
 * Files that are no pictures by their names are passed over and counted; a picture that lies outside of a
 * class, and a class without pictures, are errors. */
#ifndef FORMS_PICTURES_H
#define FORMS_PICTURES_H

#include "data/form.h"
#include "image/notes.h"

typedef struct pictures_entry {
    char *path;
    uint8_t label; /* a number of the sets' names */
} pictures_entry;

typedef struct pictures_list {
    pictures_entry *entries; /* sorted by class, then by file name, byte for byte */
    size_t count, capacity;
    size_t passed_over; /* files that are no pictures */
} pictures_list;

/* The folder of each set, within `folder`: names such as train and test; of a folder that is not split so,
 * itself to train on. NULL: there is no such set. Release with free(). Fails only for want of memory. */
dsc_status pictures_split(char *folders[DSC_SETS], const char *folder, dsc_error *error);

/* Whether there are folders with pictures in the folder, or in its train/. Fails only for want of memory. */
dsc_status pictures_are_in(bool *there, const char *folder, dsc_error *error);

/* Adds the pictures in the class folders of `folder`. Release with pictures_list_free, also after a failure.
 */
dsc_status pictures_list_add(pictures_list *list, dsc_label_names *names, const char *folder,
                             dsc_error *error);
void pictures_list_free(pictures_list *list);

/* How pictures become images: the same for all sets. `size` {0, 0} is replaced by that of the first picture;
 * `channels` 0 until one has colour. */
typedef struct pictures_how {
    const dsc_reading *reading;
    size_t size[2];
    bool colour;            /* some picture has it */
    const char *first;      /* the picture that gave the size */
    dsc_notes_sum left_out; /* with reading->prepare */
    size_t with_pages;      /* files of several pages, of which the first is taken */
    int (*on_progress)(void *user, const char *what, size_t done,
                       size_t count); /* not 0: stop; may be NULL */
    void *user;
    size_t done, total;
} pictures_how;

/* Pictures as they were fitted, each of one channel or of three. Starts as {0}. */
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
