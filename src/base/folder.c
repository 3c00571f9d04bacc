/* SPDX-License-Identifier: MIT */
/* folder.c: lists and removes folders; see folder.h. */
#include "base/folder.h"

#include "base/error.h"
#include "base/memory.h"

#include <dirent.h>
#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static int by_bytes(const void *a, const void *b) { return strcmp(*(char *const *)a, *(char *const *)b); }

dsc_status dsc_folder_list(dsc_names *names, const char *folder, dsc_error *error) {
    DIR *stream = opendir(folder);
    if (!stream)
        return dsc_fail(error, DSC_ERROR_IO, "%s: cannot be opened as a folder: %s", folder, strerror(errno));
    dsc_status status = DSC_OK;
    for (;;) {
        errno = 0;
        const struct dirent *entry = readdir(stream);
        if (!entry && errno)
            status = dsc_fail(error, DSC_ERROR_IO, "%s: cannot be read: %s", folder, strerror(errno));
        if (!entry || status) break;
        if (entry->d_name[0] == '.') continue;
        char *name = strdup(entry->d_name);
        if (!name || !dsc_grow(&names->list, &names->capacity, names->count + 1, sizeof *names->list)) {
            free(name);
            status = dsc_fail_memory(error, sizeof *names->list, folder);
            break;
        }
        names->list[names->count++] = name;
    }
    (void)closedir(stream);
    if (names->count) qsort(names->list, names->count, sizeof *names->list, by_bytes);
    return status;
}

dsc_status dsc_folder_look(dsc_names *names, const char *folder, dsc_error *error) {
    dsc_error why;
    dsc_status status = dsc_folder_list(names, folder, &why);
    if (status == DSC_ERROR_MEMORY && error) *error = why;
    return status == DSC_ERROR_MEMORY ? status : DSC_OK;
}

void dsc_names_clear(dsc_names *names) {
    for (size_t i = 0; i < names->count; i++) free(names->list[i]);
    free(names->list);
    *names = (dsc_names){0};
}

static int remove_one(const char *path, const struct stat *info, int kind, struct FTW *where) {
    (void)info;
    (void)kind;
    (void)where;
    (void)remove(path);
    return 0;
}

void dsc_folder_remove(const char *path) { (void)nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS); }
