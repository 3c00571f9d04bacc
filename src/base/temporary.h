/* SPDX-License-Identifier: MIT */
/* temporary.h: folders that live as long as a piece of work. What a killed process leaves is removed by the
 * next one that makes such a folder. */
#ifndef DSC_BASE_TEMPORARY_H
#define DSC_BASE_TEMPORARY_H

#include <descender.h>

/* Starts as {.lock = -1}. */
typedef struct dsc_temporary {
    char *path; /* NULL: there is none */
    int lock;   /* held while the folder is in use: others remove the folders of dead processes */
} dsc_temporary;

/* Makes an empty folder that only this user can enter, in $TMPDIR or else /tmp, called "descender-USE-" and
 * six random characters; removes what dead processes left under the same `use`. IO: no folder can be made
 * there. On failure there is none. */
dsc_status dsc_temporary_make(dsc_temporary *folder, const char *use, dsc_error *error);

/* Removes the folder and all in it. Does nothing where there is none. */
void dsc_temporary_remove(dsc_temporary *folder);

#endif
