/* SPDX-License-Identifier: MIT */
/* check.h: figures of a data set, and its problems. Nothing is printed; the caller receives the findings. */
#ifndef DSC_DATA_CHECK_H
#define DSC_DATA_CHECK_H

#include "data/idx.h"

/* --- the figures of a data set --- */

typedef struct dsc_data_summary {
    size_t count, classes, shape[3];
    size_t per_class[256];    /* images with each label */
    uint8_t minimum, maximum; /* over all pixels */
    double mean, deviation;   /* of all pixels as bytes; the deviation divides by N */
    double zero_share;        /* share of pixels that are 0 */
    size_t blank;             /* images whose pixels are all equal */
    bool changed;             /* images or labels differ from the files': turned upright, or renumbered */
    /* Of the decompressed files; 0 if the data do not come from files, or are a view. */
    size_t images_size, labels_size;
    uint32_t images_crc, labels_crc;
} dsc_data_summary;

/* Computes the figures. Sums are integers, so the result is exact and independent of the order. */
void dsc_data_summarise(dsc_data_summary *summary, const dsc_dataset *data);

/* --- checking a folder --- */

typedef enum dsc_check_level {
    DSC_CHECK_NOTE,    /* information: "this is MNIST" */
    DSC_CHECK_WARNING, /* usable, but probably a mistake */
    DSC_CHECK_ERROR    /* dsc_mnist_open would refuse it */
} dsc_check_level;

/* Called once for each finding. `message` is one line that names the file and lives during the call. */
typedef void dsc_check_report(void *user, dsc_check_level level, const char *message);

typedef struct dsc_check_counts {
    size_t notes, warnings, errors;
} dsc_check_counts;

/* Checks the four files of `folder` and reports every problem: files that are missing, present twice,
 * unreadable, damaged or of the wrong kind; counts that differ; labels without a class; classes without an
 * image; images of different sizes; blank images; images in both the training and the test set; lists of
 * classes. Fails only without memory or without a folder; `counts` has the number of problems. */
dsc_status dsc_data_check(dsc_check_counts *counts, const char *folder, dsc_check_report *report, void *user,
                          dsc_error *error);

/* --- checking open data of any form --- */

/* Reports probable mistakes: a single class, classes without an image or with few, blank images, images that
 * occur twice or with two labels, sets of different ground or preparation, and the findings of
 * dsc_data_check_overlap. `test` may be NULL. Fails only without memory. */
dsc_status dsc_data_check_sets(dsc_check_counts *counts, const dsc_dataset *train, const dsc_dataset *test,
                               dsc_check_report *report, void *user, dsc_error *error);

/* Reports images that are in both sets, and adds to `counts`. Data sets known to have none are not
 * searched. */
dsc_status dsc_data_check_overlap(dsc_check_counts *counts, const dsc_dataset *train, const dsc_dataset *test,
                                  dsc_check_report *report, void *user, dsc_error *error);

#endif
