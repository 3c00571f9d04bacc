/* SPDX-License-Identifier: MIT */
/* stream.h: the random streams of training: the second half of Philox's key, so that no two uses share
 * numbers. Stored runs depend on these numbers: append, never renumber. The comment after a stream is its
 * counter. */
#ifndef DSC_BASE_STREAM_H
#define DSC_BASE_STREAM_H

enum {
    DSC_STREAM_INITIAL = 1,  /* (element / 4, parameter's index among parameters, 0, 0) */
    DSC_STREAM_DROPOUT = 2,  /* (block, sample, epoch, node) */
    DSC_STREAM_SHUFFLE = 3,  /* (0, 0, epoch, 0) */
    DSC_STREAM_SPLIT = 4,    /* (0, 0, 0, class) */
    DSC_STREAM_AUGMENT = 5,  /* (0, sample, epoch, position in the chain) */
    DSC_STREAM_TUNE = 6,     /* (0, trial, 0, 0) */
    DSC_STREAM_MIXUP = 8,    /* (0, sample, epoch, 0) */
    DSC_STREAM_FOLDS = 9,    /* (0, 0, round, class): folds and growing parts (data/folds.h) */
    DSC_STREAM_BOOTSTRAP = 7 /* consecutive: bootstrap of metrics, initial vectors of principal components */
};

#endif
