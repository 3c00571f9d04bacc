/* SPDX-License-Identifier: MIT */
/* sets.h: from what a file or folder holds (training, validation and test images, labels that are numbers or
 * names) to two datasets of one numbering. */
#ifndef DSC_DATA_SETS_H
#define DSC_DATA_SETS_H

#include "data/dataset.h"
#include "data/reading.h"
#include "data/understood.h"

enum { DSC_SET_TRAIN, DSC_SET_VALIDATION, DSC_SET_TEST, DSC_SETS };
enum { DSC_LABELS_MOST = 256 };

/* The labels that were met, each once, in the order in which they were met. Starts as {0}. */
typedef struct dsc_label_names {
    char *name[DSC_LABELS_MOST];
    size_t count, last; /* last: the one that was asked for last, which is tried first */
} dsc_label_names;

/* The number of the label text[0 .. length), without the blanks around it. FORMAT: it is empty or no name, or
 * the 257th; `where` stands for the file and line. */
dsc_status dsc_label_number(uint8_t *number, dsc_label_names *names, const char *text, size_t length,
                            const char *where, dsc_error *error);

/* One set as it was read. No images: there is none. */
typedef struct dsc_set {
    dsc_array images; /* bytes: (N, H, W) or (N, C, H, W) */
    uint8_t *labels;  /* (N): numbers of `names` */
    size_t labelled;  /* how many labels there are */
    uint64_t *groups; /* (N): a hash of what the group is called; NULL: no groups */
    char *source;     /* the file or folder, for messages */
} dsc_set;

/* What a form reads. Starts as {0}. */
typedef struct dsc_sets {
    dsc_set set[DSC_SETS];
    dsc_label_names names;
    dsc_images_note note;
} dsc_sets;

void dsc_sets_clear(dsc_sets *sets);

/* Takes images over, also on failure: bytes (N, P), of which reading->shape says what they are; (N, H, W),
 * (N, C, H, W) or (N, H, W, C) with 1, 3 or 4 channels, which are brought to the front. */
dsc_status dsc_take_images(dsc_set *set, dsc_array *images, const dsc_reading *reading, const char *name,
                           dsc_error *error);

/* The datasets of all that was read, which is released. What becomes of labels:
 *
 *   whole numbers from 0 to 255    are the labels themselves; there are as many classes as the largest needs
 *   1, 2, ... n                    n classes of these names: label 1 becomes 0
 *   other whole numbers            classes of these names, in the order of the numbers
 *   anything else                  classes of these names, in the order of their bytes
 *
 * The validation set joins the training set as its last images (dsc_dataset.own_validation), or, where there
 * is no test set, is the test set. Where there is neither, *test is NULL. *groups are those of the training
 * images, in their order (release with free()), or NULL. What was decided goes to
 * `understood` and `remarks`. */
dsc_status dsc_sets_settle(dsc_dataset **train, dsc_dataset **test, uint64_t **groups, dsc_sets *sets,
                           const char *name, dsc_understood *understood, dsc_remarks *remarks,
                           dsc_error *error);

#endif
