/* SPDX-License-Identifier: MIT */
/* emnist.h: what is different about EMNIST (Cohen, Afshar, Tapson and van Schaik, "EMNIST: an extension of
 * MNIST to handwritten letters", 2017): its images lie on their sides in the files, rows and columns
 * exchanged; the labels of its letters begin with 1; and what the labels stand for is told by a mapping,
 * and not by themselves. */
#ifndef DSC_DATA_EMNIST_H
#define DSC_DATA_EMNIST_H

#include "data/idx.h"

/* Whether a file is one of EMNIST's, by its name: emnist-letters-train-images-idx3-ubyte.gz. */
bool dsc_emnist_is(const char *path);

/* Puts the images upright, in memory. Others than (N, H, W) are left alone, for the caller to refuse. */
dsc_status dsc_emnist_turn(dsc_content *images, dsc_error *error);

/* What the classes are called: by emnist-SPLIT-mapping.txt beside the images (lines of a label and codes
 * of characters, the first of which counts), or, where there is none, as it is published. Labels that
 * begin with 1 are made to begin with 0. *names is one block (release with free()), as of
 * dsc_classes_find; NULL if the labels are not this split's. */
dsc_status dsc_emnist_classes(char ***names, size_t *classes, dsc_content *const *labels, size_t count,
                              const char *images_path, dsc_error *error);

/* The path of the mapping beside the images, whether it is there or not, in a new text; NULL if memory is
 * short. */
char *dsc_emnist_mapping(const char *images_path);

#endif
