/* SPDX-License-Identifier: MIT */
/* class_names.h: what the classes of a folder's data are called. */
#ifndef DSC_DATA_CLASS_NAMES_H
#define DSC_DATA_CLASS_NAMES_H

#include "data/idx.h"

/* The classes of data in `folder`: named by its labels.txt, one name a line (*names: one block, release with free()), or, where
 * there is none (*names NULL), ten, or as many as the largest of the labels needs. */
dsc_status dsc_classes_find(char ***names, size_t *classes, const char *folder,
                            const dsc_content *const *labels, size_t count, dsc_error *error);

#endif
