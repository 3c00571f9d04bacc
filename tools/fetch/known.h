/* SPDX-License-Identifier: MIT */
/* known.h: whether an opened pair of datasets is a known data set (data/known.h), judged by content, not by
 * file names or compression. */
#ifndef FETCH_KNOWN_H
#define FETCH_KNOWN_H

#include "data/known.h"

/* *known: the decompressed content of all four files has the sizes, CRC-32 and SHA-256 of `files`. `folder`
 * is where they were opened. Verified checksums are noted in the user's cache with the state of the files
 * (inode, size, times); while the state is unchanged the SHA-256 is not computed again, but sizes and CRC are
 * always checked. Without libcrypto only those are. */
dsc_status fetch_is_known(bool *known, const dsc_dataset *train, const dsc_dataset *test, const char *folder,
                          const dsc_known_file files[DSC_MNIST_FILES], dsc_error *error);

/* The SHA-256 of the decompressed IDX file that would hold `array` of bytes; for `data info`. */
dsc_status fetch_array_sha256(char hex[65], const dsc_array *array, dsc_error *error);

#endif
