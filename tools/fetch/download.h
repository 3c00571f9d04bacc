/* SPDX-License-Identifier: MIT */
/* download.h: downloads a file of known checksum from the first mirror that has it. */
#ifndef FETCH_DOWNLOAD_H
#define FETCH_DOWNLOAD_H

#include "data/known.h"

typedef struct fetch_progress {
    const char *name;      /* of the file */
    unsigned index, count; /* file `index` (from 0) of `count` */
    uint64_t bytes, total; /* bytes present, and total size */
    double rate;           /* bytes per second; 0: unknown */
} fetch_progress;

/* Called about ten times a second; a nonzero result stops the download. */
typedef int fetch_on_progress(void *user, const fetch_progress *progress);

typedef struct fetch_options {
    const char *title;              /* of the data set, for messages */
    const char *place;              /* folder for manual downloads, for messages */
    const char *const *mirrors;     /* base URLs in order, each ending in '/', NULL-terminated */
    double connect_seconds;         /* time limit to connect to a server */
    double stall_seconds;           /* a server that sends almost nothing for this long is abandoned */
    double deadline;                /* time at which to give up, on the scale of dsc_clock; 0: never */
    bool replace;                   /* replace another file of this name; otherwise that is an error */
    fetch_on_progress *on_progress; /* may be NULL */
    void *user;
    unsigned index, count; /* for on_progress */
} fetch_options;

/* Ensures that `folder` (created if missing) contains `file`. If the correct file exists, the network is not
 * used. Downloaded bytes go to "NAME.part", which a later call resumes; the file gets its name only if the
 * checksum is correct. Wrong bytes are deleted and the next mirror is tried. Any number of threads and
 * processes may call this for one folder: one downloads, the others wait. DSC_ERROR_NETWORK: no mirror has
 * it. DSC_ERROR_STOPPED: on_progress stopped it. DSC_ERROR_UNSUPPORTED: this build has no libcurl or no
 * libcrypto. */
dsc_status fetch_download(const char *folder, const dsc_known_file *file, const fetch_options *options,
                          dsc_error *error);

#endif
