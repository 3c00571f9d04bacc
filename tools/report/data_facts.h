/* SPDX-License-Identifier: MIT */
/* data_facts.h: what is in one set of data, with the checksums of its files. */
#ifndef REPORT_DATA_FACTS_H
#define REPORT_DATA_FACTS_H

#include "data/check.h"
#include "fetch/sha256.h"

/* The checksums are those of the decompressed IDX files, or of what they would be; empty without libcrypto,
 * and where summary.changed says that the data are not as in their files. */
typedef struct report_data_facts {
    dsc_data_summary summary;
    dsc_images images; /* what they are like */
    char images_sha256[FETCH_SHA256_HEX], labels_sha256[FETCH_SHA256_HEX];
} report_data_facts;

dsc_status report_learn_data(report_data_facts *facts, const dsc_dataset *data, dsc_error *error);

#endif
