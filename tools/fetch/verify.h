/* SPDX-License-Identifier: MIT */
/* verify.h: checks whether a file is the expected one. */
#ifndef FETCH_VERIFY_H
#define FETCH_VERIFY_H

#include "data/known.h"

/* The largest possible size of the file in bytes: for an IDX file with known content, the size of an archive
 * made by anyone, to which deflate never adds more; otherwise the published size, or a gibibyte if it is
 * unknown. */
uint64_t fetch_largest(const dsc_known_file *file);

/* Whether `path` holds `file`, as the mirrors have it or compressed differently: its own checksum matches, or
 * that of its content, if known. DSC_ERROR_MISMATCH or DSC_ERROR_FORMAT: it is damaged, or another file. */
dsc_status fetch_verify(const char *path, const dsc_known_file *file, dsc_error *error);

#endif
