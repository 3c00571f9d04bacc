/* SPDX-License-Identifier: MIT */
/* class_names.h: the class names of a folder's data. */
#ifndef DSC_DATA_CLASS_NAMES_H
#define DSC_DATA_CLASS_NAMES_H

#include "data/idx.h"

/* Finds the classes of the data in `folder`. labels.txt names them, one per line: *names is then one block
 * that the caller frees. Without labels.txt *names is NULL, and there are ten classes, or as many as the
 * largest label needs. */
dsc_status dsc_classes_find(char ***names, size_t *classes, const char *folder,
                            const dsc_content *const *labels, size_t count, dsc_error *error);

/* Finds the classes of `count` sets of images and labels. The first images come from the file `images_path`
 * (NULL: from no file); labels.txt is looked for in `folder`. EMNIST's images and labels, recognised by the
 * file's name, are first converted (emnist.h), and so are labels that also name the writer (writers.h). */
dsc_status dsc_classes_settle(char ***names, size_t *classes, dsc_content *const *images,
                              dsc_content *const *labels, size_t count, const char *images_path,
                              const char *folder, dsc_error *error);

#endif
