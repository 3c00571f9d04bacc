/* SPDX-License-Identifier: MIT */
/* emnist.h: the peculiarities of EMNIST (Cohen, Afshar, Tapson and van Schaik, "EMNIST: an extension of MNIST
 * to handwritten letters", 2017): the files store images transposed, the labels of letters begin with 1, and
 * a separate mapping gives the characters of the labels. */
#ifndef DSC_DATA_EMNIST_H
#define DSC_DATA_EMNIST_H

#include "data/idx.h"

/* Whether the file's name is EMNIST's: emnist-letters-train-images-idx3-ubyte.gz. Any split counts, also one
 * that EMNIST does not have (emnist-mine-...): its images are transposed, too. */
bool dsc_emnist_is(const char *path);

/* Transposes the images in memory. Leaves shapes other than (N, H, W) for the caller to refuse. */
dsc_status dsc_emnist_turn(dsc_content *images, dsc_error *error);

/* Finds the class names in emnist-SPLIT-mapping.txt beside the images (lines of a label and character codes,
 * of which the first counts); without that file the published ones, if the split is one of EMNIST's. Labels
 * that begin with 1 are shifted to begin with 0. *names is one block, which the caller frees; NULL if the
 * labels do not belong to this split, or its classes are unknown. */
dsc_status dsc_emnist_classes(char ***names, size_t *classes, dsc_content *const *labels, size_t count,
                              const char *images_path, dsc_error *error);

/* Returns the path of the mapping beside the images, which need not exist; the caller frees it. NULL without
 * memory. */
char *dsc_emnist_mapping(const char *images_path);

#endif
