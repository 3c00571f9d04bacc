/* SPDX-License-Identifier: MIT */
/* known.h: data sets that are known: one file and one line each. What is true of one of them alone stands in
 * its row, and no other code knows its name: what it is called, how its files are told by their content,
 * what its classes are called, what its images are like, where it is to be had and under which terms.
 *
 * A file is of a data set if its decompressed content is, whoever compressed it: archives that were
 * compressed anew are common, and their own checksums differ. */
#ifndef DSC_DATA_KNOWN_H
#define DSC_DATA_KNOWN_H

#include "base/registry.h"
#include "data/dataset.h"

/* The four IDX files of MNIST and its relatives, in this order everywhere. */
enum { DSC_TRAIN_IMAGES, DSC_TRAIN_LABELS, DSC_TEST_IMAGES, DSC_TEST_LABELS, DSC_MNIST_FILES };

/* "train-images-idx3-ubyte", ...: what they are called. */
extern const char *const dsc_mnist_names[DSC_MNIST_FILES];

typedef struct dsc_known_file {
    const char *name;           /* with ".gz" */
    uint64_t size;              /* of the archive as it is published, and its SHA-256 in hex */
    const char *sha256;         /* lower case */
    uint64_t content_size;      /* of what is in it: */
    const char *content_sha256; /* ... lower case */
    uint32_t content_crc;       /* ... CRC-32, as gzip computes it */
} dsc_known_file;

typedef struct dsc_known_data {
    const char *name; /* "fashion-mnist" */
    const char *help;
    const dsc_param *params; /* of what is drawn by code */
    size_t values_size;
    const char *title;                     /* "Fashion-MNIST" */
    dsc_known_file files[DSC_MNIST_FILES]; /* names NULL: it has none */
    const char *const *mirrors; /* base URLs, each with a '/' at its end, NULL behind the last; NULL: none */
    size_t classes;
    const char *const *class_names; /* NULL: "0", "1", ... */
    dsc_images_note note;           /* prepared as digits: it is handwriting, or looks like it */
    bool disjoint;                  /* no test image is in the training set */
    /* For cards and datasheets. */
    const char *facts;   /* how it came about, in whole sentences of Markdown */
    const char *licence; /* NULL: not known */
    const char *source;  /* a URL; NULL: it is made by code */
    const char *hub;     /* the id of the data set on the Hugging Face Hub; NULL: it is not there */
    /* Draws its image `index`, (28, 28) bytes, and returns the label. What it draws depends on `seed`,
     * `index` and the values of `params` (NULL: the defaults) alone; several threads call it at once. NULL:
     * its images are read from files. */
    uint8_t (*draw)(uint8_t *image, uint64_t seed, uint64_t index, const void *values);
} dsc_known_data;
DSC_BEGINS_AS_ROW(dsc_known_data, params);

#define DSC_KNOWN_DATA(DATA)         DATA(mnist) DATA(fashion_mnist) DATA(digits) DATA(non_digits)
#define DSC_KNOWN_DATA_DECLARE(name) extern const dsc_known_data dsc_known_data_##name;
#define DSC_KNOWN_DATA_ENTRY(name)   &dsc_known_data_##name,
DSC_KNOWN_DATA(DSC_KNOWN_DATA_DECLARE)
extern const dsc_registry dsc_known_data_registry;
extern const dsc_registry dsc_drawn_data_registry; /* those of them that are drawn by code */

/* The data set that has a file of this size and CRC-32, decompressed, and which of its files that is; NULL:
 * none has. */
const dsc_known_data *dsc_known_file_find(int *which, uint64_t size, uint32_t crc);

/* The data set whose training or test set the two are, by size and CRC-32, and the number of the images'
 * file; NULL: of none. */
const dsc_known_data *dsc_known_pair(int *which, const dsc_content *images, const dsc_content *labels);

/* "Fashion-MNIST, training set", of the file of images number `which`. */
enum { DSC_KNOWN_NAME = 64 };
void dsc_known_name(char name[DSC_KNOWN_NAME], const dsc_known_data *known, int which);

/* What commands call a data set that was found in a place begins so: "MNIST (/data)". The length of the title
 * that `name` begins with, or 0. */
size_t dsc_known_titled(const char *name);

#endif
