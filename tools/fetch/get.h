/* SPDX-License-Identifier: MIT */
/* get.h: sees to it that a data set's files are in a folder. */
#ifndef FETCH_GET_H
#define FETCH_GET_H

#include "fetch/source.h"

/* Downloads what is missing, and unpacks what is read of an archive, each atomically, with a list of the sums
 * of what was unpacked, NAME.sha256, as `sha256sum -c` reads it. Then no later call needs the archive.
 * `replace`: files of these names that are other ones are replaced; else they are errors. By `deadline` (0:
 * whenever). */
dsc_status fetch_get(const dsc_known_data *known, const char *folder, const fetch_source *source,
                     const fetch_settings *settings, bool replace, double connect_seconds, double deadline,
                     dsc_error *error);

/* Whether all is there and right, without the network. IO: a file is missing; MISMATCH, FORMAT: one is
 * another. */
dsc_status fetch_check(const dsc_known_data *known, const char *folder, dsc_error *error);

#endif
