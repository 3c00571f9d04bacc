/* SPDX-License-Identifier: MIT */
/* file_target.h: resolves a name before file_write.c writes it, and creates temporary files. Only file*.c
 * include it. */
#ifndef DSC_BASE_FILE_TARGET_H
#define DSC_BASE_FILE_TARGET_H

#include <descender.h>

#include <limits.h>
#include <sys/stat.h>

enum { DSC_TEMPORARY_NAME = NAME_MAX + 1 };

typedef enum dsc_target_kind {
    DSC_TARGET_REGULAR,    /* a regular file, or nothing yet */
    DSC_TARGET_SPECIAL,    /* a pipe or a device: opened and written directly */
    DSC_TARGET_DESCRIPTOR, /* a descriptor of this process, named in /dev/fd or /proc */
} dsc_target_kind;

/* The target of a path with all links followed: `name` in `folder`. Release with dsc_file_target_clear. */
typedef struct dsc_file_target {
    dsc_target_kind kind;
    int folder; /* a descriptor, perhaps opened with O_PATH */
    char *name;
    int descriptor; /* for DSC_TARGET_DESCRIPTOR */
    bool exists;
    struct stat info; /* valid if `exists` */
} dsc_file_target;

void dsc_file_target_start(dsc_file_target *target);
/* Fails for folders, sockets, cycles of links, and missing folders. */
dsc_status dsc_file_target_find(dsc_file_target *target, const char *path, dsc_error *error);
void dsc_file_target_clear(dsc_file_target *target);

/* Whether the file is itself a mount point, so that it cannot be replaced. False if the system does not
 * tell. */
bool dsc_file_is_mounted(const dsc_file_target *target);

/* Creates a temporary file for the target, locked, open for reading and writing; returns -1 with errno.
 * Removes files of dead processes that have the same name. */
int dsc_temporary_open(char name[DSC_TEMPORARY_NAME], const dsc_file_target *target, unsigned mode);

#endif
