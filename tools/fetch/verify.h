/* SPDX-License-Identifier: MIT */
/* verify.h: is this file the one that is meant? */
#ifndef FETCH_VERIFY_H
#define FETCH_VERIFY_H

#include "data/known.h"

/* The most bytes that an archive of the file can have, whoever made it: deflate never adds more than this to
 * what it cannot compress. */
#define FETCH_LARGEST(file) ((file)->content_size + (file)->content_size / 100 + 4096)

/* DSC_OK if `path` holds `file`, as the mirrors have it or compressed by others: the archive's own checksum
 * is right, or that of its content. DSC_ERROR_MISMATCH, DSC_ERROR_FORMAT: it is damaged, or another file. */
dsc_status fetch_verify(const char *path, const dsc_known_file *file, dsc_error *error);

#endif
