/* SPDX-License-Identifier: MIT */
/* source.h: where a command's data comes from: --data auto|NAME|PATH, and --offline.
 *
 *   NAME     a data set of a registry (data/known.h). One that has files comes from $DESCENDER_DATA, ./data,
 *            where a package puts it, or the user's cache (descender/NAME in $XDG_CACHE_HOME or ~/.cache),
 *            and is else downloaded into that cache; in $DESCENDER_DATA and ./data also from a folder of its
 *            name, and from no other if its content does not tell what it is. Those of which all sums are
 *            known must have them; of others the shape, the numbers of images and the classes must be right.
 *            What is drawn by code needs no files, and may have parameters: "digits hands=world"
 *            (dsc_dataset_draw).
 *   PATH     whatever holds labelled images, in one of the forms of a registry (data/form.h): the four
 *            files, folders by class, a table, arrays. (A folder called "mnist" is "./mnist".)
 *   auto     the first data set that has files; the first that is drawn stands in for it only if it is
 *            neither there nor downloaded within ten seconds.
 *
 * What was asked for by name or folder and is missing, incomplete or damaged is an error. So is, under auto
 * too, the data set that is there, in $DESCENDER_DATA or ./data, but incomplete or damaged: whoever put it
 * there means it. For the standard data set, which auto means, other data of the same file names is an error
 * in $DESCENDER_DATA, and passed over with a note in ./data; for others it is passed over. The cache is the
 * program's own: what is wrong there is downloaded again.
 *
 * $DESCENDER_MIRRORS, base URLs separated by spaces, stands in for the mirrors that are built in. */
#ifndef FETCH_SOURCE_H
#define FETCH_SOURCE_H

#include "fetch/download.h"

/* What a user does not set. The tests have data sets, servers and times of their own. */
typedef struct fetch_settings {
    const dsc_registry *known;  /* of dsc_known_data */
    const char *const *mirrors; /* NULL after the last; NULL: those of the data set */
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
    void (*on_note)(void *user, const char *text); /* one line for people, without newline; may be NULL */
    /* How to open a path: forms, reading, progress; `title` is set here. Returns what was recognised. NULL:
     * the library's forms. */
    struct dsc_opening *opening;
    /* Called with the path of opened data: see dsc_data_form_visit. NULL: not called. A failure ends the
     * call. */
    dsc_status (*on_open)(void *user, const char *place, dsc_error *error);
    void *user;
    const fetch_settings *settings; /* NULL: fetch_default_settings, with $DESCENDER_MIRRORS */
} fetch_source;

#define FETCH_DESCRIPTION 512

/* Opens the requested data; the caller frees both datasets. `description` (or NULL) receives what the data
 * is: "MNIST (/data)", "built-in digits, seed 1", or the folder. */
dsc_status fetch_open(dsc_dataset **train, dsc_dataset **test, char description[FETCH_DESCRIPTION],
                      const fetch_source *source, dsc_error *error);

/* `data fetch`: sees to it that `folder` (NULL: the user's cache) holds a data set's files as the mirrors
 * have them, or as others compressed them. In the cache a damaged one is replaced; elsewhere that is an
 * error. Of the source, offline, on_progress, user and settings count. *used, if not NULL, is the folder
 * (release with free()). */
dsc_status fetch_data(char **used, const dsc_known_data *known, const char *folder,
                      const fetch_source *source, dsc_error *error);

/* "train-images-idx3-ubyte.gz  4.2 of 9.9 MB  1.3 MB/s", in at most `width` columns, with a bar if there is
 * room; for a terminal line. Returns `out`. */
char *fetch_format_progress(char *out, size_t size, const fetch_progress *progress, unsigned width);

#endif
