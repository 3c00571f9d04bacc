/* SPDX-License-Identifier: MIT */
/* class_names.h: what the classes of a folder's data are called. */
#ifndef DSC_DATA_CLASS_NAMES_H
#define DSC_DATA_CLASS_NAMES_H

#include "data/idx.h"

/* The classes of data in `folder`: named by its labels.txt, one name a line (*names: one block, release with
 * free()), or, where there is none (*names NULL), ten, or as many as the largest of the labels needs. */
dsc_status dsc_classes_find(char ***names, size_t *classes, const char *folder,
                            const dsc_content *const *labels, size_t count, dsc_error *error);

/* The classes of `count` sets of images and labels, the first images of which are of the file
 * `images_path` (NULL: of none). labels.txt is looked for in `folder`. Images and labels of EMNIST, told
 * by the name of the file, are first made as other data are (emnist.h), and so are labels that say who wrote
 * (writers.h). */
dsc_status dsc_classes_settle(char ***names, size_t *classes, dsc_content *const *images,
                              dsc_content *const *labels, size_t count, const char *images_path,
                              const char *folder, dsc_error *error);

#endif
