/* SPDX-License-Identifier: MIT */
/* get.h: ensures that a data set's files are in a folder. */
#ifndef FETCH_GET_H
#define FETCH_GET_H

#include "fetch/source.h"

/* Downloads the missing files and unpacks the needed files of an archive, each atomically. Also writes a list
 * of the unpacked files' checksums, NAME.sha256, in the format of `sha256sum -c`, so that later calls do not
 * need the archive. `replace`: replaces different files of these names; otherwise they are errors. Gives up
 * at `deadline` (0: never). */
dsc_status fetch_get(const dsc_known_data *known, const char *folder, const fetch_source *source,
                     const fetch_settings *settings, bool replace, double connect_seconds, double deadline,
                     dsc_error *error);

/* Checks without the network that all files are present and correct. DSC_ERROR_IO: a file is missing.
 * DSC_ERROR_MISMATCH or DSC_ERROR_FORMAT: a file is a different one. */
dsc_status fetch_check(const dsc_known_data *known, const char *folder, dsc_error *error);

#endif
