/* SPDX-License-Identifier: MIT */
/* sets.h: makes two data sets with one class numbering from the content of a file or folder: training,
 * validation and test images, with labels that are integers or names. */
#ifndef DSC_DATA_SETS_H
#define DSC_DATA_SETS_H

#include "data/dataset.h"
#include "data/reading.h"
#include "data/understood.h"

enum { DSC_SET_TRAIN, DSC_SET_VALIDATION, DSC_SET_TEST, DSC_SETS };
enum { DSC_LABELS_MOST = 256 };

/* The labels found, each once, in the order of first occurrence. Starts as {0}. */
typedef struct dsc_label_names {
    char *name[DSC_LABELS_MOST];
    size_t count, last; /* last: the last one looked up, tried first */
} dsc_label_names;

/* The number of the label text[0 .. length), without surrounding blanks. DSC_ERROR_FORMAT: it is empty, not a
 * valid name, or the 257th label. `where` stands for the file and line. */
dsc_status dsc_label_number(uint8_t *number, dsc_label_names *names, const char *text, size_t length,
                            const char *where, dsc_error *error);

/* One set as read; without images there is none. */
typedef struct dsc_set {
    dsc_array images; /* bytes: (N, H, W) or (N, C, H, W) */
    uint8_t *labels;  /* (N): indices into `names` */
    size_t labelled;  /* number of labels */
    uint64_t *groups; /* (N): hash of the group's name; NULL: no groups */
    char *source;     /* the file or folder, for messages */
} dsc_set;

/* What a form reads. Starts as {0}. */
typedef struct dsc_sets {
    dsc_set set[DSC_SETS];
    dsc_label_names names;
    dsc_images_note note;
} dsc_sets;

void dsc_sets_clear(dsc_sets *sets);

/* Takes over images, also after a failure: bytes (N, P), whose shape reading->shape gives, or (N, H, W), (N,
 * C, H, W) or (N, H, W, C) with 1, 3 or 4 channels. The set gets channels first. */
dsc_status dsc_take_images(dsc_set *set, dsc_array *images, const dsc_reading *reading, const char *name,
                           dsc_error *error);

/* Makes the data sets and releases `sets`. The labels become:
 *
 *   integers from 0 to 255         the labels themselves; as many classes as the largest needs
 *   1, 2, ... n                    n classes of these names: label 1 becomes 0
 *   other integers                 classes of these names, in the order of the integers
 *   anything else                  classes of these names, in the order of their bytes
 *
 * The validation set becomes the last images of the training set (dsc_dataset.own_validation); without a test
 * set it becomes the test set. Without either, *test is NULL. *groups are those of the training images in
 * order, which the caller frees, or NULL. `understood` and `remarks` receive the decisions. */
dsc_status dsc_sets_settle(dsc_dataset **train, dsc_dataset **test, uint64_t **groups, dsc_sets *sets,
                           const char *name, dsc_understood *understood, dsc_remarks *remarks,
                           dsc_error *error);

#endif
