/* SPDX-License-Identifier: MIT */
/* verify.h: checks whether a file is the expected one. */
#ifndef FETCH_VERIFY_H
#define FETCH_VERIFY_H

#include "data/known.h"

/* The most bytes that the file can have: of an IDX file whose content is known an archive, whoever made it,
 * to which deflate never adds more than this; else those that are published, or a gibibyte where no size
 * is. */
uint64_t fetch_largest(const dsc_known_file *file);

/* DSC_OK if `path` holds `file`, as the mirrors have it or compressed by others: its own checksum is right,
 * or that of its content, where that is known. DSC_ERROR_MISMATCH, DSC_ERROR_FORMAT: it is damaged, or
 * another file. */
dsc_status fetch_verify(const char *path, const dsc_known_file *file, dsc_error *error);

#endif
