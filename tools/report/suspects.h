/* SPDX-License-Identifier: MIT */
/* suspects.h: a page of doubtful labels, on which a person decides for each whether to keep it, change it, or
 * drop the image. The page saves the decisions as a file, decisions.json:
 *
 *   {"format": 1, "data": the training set's fingerprint and name,
 *    "decisions": [{"index": 12, "label": 5, "do": "keep"},
 *                  {"index": 40, "label": 1, "do": "change", "to": 7},
 *                  {"index": 41, "label": 1, "do": "drop"}]}
 *
 * Labels are class numbers; indices refer to the training set. The page is one file and loads nothing. */
#ifndef REPORT_SUSPECTS_H
#define REPORT_SUSPECTS_H

#include "data/fingerprint.h"
#include "measure/doubts.h"

enum { REPORT_SUSPECTS_MOST = 1000 /* images on a page */, REPORT_DECISIONS_FORMAT = 1 };

typedef struct report_suspects {
    const dsc_dataset *data; /* of bytes; the doubts refer to its samples */
    const char *data_name;
    const dsc_fingerprint *fingerprint; /* of the whole training set */
    const dsc_doubts *doubts;
    const char *how; /* "5 networks of recipe mnist-99, ...": a sentence, as plain text */
} report_suspects;

/* Writes the page atomically with the first REPORT_SUSPECTS_MOST doubts. DSC_ERROR_UNSUPPORTED: images have
 * neither one nor three channels, or this build has no libpng. */
dsc_status report_suspects_write(const char *path, const report_suspects *suspects, dsc_error *error);

#endif
