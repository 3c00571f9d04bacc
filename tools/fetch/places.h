/* SPDX-License-Identifier: MIT */
/* places.h: the folders of known data sets on this machine. */
#ifndef FETCH_PLACES_H
#define FETCH_PLACES_H

#include "data/known.h"

typedef enum fetch_place_kind {
    FETCH_PLACE_NAMED, /* $DESCENDER_DATA */
    FETCH_PLACE_DATA,  /* ./data */
    FETCH_PLACE_BELOW, /* a folder of the data set's name in one of these, or a package's folder */
    FETCH_PLACE_CACHE, /* the user's cache */
    FETCH_PLACES_END
} fetch_place_kind;

/* Returns folder `number`, from 0, of the folders to search, in order, and its kind; NULL in *folder after
 * the last. The caller frees *folder. A data set that its content does not identify is searched only in
 * folders of its name. */
dsc_status fetch_place(char **folder, fetch_place_kind *kind, const dsc_known_data *known, size_t number,
                       dsc_error *error);

/* The data set's folder in the user's cache; the caller frees it. DSC_ERROR_IO: there is no home folder. */
dsc_status fetch_cache_place(char **folder, const dsc_known_data *known, dsc_error *error);

/* The path that opens the data in `folder`: the folder itself, or FOLDER/emnist-letters; the caller frees it.
 * NULL without memory. */
char *fetch_opened_as(const char *folder, const dsc_known_data *known);

/* *any: some of the data set's file names are present. */
dsc_status fetch_any_is_there(bool *any, const char *folder, const dsc_known_data *known, dsc_error *error);

/* Finds the first folder that has the data set, judged by names, sizes and the checksums of its smallest
 * files. NULL in *folder: none. The caller frees *folder. */
dsc_status fetch_find(char **folder, const dsc_known_data *known, dsc_error *error);

#endif
