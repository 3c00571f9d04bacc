/* SPDX-License-Identifier: MIT */
/* folder.h: what lies in a folder. */
#ifndef DSC_BASE_FOLDER_H
#define DSC_BASE_FOLDER_H

#include <descender.h>

/* Names in the order of their bytes; hidden ones, which begin with '.', are left out. Starts as {0}. */
typedef struct dsc_names {
    char **list;
    size_t count, capacity;
} dsc_names;

/* IO: it cannot be read. Release with dsc_names_clear, also after a failure. */
dsc_status dsc_folder_list(dsc_names *names, const char *folder, dsc_error *error);
/* The same of a folder that may be anybody's: one that cannot be read is empty. Fails only for want of
 * memory. */
dsc_status dsc_folder_look(dsc_names *names, const char *folder, dsc_error *error);
void dsc_names_clear(dsc_names *names);

/* Removes the folder and all in it; links are removed, not followed. What cannot be removed stays. */
void dsc_folder_remove(const char *path);

#endif
