/* SPDX-License-Identifier: MIT */
/* source.h: the source of a command's data: --data auto|NAME|PATH, and --offline.
 *
 *   NAME     a data set of a registry (data/known.h). One with files is searched in $DESCENDER_DATA, ./data,
 *            a package's folder, and the user's cache (descender/NAME in $XDG_CACHE_HOME or ~/.cache);
 *            otherwise it is downloaded into that cache. In $DESCENDER_DATA and ./data it may also be in a
 *            folder of its name, and must be if its content does not identify it. If all checksums are known,
 *            they must match; otherwise shape, numbers of images and classes must. A data set drawn by code
 *            needs no files and may have parameters: "digits hands=world" (dsc_dataset_draw).
 *   PATH     labelled images in one of the forms of a registry (data/form.h): the four files, folders by
 *            class, a table, arrays. (A folder called "mnist" is "./mnist".)
 *   auto     the first data set with files; if it is neither present nor downloaded within ten seconds, the
 *            first drawn one.
 *
 * Data requested by name or folder that are missing, incomplete or damaged are an error. Under auto, too, an
 * incomplete or damaged data set in $DESCENDER_DATA or ./data is an error, because a user put it there. Other
 * data under the file names of the standard data set, which auto means, are an error in $DESCENDER_DATA, and
 * skipped with a note in ./data. For all other data sets they are skipped. The cache belongs to the program:
 * damaged files there are downloaded again.
 *
 * $DESCENDER_MIRRORS, base URLs separated by spaces, replaces the built-in mirrors. */
#ifndef FETCH_SOURCE_H
#define FETCH_SOURCE_H

#include "fetch/download.h"

/* Settings that users do not change. Tests have their own data sets, servers and times. */
typedef struct fetch_settings {
    const dsc_registry *known;  /* of dsc_known_data */
    const char *const *mirrors; /* NULL after the last; NULL: the data set's */
    double connect_seconds, stall_seconds;
    double auto_connect_seconds, auto_seconds; /* for auto: to connect; in total */
} fetch_settings;

extern const fetch_settings fetch_default_settings;

/* Starts as {0}, which means --data auto. */
typedef struct fetch_source {
    const char *data;                              /* NULL: "auto" */
    bool offline;                                  /* do not use the network */
    size_t digits_train, digits_test;              /* number of generated images; 0: 60,000 and 10,000 */
    uint64_t seed;                                 /* of the generated images; the test set uses its
                                                    * complement */
    unsigned threads;                              /* to generate them; 0: all cores */
    fetch_on_progress *on_progress;                /* may be NULL */
    void (*on_note)(void *user, const char *text); /* one line for display, without newline; may be NULL */
    /* How to open a path: forms, reading, progress; `title` is set here. Receives what was recognised. NULL:
     * the library's forms. */
    struct dsc_opening *opening;
    /* Called with the path of opened data (see dsc_data_form_visit); NULL: not called. Its failure ends the
     * call. */
    dsc_status (*on_open)(void *user, const char *place, dsc_error *error);
    void *user;
    const fetch_settings *settings; /* NULL: fetch_default_settings, with $DESCENDER_MIRRORS */
} fetch_source;

#define FETCH_DESCRIPTION 512

/* Opens the requested data; the caller frees both data sets. `description` (or NULL) receives their name:
 * "MNIST (/data)", "built-in digits, seed 1", or the folder. */
dsc_status fetch_open(dsc_dataset **train, dsc_dataset **test, char description[FETCH_DESCRIPTION],
                      const fetch_source *source, dsc_error *error);

/* `data fetch`: ensures that `folder` holds a data set's files, as the mirrors have them or compressed
 * differently. NULL: the folder where fetch_open finds them, if they are right; otherwise the user's cache.
 * Replaces a damaged file in the cache; elsewhere it is an error. Reads only offline, on_progress, user and
 * settings of `source`. *used, if not NULL, receives the folder, which the caller frees. */
dsc_status fetch_data(char **used, const dsc_known_data *known, const char *folder,
                      const fetch_source *source, dsc_error *error);

/* "train-images-idx3-ubyte.gz  4.2 of 9.9 MB  1.3 MB/s", in at most `width` columns, with a bar if there is
 * room; for a terminal line. Returns `out`. */
char *fetch_format_progress(char *out, size_t size, const fetch_progress *progress, unsigned width);

#endif
