/* SPDX-License-Identifier: MIT */
/* places.c: see places.h. */
#include "fetch/places.h"

#include "base/error.h"
#include "base/file.h"
#include "data/cache.h"
#include "data/folder.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *folder_name(const dsc_known_data *known) {
    return known->folder ? known->folder : known->name;
}

dsc_status fetch_cache_place(char **folder, const dsc_known_data *known, dsc_error *error) {
    const char *home = getenv("HOME"), *xdg = getenv("XDG_CACHE_HOME");
    bool has_home = (home && *home == '/') || (xdg && *xdg == '/');
    char *cache = dsc_user_cache();
    *folder = cache ? dsc_path_join(cache, folder_name(known)) : NULL;
    free(cache);
    if (*folder) return DSC_OK;
    if (has_home) return dsc_fail_memory(error, 1, "the path of the cache");
    return dsc_fail(error, DSC_ERROR_IO,
                    "there is no folder to store %s in: set $HOME or $XDG_CACHE_HOME, or put its files into "
                    "a folder and name it with --data",
                    known->title);
}

/* The path `base`, or the data set's folder in it. */
static dsc_status place_in(char **folder, const char *base, const char *name, dsc_error *error) {
    *folder = name ? dsc_path_join(base, name) : strdup(base);
    return *folder ? DSC_OK : dsc_fail_memory(error, strlen(base), "a path");
}

dsc_status fetch_place(char **folder, fetch_place_kind *kind, const dsc_known_data *known, size_t number,
                       dsc_error *error) {
    const char *given = getenv("DESCENDER_DATA"), *name = folder_name(known);
    const bool tells = dsc_known_by_content(known), is_given = given && *given;
    size_t at = 0;
    *folder = NULL;
    *kind = FETCH_PLACE_NAMED;
    if (is_given && tells && at++ == number) return place_in(folder, given, NULL, error);
    *kind = FETCH_PLACE_BELOW;
    if (is_given && at++ == number) return place_in(folder, given, name, error);
    *kind = FETCH_PLACE_DATA;
    if (tells && at++ == number) return place_in(folder, "./data", NULL, error);
    *kind = FETCH_PLACE_BELOW;
    if (at++ == number) return place_in(folder, "./data", name, error);
    for (size_t i = 0; known->places && known->places[i]; i++)
        if (at++ == number) return place_in(folder, known->places[i], NULL, error);
    *kind = FETCH_PLACE_CACHE;
    if (at == number) return fetch_cache_place(folder, known, error);
    *kind = FETCH_PLACES_END;
    return DSC_OK;
}

char *fetch_opened_as(const char *folder, const dsc_known_data *known) {
    return known->start ? dsc_path_join(folder, known->start) : strdup(folder);
}

static dsc_status has_idx(bool *has, const char *folder, const dsc_known_data *known, int which,
                          dsc_error *error) {
    char *path = NULL, *place = fetch_opened_as(folder, known);
    dsc_status status =
        place ? dsc_mnist_find(&path, place, which, error) : dsc_fail_memory(error, strlen(folder), "a path");
    *has = path != NULL;
    free(path);
    free(place);
    return status;
}

static dsc_status has_name(bool *has, const char *folder, const char *name, dsc_error *error) {
    char *path = dsc_path_join(folder, name);
    if (!path) return dsc_fail_memory(error, strlen(folder), "a path");
    *has = !access(path, F_OK);
    free(path);
    return DSC_OK;
}

/* Counts the files present, and all files that are read. */
static dsc_status count_there(size_t *there, size_t *of, const char *folder, const dsc_known_data *known,
                              dsc_error *error) {
    const bool idx = dsc_known_is_idx(known);
    dsc_status status = DSC_OK;
    bool has = false;
    *there = *of = 0;
    for (int i = 0; idx && i < DSC_MNIST_FILES && !status; i++, (*of)++) {
        status = has_idx(&has, folder, known, i, error);
        *there += has;
    }
    for (size_t i = 0; !idx && !status; i++, (*of)++) {
        const char *name = known->members        ? known->members[i]
                           : i < DSC_MNIST_FILES ? known->files[i].name
                                                 : NULL;
        if (!name) break;
        status = has_name(&has, folder, name, error);
        *there += has;
    }
    return status;
}

dsc_status fetch_any_is_there(bool *any, const char *folder, const dsc_known_data *known, dsc_error *error) {
    size_t there, of;
    dsc_status status = count_there(&there, &of, folder, known, error);
    *any = !status && there > 0;
    return status;
}

/* Whether the labels in the folder are this data set's: they are small files, and differ between data
 * sets. */
static dsc_status labels_tell(bool *right, const char *folder, const dsc_known_data *known,
                              dsc_error *error) {
    *right = true;
    for (int i = DSC_TRAIN_LABELS; i < DSC_MNIST_FILES && *right; i += 2) {
        char *path;
        dsc_content content;
        dsc_status status = dsc_mnist_find(&path, folder, i, error);
        if (status) return status;
        dsc_error why;
        status = path ? dsc_idx_load(&content, path, NULL, &why) : DSC_ERROR_IO;
        free(path);
        *right = !status && content.size == known->files[i].content_size &&
                 content.crc == known->files[i].content_crc;
        if (!status) dsc_content_clear(&content);
        if (status == DSC_ERROR_MEMORY) {
            if (error) *error = why;
            return status;
        }
    }
    return DSC_OK;
}

dsc_status fetch_find(char **folder, const dsc_known_data *known, dsc_error *error) {
    *folder = NULL;
    for (size_t i = 0;; i++) {
        fetch_place_kind kind;
        char *place;
        size_t there = 0, of = 0;
        dsc_error why;
        dsc_status status = fetch_place(&place, &kind, known, i, &why);
        if (status == DSC_ERROR_IO || (!status && !place))
            return DSC_OK; /* without a home folder there is no cache */
        if (!status) status = count_there(&there, &of, place, known, &why);
        bool right = there == of;
        if (!status && right && dsc_known_by_content(known)) status = labels_tell(&right, place, known, &why);
        if (status && error) *error = why;
        if (!status && right)
            *folder = place;
        else
            free(place);
        if (status || right) return status;
    }
}
