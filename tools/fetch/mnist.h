/* SPDX-License-Identifier: MIT */
/* mnist.h: what MNIST's four files are, and where they are to be had.
 *
 * A file is MNIST's if its decompressed content is, whoever compressed it: archives that were compressed
 * anew are common, and their own checksums differ. The content is IDX: LeCun, Cortes, Burges, "The MNIST
 * database of handwritten digits" (1998). */
#ifndef FETCH_MNIST_H
#define FETCH_MNIST_H

#include <descender.h>

#define FETCH_FILES 4

/* In this order everywhere. */
enum { FETCH_TRAIN_IMAGES, FETCH_TRAIN_LABELS, FETCH_TEST_IMAGES, FETCH_TEST_LABELS };

typedef struct fetch_file {
    const char *name;           /* with ".gz" */
    uint64_t size;              /* of the archive as the mirrors have it, and its SHA-256 in hex */
    const char *sha256;         /* lower case */
    uint64_t content_size;      /* of what is in it: */
    const char *content_sha256; /* ... lower case */
    uint32_t content_crc;       /* ... CRC-32, as gzip computes it; used where there is no libcrypto */
} fetch_file;

extern const fetch_file fetch_mnist_files[FETCH_FILES];

/* Where they are downloaded from, in order: base URLs, each with a '/' at its end, NULL after the last. */
extern const char *const fetch_mnist_mirrors[];

#endif
