/* SPDX-License-Identifier: MIT */
/* sealed.h: files that end in a checksum of all before it, CRC-32 in 4 bytes of the machine's order:
 * checkpoints, and the states of loops. Written atomically. */
#ifndef DSC_TRAIN_SEALED_H
#define DSC_TRAIN_SEALED_H

#include "base/file.h"

enum { DSC_SEAL_SIZE = 4 };

/* The first failure sticks: what follows it does nothing, and dsc_sealed_commit returns it. */
typedef struct dsc_sealed {
    dsc_file_writer *writer;
    uint32_t crc;
    dsc_status status;
    dsc_error *error;
} dsc_sealed;

/* Begins the file at `path`; `error` must outlive the writing. */
dsc_sealed dsc_sealed_open(const char *path, dsc_error *error);
void dsc_sealed_append(dsc_sealed *file, const void *bytes, size_t size);
/* Appends the checksum and gives the file its name, or leaves what was there. */
dsc_status dsc_sealed_commit(dsc_sealed *file);

/* The checksum that `bytes` end in, and the one that they have; size is DSC_SEAL_SIZE at least. */
typedef struct dsc_seal {
    uint32_t stored, found;
} dsc_seal;
dsc_seal dsc_seal_of(const unsigned char *bytes, size_t size);

#endif
