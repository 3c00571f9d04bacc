/* SPDX-License-Identifier: MIT */
/* known.h: is an opened pair of datasets of a data set that is known (data/known.h)? Its content decides, not
 * its files' names or compression. */
#ifndef FETCH_KNOWN_H
#define FETCH_KNOWN_H

#include "data/known.h"

/* *known: the decompressed content of all four files has the sizes, CRC-32 and SHA-256 of `files`. `folder`
 * is where they were opened. Sums that were right once are noted in the user's cache, together with the
 * state of the files they belong to (inode, size, times), and while that stays the same the SHA-256 is not
 * computed again; sizes and CRC always count. Without libcrypto they alone do. */
dsc_status fetch_is_known(bool *known, const dsc_dataset *train, const dsc_dataset *test, const char *folder,
                          const dsc_known_file files[DSC_MNIST_FILES], dsc_error *error);

/* The SHA-256 of the decompressed IDX file that holds `array`, of bytes: for `data info`. */
dsc_status fetch_array_sha256(char hex[65], const dsc_array *array, dsc_error *error);

#endif
