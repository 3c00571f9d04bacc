/* SPDX-License-Identifier: MIT */
/* known.h: known data sets, one file and one line each. Everything specific to one data set is in its row,
 * and no other code knows its name: its title, the checksums of its files, its class names, the properties of
 * its images, its sources and its terms.
 *
 * A file is recognised by its decompressed content: recompressed archives are common, and their own checksums
 * differ. */
#ifndef DSC_DATA_KNOWN_H
#define DSC_DATA_KNOWN_H

#include "base/registry.h"
#include "data/dataset.h"

/* The four IDX files of MNIST and related data sets; this order is used everywhere. */
enum { DSC_TRAIN_IMAGES, DSC_TRAIN_LABELS, DSC_TEST_IMAGES, DSC_TEST_LABELS, DSC_MNIST_FILES };

/* Their names: "train-images-idx3-ubyte", ... */
extern const char *const dsc_mnist_names[DSC_MNIST_FILES];

typedef struct dsc_known_file {
    const char *name;           /* as published: the last part of its URL */
    uint64_t size;              /* as published; 0: unknown */
    const char *sha256;         /* of the published file, lower-case hex; NULL: unknown */
    uint64_t content_size;      /* of the IDX file in it; 0: this and the next two are unknown */
    const char *content_sha256; /* ... lower-case hex */
    uint32_t content_crc;       /* ... CRC-32 as in gzip */
    const char *md5;            /* like sha256, if that is unknown; otherwise NULL */
} dsc_known_file;

/* A run of test images that is reported separately. */
typedef struct dsc_known_part {
    const char *title;
    size_t count;
} dsc_known_part;
enum { DSC_KNOWN_PARTS = 4 };

/* A recipe's result on the test set in percent: mean and standard deviation over `seeds` unselected seeds,
 * trained on all `images` for `epochs` epochs. */
typedef struct dsc_known_figure {
    const char *recipe; /* NULL ends the list */
    double epochs;
    size_t images, seeds;
    double accuracy, sigma;
} dsc_known_figure;

typedef struct dsc_known_data {
    const char *name; /* the value of --data */
    const char *help;
    const dsc_param *params; /* of a data set drawn by code */
    size_t values_size;
    const char *title; /* "Fashion-MNIST" */
    /* The published files: one to four, in the order above if they are the four IDX files; names after the
     * last are NULL, and all are NULL for a drawn data set. */
    dsc_known_file files[DSC_MNIST_FILES];
    /* If the only one of `files` is an archive: the last parts of the names of the entries to unpack, NULL
     * after the last. NULL: not an archive. */
    const char *const *members;
    const char *folder;         /* folder shared with others; NULL: `name` */
    const char *start;          /* beginning of its files' names in that folder, which is `folder` followed by
                                 * '-' and more; NULL: not shared */
    const char *const *places;  /* folders of system packages, NULL after the last */
    const char *const *mirrors; /* base URLs ending in '/', NULL after the last; NULL: none */
    size_t counts[2];           /* training and test images */
    size_t shape[3];            /* channels, height, width */
    size_t classes;
    const char *const *class_names;        /* NULL: "0", "1", ... */
    unsigned first_label;                  /* in the files; labels here begin with 0 */
    bool sideways;                         /* the files have transposed images */
    dsc_images_note note;                  /* prepared as digits: handwriting, or similar */
    bool disjoint;                         /* no test image is in the training set */
    dsc_known_part parts[DSC_KNOWN_PARTS]; /* of the test set in order; empty: no parts */
    /* For model cards and datasheets. */
    const char *facts;               /* origin, in Markdown sentences */
    const char *licence;             /* NULL: unknown */
    const char *source;              /* a URL; NULL: made by code */
    const dsc_known_figure *figures; /* NULL: not measured */
    const char *hub;                 /* id on the Hugging Face Hub; NULL: none */
    /* Draws image `index`, (28, 28) bytes, and returns the label. Depends only on `seed`, `index` and the
     * values of `params` (NULL: the defaults). Several threads may call it. NULL: the images are in files. */
    uint8_t (*draw)(uint8_t *image, uint64_t seed, uint64_t index, const void *values);
} dsc_known_data;
DSC_BEGINS_AS_ROW(dsc_known_data, params);

