/* SPDX-License-Identifier: MIT */
/* pack.h: folders of images, named by class, made into arrays.
 *
 *   FOLDER/cat/one.png  FOLDER/cat/two.png  FOLDER/dog/...
 *
 * Classes are numbered in the order of their names; but where all names are whole numbers below 256, as for
 * digits, a name is its label. Images are PNG or PGM, taken as grey, all of one size; or each is a picture of
 * one digit, of any size, and is prepared. Other files are passed
 * over and counted; an image that lies outside of a class, and a class without images, are errors. */
#ifndef PACK_PACK_H
#define PACK_PACK_H

#include "image/notes.h"

typedef struct pack_list {
    char **classes; /* class_count names; where they are numbers, also of those that no folder has */
    size_t class_count;
    struct pack_entry {
        char *path;
        uint8_t label;
    } * entries; /* sorted by class, then by file name, byte for byte */
    size_t count, capacity;
    size_t passed_over; /* files that are no images */
} pack_list;

/* Lists the images in the class folders of `folder`. Release with pack_list_free, also after a failure. */
dsc_status pack_list_make(pack_list *list, const char *folder, dsc_error *error);
void pack_list_free(pack_list *list);

/* Called after each image; anything but 0 stops. */
typedef int pack_on_progress(void *user, size_t done, size_t count);

/* Reads entries order[0 .. count) of the list (NULL: the first `count`): images (count, H, W), labels
 * (count), both bytes, to be released with pack_array_free. `size` is the {height, width} that all must
 * have; {0, 0} is replaced by that of the first image. Unless `prepared` is NULL, each picture becomes its
 * one digit, by dsc_prepare_digit, as `descender predict` does it, and `size` becomes {28, 28}; what is left
 * out of the pictures is added to *prepared. */
dsc_status pack_read(dsc_array *images, dsc_array *labels, size_t size[2], const pack_list *list,
                     const size_t *order, size_t count, dsc_notes_sum *prepared, pack_on_progress *progress,
                     void *user, dsc_error *error);
void pack_array_free(dsc_array *array);

#endif
