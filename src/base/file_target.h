/* SPDX-License-Identifier: MIT */
/* file_target.h: what file_write.c must know of a name before it writes, and temporary files. */
#ifndef DSC_BASE_FILE_TARGET_H
#define DSC_BASE_FILE_TARGET_H

#include <descender.h>

#include <limits.h>
#include <sys/stat.h>

enum { DSC_TEMPORARY_NAME = NAME_MAX + 1 };

typedef enum dsc_target_kind {
    DSC_TARGET_REGULAR,    /* a regular file, or nothing yet */
    DSC_TARGET_SPECIAL,    /* a pipe or a device: opened and written to */
    DSC_TARGET_DESCRIPTOR, /* one of this process, by its name in /dev/fd or /proc */
} dsc_target_kind;

/* What a path leads to, all links followed: `name` in `folder`. */
typedef struct dsc_file_target {
    dsc_target_kind kind;
    int folder; /* a descriptor, perhaps of O_PATH */
    char *name;
    int descriptor; /* DSC_TARGET_DESCRIPTOR's */
    bool exists;
    struct stat info; /* if it exists */
} dsc_file_target;

void dsc_file_target_start(dsc_file_target *target);
/* Fails for folders, sockets, circles of links, and folders that are missing. */
dsc_status dsc_file_target_find(dsc_file_target *target, const char *path, dsc_error *error);
void dsc_file_target_clear(dsc_file_target *target);

/* Whether the file is mounted by itself, so that no other can take its name. False where the system does not
 * tell. */
bool dsc_file_is_mounted(const dsc_file_target *target);

/* Makes a temporary file for the target, locked, open for reading and writing; -1 with errno. Dead ones of
 * the same target that are in the way are removed. */
int dsc_temporary_open(char name[DSC_TEMPORARY_NAME], const dsc_file_target *target, unsigned mode);

#endif
