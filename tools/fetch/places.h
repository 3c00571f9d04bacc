/* SPDX-License-Identifier: MIT */
/* places.h: where data sets that are known by name lie on this machine. */
#ifndef FETCH_PLACES_H
#define FETCH_PLACES_H

#include "data/known.h"

typedef enum fetch_place_kind {
    FETCH_PLACE_NAMED, /* $DESCENDER_DATA */
    FETCH_PLACE_DATA,  /* ./data */
    FETCH_PLACE_BELOW, /* a folder of the data set's name in one of these, or where a package puts it */
    FETCH_PLACE_CACHE, /* the user's cache */
    FETCH_PLACES_END
} fetch_place_kind;

/* The folder `number`, from 0, in which the data set is looked for, in their order, and of what kind it is;
 * NULL in *folder behind the last (release with free()). A data set whose content does not tell what it is,
 * is looked for only in folders of its own name. */
dsc_status fetch_place(char **folder, fetch_place_kind *kind, const dsc_known_data *known, size_t number,
                       dsc_error *error);

/* The data set's folder in the user's cache. IO: there is no home. */
dsc_status fetch_cache_place(char **folder, const dsc_known_data *known, dsc_error *error);

/* The path by which what lies in `folder` is opened: itself, or FOLDER/emnist-letters. NULL: out of
 * memory. */
char *fetch_opened_as(const char *folder, const dsc_known_data *known);

/* *any: some of its files are there, by their names. */
dsc_status fetch_any_is_there(bool *any, const char *folder, const dsc_known_data *known, dsc_error *error);

/* The first place that has the data set, by a look at names, sizes and sums of its smallest files; NULL in
 * *folder if none has (release with free()). */
dsc_status fetch_find(char **folder, const dsc_known_data *known, dsc_error *error);

#endif
