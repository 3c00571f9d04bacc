/* SPDX-License-Identifier: MIT */
/* data_pack_out.h: the files that `descender data pack` writes. */
#ifndef CLI_DATA_PACK_OUT_H
#define CLI_DATA_PACK_OUT_H

#include "command.h"

#include "data/images.h"

/* One of the two sets, as it is written. */
typedef struct pack_part {
    const dsc_dataset *data;
    size_t count; /* 0: the set has no files */
    dsc_array images, labels;
    dsc_images looks; /* of the images; set where count is not 0 */
} pack_part;

/* What of a set goes into files: its images one behind the other, in its order. Without data the set has
 * none. Begins as {0}; release with pack_part_clear, also after a failure. */
dsc_status pack_part_gather(pack_part *part, const dsc_dataset *data, dsc_error *error);
void pack_part_clear(pack_part *part);

enum { PACK_OUT_FILES = 6 };

typedef struct pack_out {
    command_call *call;
    const char *folder;
    const pack_part *train, *test;
    bool gzip, force;
    struct dsc_file_writer *writers[PACK_OUT_FILES]; /* at work; {0} before and after */
} pack_out;

/* Makes the folder; fails if data are there and may not be replaced, or where a file could not be written. */
dsc_status pack_out_claim(pack_out *out, dsc_error *error);

/* Writes all files, or none: old data stay whole where that fails. Old files that would be taken for part of
 * the new data are removed. */
dsc_status pack_out_write(pack_out *out, dsc_error *error);

#endif
