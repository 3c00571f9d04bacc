/* SPDX-License-Identifier: MIT */
/* mnist.h: the names of MNIST's four files, and what is known of them. */
#ifndef DSC_DATA_MNIST_H
#define DSC_DATA_MNIST_H

#include "data/idx.h"

enum { DSC_TRAIN_IMAGES, DSC_TRAIN_LABELS, DSC_TEST_IMAGES, DSC_TEST_LABELS, DSC_MNIST_FILES };

/* The four files of the original MNIST, decompressed. */
typedef struct dsc_mnist_file {
    const char *name; /* "train-images-idx3-ubyte" */
    size_t size;
    uint32_t crc;
} dsc_mnist_file;

extern const dsc_mnist_file dsc_mnist_files[DSC_MNIST_FILES];

/* Which of the original's four files has this size and CRC-32, or -1. */
int dsc_mnist_known(size_t size, uint32_t crc);

/* "MNIST, training set" or "MNIST, test set" if the two are that, by size and CRC-32; else NULL. */
const char *dsc_dataset_known_name(const dsc_content *images, const dsc_content *labels);

#endif
