/* SPDX-License-Identifier: MIT */
/* baselines.h: accuracies without a network, to put a model's accuracy into perspective: always answering the
 * most frequent class, and nearest neighbours in the training set. */
#ifndef DSC_MEASURE_BASELINES_H
#define DSC_MEASURE_BASELINES_H

#include "data/dataset.h"

/* Always three neighbours: a baseline has nothing to tune. Choosing the number on the training set would cost
 * another pass over all pairs and changes MNIST's accuracy by less than 0.2 percentage points. */
enum { DSC_NEIGHBOURS = 3 };

/* Limit of multiply-adds in the neighbour search; MNIST needs 4.7e11. A constant, so that the result depends
 * on the data only, not on the machine. */
#define DSC_NEIGHBOUR_WORK 6e11

typedef struct dsc_baselines {
    size_t count;            /* test images */
    size_t majority;         /* the most frequent class of the training set, the first of equals */
    size_t majority_right;   /* test images of that class */
    size_t training;         /* training images */
    size_t searched;         /* training images searched for neighbours, evenly spread */
    size_t neighbours_right; /* test images that the neighbours classify correctly */
    uint16_t *neighbours;    /* (count): the neighbours' answer to each test image */
} dsc_baselines;

/* The most frequent class of `data`, the first of equals. */
size_t dsc_majority_class(const dsc_dataset *data);

/* Measures both baselines on `threads` threads (0: all): learned from `training`, tested on `test`.
 *
 * The neighbours of an image are the DSC_NEIGHBOURS training images with the smallest Euclidean distance of
 * pixel values, the first of equals. The answer is the class of most neighbours; among tied classes, that of
 * the nearest. Distances are exact integers, so the answers are the same for any number of threads and on
 * every processor.
 *
 * `work` (0: DSC_NEIGHBOUR_WORK): if test images x training images x pixels exceeds it, an even subset of the
 * training images is used, but at least 100.
 *
 * Both sets must have the same class numbers. DSC_ERROR_MISMATCH: their image shapes differ.
 * DSC_ERROR_UNSUPPORTED: their images are not bytes in memory. `on_progress` (or NULL) receives the number of
 * training images searched and the total; a nonzero result stops with DSC_ERROR_STOPPED. Release with
 * dsc_baselines_clear, also after a failure. */
dsc_status dsc_baselines_measure(dsc_baselines *baselines, const dsc_dataset *training,
                                 const dsc_dataset *test, double work, unsigned threads,
                                 int (*on_progress)(void *user, size_t done, size_t total), void *user,
                                 dsc_error *error);
void dsc_baselines_clear(dsc_baselines *baselines);

#endif
