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
    const char *name;           /* under which it is published: a mirror's URL and this is where it is */
    uint64_t size;              /* as it is published; 0: not known */
    const char *sha256;         /* of these bytes, in hex, lower case; NULL: not known */
    uint64_t content_size;      /* of the IDX file in it; 0: it and the next two are not known */
    const char *content_sha256; /* ... in hex, lower case */
    uint32_t content_crc;       /* ... CRC-32, as gzip computes it */
    const char *md5;            /* as sha256, where that is not known; else NULL */
} dsc_known_file;

/* A run of images of a test set that is reported by itself. */
typedef struct dsc_known_part {
    const char *title;
    size_t count;
} dsc_known_part;
enum { DSC_KNOWN_PARTS = 4 };

/* What a recipe reached on the test set: the mean of `seeds` seeds of which none was chosen, and their
 * deviation, in percent; trained on all `images`, for so many epochs. */
typedef struct dsc_known_figure {
    const char *recipe; /* NULL ends a list */
    double epochs;
    size_t images, seeds;
    double accuracy, sigma;
} dsc_known_figure;

typedef struct dsc_known_data {
    const char *name; /* by which --data takes it */
    const char *help;
    const dsc_param *params; /* of what is drawn by code */
    size_t values_size;
    const char *title; /* "Fashion-MNIST" */
    /* What is published: one to four files, in the order of the four IDX files where it is these; names NULL
     * behind the last, and in all four of what is drawn. */
    dsc_known_file files[DSC_MNIST_FILES];
    /* Of an archive, the only one of `files`: what is unpacked of it, by the last names of its entries, NULL
     * behind the last. NULL: the files are read as they are published. */
    const char *const *members;
    const char *folder;         /* in which it is kept, where several share one; NULL: `name` */
    const char *start;          /* what the names of its files begin with in that folder; NULL: it is alone */
    const char *const *places;  /* folders into which packages of systems put it, NULL behind the last */
    const char *const *mirrors; /* base URLs, each with a '/' at its end, NULL behind the last; NULL: none */
    size_t counts[2];           /* of images: to train on, to test with */
    size_t shape[3];            /* channels, height, width */
    size_t classes;
    const char *const *class_names;        /* NULL: "0", "1", ... */
    unsigned first_label;                  /* of the files; here they begin with 0 */
    bool sideways;                         /* rows and columns are exchanged in the files */
    dsc_images_note note;                  /* prepared as digits: it is handwriting, or looks like it */
    bool disjoint;                         /* no test image is in the training set */
    dsc_known_part parts[DSC_KNOWN_PARTS]; /* of the test set, in its order; none: it is one */
    /* For cards and datasheets. */
    const char *facts;               /* how it came about, in whole sentences of Markdown */
    const char *licence;             /* NULL: not known */
    const char *source;              /* a URL; NULL: it is made by code */
    const dsc_known_figure *figures; /* NULL: nothing was measured */
    const char *hub; /* the id of the data set on the Hugging Face Hub; NULL: it is not there */
    /* Draws its image `index`, (28, 28) bytes, and returns the label. What it draws depends on `seed`,
     * `index` and the values of `params` (NULL: the defaults) alone; several threads call it at once. NULL:
     * its images are read from files. */
    uint8_t (*draw)(uint8_t *image, uint64_t seed, uint64_t index, const void *values);
} dsc_known_data;
DSC_BEGINS_AS_ROW(dsc_known_data, params);

/* The first that has files is what `auto` means, and the first that is drawn stands in for it. */
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
extern const dsc_registry dsc_drawn_data_registry; /* those of them that are drawn by code */

size_t dsc_known_files(const dsc_known_data *known); /* how many files are published */
/* Whether the content of all four IDX files is known, so that these tell by themselves what they are. */
bool dsc_known_by_content(const dsc_known_data *known);
/* Whether it is read from the four IDX files. */
bool dsc_known_is_idx(const dsc_known_data *known);
/* The data set whose files begin with `start`, of `length` letters, in capitals or not; NULL: none has. */
const dsc_known_data *dsc_known_started(const char *start, size_t length);
/* The first that has files. */
const dsc_known_data *dsc_known_standard(const dsc_registry *registry);

/* Two datasets that were opened as those of `known`: what their content cannot tell is taken from the row,
 * the names of sets and classes among it. MISMATCH: they are not what it says, in shape, number or classes;
 * `place` stands for where they lie. The datasets are nobody else's yet. */
dsc_status dsc_known_adopt(dsc_dataset *train, dsc_dataset *test, const dsc_known_data *known,
                           const char *place, dsc_error *error);

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
/* The data set that commands call so: "MNIST (/data)", "built-in digits, seed 1"; NULL: none. */
const dsc_known_data *dsc_known_called(const char *name);

#endif
