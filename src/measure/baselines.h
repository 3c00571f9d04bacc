/* SPDX-License-Identifier: MIT */
/* baselines.h: what can be reached without a network, so that a model's accuracy means something: always
 * answering the most frequent class, and asking the nearest training images. */
#ifndef DSC_MEASURE_BASELINES_H
#define DSC_MEASURE_BASELINES_H

#include "data/dataset.h"

/* Three neighbours, always. A baseline has nothing to tune: choosing their number on the training set would
 * cost another pass over all pairs, and moves MNIST's accuracy by less than 0.2 percentage points. */
enum { DSC_NEIGHBOURS = 3 };

/* Multiply-adds that the search for neighbours may cost; MNIST needs 4.7e11. It is a constant, so that the
 * result depends on the data alone, not on the machine. */
#define DSC_NEIGHBOUR_WORK 6e11

typedef struct dsc_baselines {
    size_t count;            /* test images */
    size_t majority;         /* the most frequent class of the training set, the first of equals */
    size_t majority_right;   /* test images of that class */
    size_t training;         /* training images */
    size_t searched;         /* of these, so many were searched for neighbours, evenly spread */
    size_t neighbours_right; /* test images whose neighbours' answer is right */
    uint16_t *neighbours;    /* (count): the neighbours' answer to each test image */
} dsc_baselines;

/* The most frequent class of `data`, the first of equals. */
size_t dsc_majority_class(const dsc_dataset *data);

/* Measures both baselines: learned from `training`, asked about `test`, on `threads` threads (0: all).
 *
 * The neighbours of an image are the DSC_NEIGHBOURS training images with the smallest Euclidean distance of
 * the pixels as numbers, of equally near ones the first. The class that most of them have is the answer; of
 * classes with as many, that of the nearest. Distances are exact integers, so the answers are the same for
 * any number of threads and on every processor.
 *
 * `work` (0: DSC_NEIGHBOUR_WORK): where test images x training images x pixels is more, the training images
 * are thinned out evenly, but never to fewer than 100.
 *
 * Both sets must be numbered alike. MISMATCH: their images are of different shapes. UNSUPPORTED: they are no
 * bytes in memory. `on_progress` (NULL: nobody looks) is told how many of how many training images were
 * searched; a non-zero answer ends the work with STOPPED. Release with dsc_baselines_clear, also after a
 * failure. */
dsc_status dsc_baselines_measure(dsc_baselines *baselines, const dsc_dataset *training,
                                 const dsc_dataset *test, double work, unsigned threads,
                                 int (*on_progress)(void *user, size_t done, size_t total), void *user,
                                 dsc_error *error);
void dsc_baselines_clear(dsc_baselines *baselines);

#endif