/* `auto` means the first data set with files; the first drawn one replaces it if there are no files. */
#define DSC_KNOWN_DATA(DATA)                                                                                 \
    DATA(mnist)                                                                                              \
    DATA(fashion_mnist)                                                                                      \
    DATA(kmnist)                                                                                             \
    DATA(k49)                                                                                                \
    DATA(emnist_digits)                                                                                      \
    DATA(emnist_letters)                                                                                     \
    DATA(emnist_balanced)                                                                                    \
    DATA(emnist_bymerge)                                                                                     \
    DATA(emnist_byclass)                                                                                     \
    DATA(emnist_mnist)                                                                                       \
    DATA(qmnist)                                                                                             \
    DATA(usps)                                                                                               \
    DATA(cifar_10)                                                                                           \
    DATA(digits)                                                                                             \
    DATA(non_digits)
#define DSC_KNOWN_DATA_DECLARE(name) extern const dsc_known_data dsc_known_data_##name;
#define DSC_KNOWN_DATA_ENTRY(name)   &dsc_known_data_##name,
DSC_KNOWN_DATA(DSC_KNOWN_DATA_DECLARE)
extern const dsc_registry dsc_known_data_registry;
extern const dsc_registry dsc_drawn_data_registry; /* those drawn by code */

size_t dsc_known_files(const dsc_known_data *known); /* number of published files */
/* Whether the checksums of all four IDX files are known, so that the data set is recognised by its
 * content. */
bool dsc_known_by_content(const dsc_known_data *known);
/* Whether the data set is read from the four IDX files. */
bool dsc_known_is_idx(const dsc_known_data *known);
/* The data set whose files begin with `start`, of `length` characters, ignoring case; NULL: none. */
const dsc_known_data *dsc_known_started(const char *start, size_t length);
/* Whether a file has transposed images by its name, which begins as a folder shared by data sets that do:
 * "emnist-letters-...", and also "emnist-mine-...", someone's selection. */
bool dsc_known_is_sideways(const char *name);
/* The first data set with files. */
const dsc_known_data *dsc_known_standard(const dsc_registry *registry);

/* Completes two data sets opened as `known` with facts of its row, such as the names of the sets and the
 * classes. DSC_ERROR_MISMATCH: shape, number or classes differ from the row; `place` stands for their
 * location. Call it before the data sets are shared. */
dsc_status dsc_known_adopt(dsc_dataset *train, dsc_dataset *test, const dsc_known_data *known,
                           const char *place, dsc_error *error);

/* The data set with a file whose decompressed content has this size and CRC-32, and which of its files it is;
 * NULL: none. */
const dsc_known_data *dsc_known_file_find(int *which, uint64_t size, uint32_t crc);

/* The data set whose training or test set these images and labels are, by size and CRC-32, and the number of
 * the images' file; NULL: none. */
const dsc_known_data *dsc_known_pair(int *which, const dsc_content *images, const dsc_content *labels);

/* Writes "Fashion-MNIST, training set" for file `which`, one of images. */
enum { DSC_KNOWN_NAME = 64 };
void dsc_known_name(char name[DSC_KNOWN_NAME], const dsc_known_data *known, int which);

/* Commands name a data set found in a place "MNIST (/data)". Returns the length of the known title at the
 * beginning of `name`, or 0. */
size_t dsc_known_titled(const char *name);
/* The data set that commands name so: "MNIST (/data)", "built-in digits, seed 1"; NULL: none. */
const dsc_known_data *dsc_known_called(const char *name);

#endif
