/* SPDX-License-Identifier: MIT */
/* folder.h: the contents of a folder. */
#ifndef DSC_BASE_FOLDER_H
#define DSC_BASE_FOLDER_H

#include <descender.h>

/* Names in byte order, without hidden ones (leading '.'). Starts as {0}. */
typedef struct dsc_names {
    char **list;
    size_t count, capacity;
} dsc_names;

/* Lists a folder. DSC_ERROR_IO: it cannot be read. Release with dsc_names_clear, also after a failure. */
dsc_status dsc_folder_list(dsc_names *names, const char *folder, dsc_error *error);
/* The same, but an unreadable folder counts as empty. Fails only without memory. */
dsc_status dsc_folder_look(dsc_names *names, const char *folder, dsc_error *error);
void dsc_names_clear(dsc_names *names);

/* Removes the folder and its contents; links are removed, not followed. Files that cannot be removed stay. */
void dsc_folder_remove(const char *path);

#endif
