/* SPDX-License-Identifier: MIT */
/* temporary.h: temporary folders. The next process that creates one also removes those of killed
 * processes. */
#ifndef DSC_BASE_TEMPORARY_H
#define DSC_BASE_TEMPORARY_H

#include <descender.h>

/* Starts as {.lock = -1}. */
typedef struct dsc_temporary {
    char *path; /* NULL: none */
    int lock;   /* held while the folder is in use, so that others do not remove it */
} dsc_temporary;

/* Creates an empty folder with mode 0700 in $TMPDIR or /tmp, named "descender-USE-" and six random
 * characters. Removes folders of dead processes with the same `use`. DSC_ERROR_IO: no folder can be created;
 * `folder` is then empty. */
dsc_status dsc_temporary_make(dsc_temporary *folder, const char *use, dsc_error *error);

/* Removes the folder and its contents. Does nothing if there is none. */
void dsc_temporary_remove(dsc_temporary *folder);

#endif
