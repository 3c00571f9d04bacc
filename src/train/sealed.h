/* SPDX-License-Identifier: MIT */
/* sealed.h: files that end in a CRC-32 of all their bytes, 4 bytes in the machine's byte order: checkpoints
 * and states of training loops. Written atomically. */
#ifndef DSC_TRAIN_SEALED_H
#define DSC_TRAIN_SEALED_H

#include "base/file.h"

enum { DSC_SEAL_SIZE = 4 };

/* The first failure is kept: later calls do nothing, and dsc_sealed_commit returns it. */
typedef struct dsc_sealed {
    dsc_file_writer *writer;
    uint32_t crc;
    dsc_status status;
    dsc_error *error;
} dsc_sealed;

/* Begins the file at `path`. `error` must live until dsc_sealed_commit. */
dsc_sealed dsc_sealed_open(const char *path, dsc_error *error);
void dsc_sealed_append(dsc_sealed *file, const void *bytes, size_t size);
/* Appends the checksum and renames the file to `path`. After a failure the old file stays. */
dsc_status dsc_sealed_commit(dsc_sealed *file);

/* The stored checksum at the end of `bytes`, and the computed one. `size` is at least DSC_SEAL_SIZE. */
typedef struct dsc_seal {
    uint32_t stored, found;
} dsc_seal;
dsc_seal dsc_seal_of(const unsigned char *bytes, size_t size);

#endif
