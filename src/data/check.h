/* SPDX-License-Identifier: MIT */
/* check.h: what is in data, and what is wrong with it. Computes only; who calls prints. */
#ifndef DSC_DATA_CHECK_H
#define DSC_DATA_CHECK_H

#include "data/idx.h"

/* --- the figures of a dataset --- */

typedef struct dsc_data_summary {
    size_t count, classes, shape[3];
    size_t per_class[256];    /* images with each label */
    uint8_t minimum, maximum; /* over all pixels */
    double mean, deviation;   /* of all pixels as bytes; deviation with N, not N - 1, below */
    double zero_share;        /* the share of pixels that are 0 */
    size_t blank;             /* images whose pixels are all alike */
    bool changed; /* images or labels are not as the files have them: turned upright, or numbered anew */
    /* The decompressed files, as read; 0 where the data does not come from files, or is a view. */
    size_t images_size, labels_size;
    uint32_t images_crc, labels_crc;
} dsc_data_summary;

/* Exact (sums in integers), and so the same whatever the order. */
void dsc_data_summarise(dsc_data_summary *summary, const dsc_dataset *data);

/* --- checking a folder --- */

typedef enum dsc_check_level {
    DSC_CHECK_NOTE,    /* worth knowing: "this is MNIST" */
    DSC_CHECK_WARNING, /* can be trained on, but is probably not what was meant */
    DSC_CHECK_ERROR    /* dsc_mnist_open would refuse it */
} dsc_check_level;

/* Called once for each finding. `message` is one line that names the file and lives during the call. */
typedef void dsc_check_report(void *user, dsc_check_level level, const char *message);

typedef struct dsc_check_counts {
    size_t notes, warnings, errors;
} dsc_check_counts;

/* Examines the four files of `folder` and reports every problem, not only the first: files missing, there
 * twice, unreadable, damaged, of the wrong kind; counts that differ; labels without a class; classes without
 * an image; images of different sizes, blank images, images that are in the training set and in the test set;
 * class lists. Fails only where it cannot examine at all (memory; no folder): problems found are in
 * `counts`. */
dsc_status dsc_data_check(dsc_check_counts *counts, const char *folder, dsc_check_report *report, void *user,
                          dsc_error *error);

/* --- checking data that opened, of whatever form --- */

/* Reports what is probably not meant: one class alone, classes without an image or with few, blank images,
 * images that are there again or under two labels, sets that differ in ground or preparation, and what
 * dsc_data_check_overlap finds. `test` may be NULL. Fails only for want of memory. */
dsc_status dsc_data_check_sets(dsc_check_counts *counts, const dsc_dataset *train, const dsc_dataset *test,
                               dsc_check_report *report, void *user, dsc_error *error);

/* Reports images of the test set that are in the training set too, and adds to `counts`. Data sets that
 * are known to have none are not searched. */
dsc_status dsc_data_check_overlap(dsc_check_counts *counts, const dsc_dataset *train, const dsc_dataset *test,
                                  dsc_check_report *report, void *user, dsc_error *error);

#endif
