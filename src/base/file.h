/* SPDX-License-Identifier: MIT */
/* file.h: whole files in, atomic files out. */
#ifndef DSC_BASE_FILE_H
#define DSC_BASE_FILE_H

#include <descender.h>

/* Fails with "path: what: the system's reason; a remedy", from errno: for what was done with a file or folder. */
dsc_status dsc_fail_system(dsc_error *error, const char *path, const char *what);

/* Reads all of `path` into a new buffer (release with free()). A folder, a missing or unreadable file,
 * and one larger than `limit` bytes are errors that name it. The buffer has one zero byte behind its end. */
dsc_status dsc_file_read(unsigned char **data, size_t *size, const char *path, size_t limit,
                         dsc_error *error);

/* An atomic write: what is written goes to a temporary file in the folder of `path`; commit syncs it and
 * renames it over `path`; abort, or a commit that fails, removes it and leaves `path` as it was. */
typedef struct dsc_file_writer dsc_file_writer;

dsc_status dsc_file_writer_open(dsc_file_writer **writer, const char *path, dsc_error *error);
dsc_status dsc_file_writer_append(dsc_file_writer *writer, const void *data, size_t size, dsc_error *error);
dsc_status dsc_file_writer_commit(dsc_file_writer *writer, dsc_error *error); /* frees the writer, always */
/* The same without waiting for the disk, for what can be made again: after a crash of the machine the file may
 * be damaged, and its reader must notice. */
dsc_status dsc_file_writer_commit_unsynced(dsc_file_writer *writer, dsc_error *error);
void dsc_file_writer_abort(dsc_file_writer *writer); /* NULL does nothing */

/* open, append, commit in one. */
dsc_status dsc_file_write(const char *path, const void *data, size_t size, dsc_error *error);

/* Makes a folder and those above it that are missing; one that is there is fine. */
dsc_status dsc_folder_make(const char *path, dsc_error *error);

/* "folder/name" in a new text (release with free()); NULL if memory is short. */
char *dsc_path_join(const char *folder, const char *name);

#ifdef __clang_analyzer__
#define dsc_fail_system(error, path, what)                                                                   \
    ((dsc_fail_system)(error, path, what), DSC_ERROR_IO) /* see error.h */
#endif

#endif
