/* SPDX-License-Identifier: MIT */
/* data_facts.h: facts about one set of data, with the checksums of its files. */
#ifndef REPORT_DATA_FACTS_H
#define REPORT_DATA_FACTS_H

#include "data/check.h"
#include "fetch/sha256.h"

/* Checksums are those of the decompressed IDX files, or of equivalent ones; empty without libcrypto, and if
 * summary.changed says that the data differ from their files. */
typedef struct report_data_facts {
    dsc_data_summary summary;
    dsc_images images; /* format of the images */
    char images_sha256[FETCH_SHA256_HEX], labels_sha256[FETCH_SHA256_HEX];
} report_data_facts;

dsc_status report_learn_data(report_data_facts *facts, const dsc_dataset *data, dsc_error *error);

#endif
