/* SPDX-License-Identifier: MIT */
/* download.h: a file of known checksum, from the first mirror that has it. */
#ifndef FETCH_DOWNLOAD_H
#define FETCH_DOWNLOAD_H

#include "data/known.h"

typedef struct fetch_progress {
    const char *name;      /* of the file */
    unsigned index, count; /* the index-th, from 0, of `count` files */
    uint64_t bytes, total; /* how much of it is here, and how large it is to be */
    double rate;           /* bytes a second; 0 while it is not known */
} fetch_progress;

/* Called about ten times a second; anything but 0 stops the download. */
typedef int fetch_on_progress(void *user, const fetch_progress *progress);

typedef struct fetch_options {
    const char *title;          /* of the data set, for messages */
    const char *place;          /* the folder into which people may put it themselves, for messages */
    const char *const *mirrors; /* base URLs in order, each with its '/', NULL after the last */
    double connect_seconds;     /* to reach a server */
    double stall_seconds;       /* a server that sends next to nothing for so long is left */
    double deadline;            /* when to give up altogether, on fetch_clock's scale; 0: never */
    bool replace;               /* put it in the place of another file of this name; else that is an error */
    fetch_on_progress *on_progress; /* may be NULL */
    void *user;
    unsigned index, count; /* for on_progress */
} fetch_options;

/* Sees to it that `folder` (made if missing) holds `file`. If it is there already, and is what it should be,
 * the network is not touched. What arrives is kept in "NAME.part", which a later call resumes, and takes its
 * name only when its checksum is right; bytes that are wrong are deleted and the next mirror is tried. Any
 * number of threads and processes may call this for one folder at once: one downloads, the others wait.
 * DSC_ERROR_NETWORK: no mirror has it. DSC_ERROR_STOPPED: on_progress said so. DSC_ERROR_UNSUPPORTED: this
 * build has no libcurl or no libcrypto. */
dsc_status fetch_download(const char *folder, const dsc_known_file *file, const fetch_options *options,
                          dsc_error *error);

#endif
