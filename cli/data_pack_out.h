/* SPDX-License-Identifier: MIT */
/* data_pack_out.h: the files that `descender data pack` writes. */
#ifndef CLI_DATA_PACK_OUT_H
#define CLI_DATA_PACK_OUT_H

#include "command.h"

#include "data/images.h"

/* One of the two sets, ready to be written. */
typedef struct pack_part {
    const dsc_dataset *data;
    size_t count; /* 0: no files for this set */
    dsc_array images, labels;
    dsc_images looks; /* of the images; valid if count > 0 */
} pack_part;

/* Gathers the images and labels of a set in order. `data` NULL: the set has no files. Starts as {0}; release
 * with pack_part_clear, also after a failure. */
dsc_status pack_part_gather(pack_part *part, const dsc_dataset *data, dsc_error *error);
void pack_part_clear(pack_part *part);

enum { PACK_OUT_FILES = 6 };

typedef struct pack_out {
    command_call *call;
    const char *folder;
    const pack_part *train, *test;
    bool gzip, force;
    bool replaces;                                   /* the command has --force; for the message */
    struct dsc_file_writer *writers[PACK_OUT_FILES]; /* open files; {0} before and after writing */
} pack_out;

/* Makes the folder. Fails if it holds data that must not be replaced, or a file cannot be written. */
dsc_status pack_out_claim(pack_out *out, dsc_error *error);

/* Writes all files or none: on failure the old data stay whole. Removes old files that would be taken for a
 * part of the new data. */
dsc_status pack_out_write(pack_out *out, dsc_error *error);

#endif
