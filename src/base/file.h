/* SPDX-License-Identifier: MIT */
/* file.h: reads whole files, writes files atomically, handles folders and paths.
 *
 * Functions with a status report system errors as DSC_ERROR_IO and name the path. Any thread may call them; a
 * writer belongs to one thread at a time. */
#ifndef DSC_BASE_FILE_H
#define DSC_BASE_FILE_H

#include <descender.h>

struct stat;

/* Fails with "path: what: the system's reason; a remedy", from errno, for an operation on a file or
 * folder. */
dsc_status dsc_fail_system(dsc_error *error, const char *path, const char *what);

/* openat(2) with close-on-exec. `folder` is AT_FDCWD or a folder's descriptor; `mode` applies to a new file.
 * Never returns 0, 1 or 2, even if they are closed: printed output must not end up in a file. */
int dsc_open_at(int folder, const char *path, int flags, unsigned mode);

/* Moves an open file to a descriptor above 2 with close-on-exec and closes the old one. Returns -1 with errno
 * if no descriptor is free or `fd` is -1. */
int dsc_above_streams(int fd);

/* Reads all of `path` into a new buffer, which the caller frees. A folder, a missing or unreadable file, and
 * a file of more than `limit` bytes are errors that name it. A zero byte follows the data. */
dsc_status dsc_file_read(unsigned char **data, size_t *size, const char *path, size_t limit,
                         dsc_error *error);

/* --- file_write.c: writing ---
 *
 * The type of the existing file decides how it is written:
 *
 *   nothing, or a regular file   atomically: into a temporary file beside it, which is synced and renamed.
 *                                Mode, owner and group of the old file are kept if the system allows. A
 *                                write-protected file is refused
 *   a file that cannot be        in place, at commit: a file that is itself a mount point, or lies in a
 *   replaced                     folder without write access. Only a crash during the copy can damage it
 *   a pipe, a device, a          directly, as the bytes arrive. It never becomes a regular file, and abort
 *   descriptor (/dev/fd/N)       cannot undo the output
 *   a folder, a socket           an error
 *
 * Symbolic links are followed and kept; the target of a dangling link is created.
 *
 * The temporary file of NAME is "NAME.dsc-N.tmp", or a shorter name if that is too long. Its writer holds a
 * lock on it (flock), which ends with the process. An unlocked temporary file therefore belongs to a dead
 * process, on any machine or in any container, and may be removed: a write of NAME removes those whose names
 * it needs, dsc_file_sweep removes all. O_TMPFILE is no alternative: linkat() cannot replace a file, so a
 * name is needed anyway.
 *
 * A write beyond RLIMIT_FSIZE or to a pipe without a reader returns an error only if the program blocks or
 * ignores SIGXFSZ and SIGPIPE; the library leaves signals to the program. */
typedef struct dsc_file_writer dsc_file_writer;

dsc_status dsc_file_writer_open(dsc_file_writer **writer, const char *path, dsc_error *error);
dsc_status dsc_file_writer_append(dsc_file_writer *writer, const void *data, size_t size, dsc_error *error);
dsc_status dsc_file_writer_commit(dsc_file_writer *writer, dsc_error *error); /* always frees the writer */
/* Commits without waiting for the disk, for files that can be regenerated. After a system crash the file may
 * be damaged, and its reader must detect this. */
dsc_status dsc_file_writer_commit_unsynced(dsc_file_writer *writer, dsc_error *error);
/* Discards the output and frees the writer; `path` stays unchanged (except a pipe or device). NULL is
 * allowed. */
void dsc_file_writer_abort(dsc_file_writer *writer);

/* Open, append and commit in one call. */
dsc_status dsc_file_write(const char *path, const void *data, size_t size, dsc_error *error);

typedef enum dsc_file_way { DSC_FILE_ATOMIC, DSC_FILE_IN_PLACE, DSC_FILE_STREAM } dsc_file_way;

/* Fails as writing `bytes` bytes to `path` would, except for a full disk, and changes nothing: a check before
 * long work. Creates and removes a temporary file; does not open pipes and devices. *way (or NULL) receives
 * how the file would be written. */
dsc_status dsc_file_rehearse(dsc_file_way *way, const char *path, uint64_t bytes, dsc_error *error);

/* Fails unless the disk of `folder` has `bytes` bytes free. A file system that does not report free space
 * passes. */
dsc_status dsc_space_check(const char *folder, uint64_t bytes, dsc_error *error);

/* Removes the temporary files of `names` (NULL-terminated) that dead processes left in `folder`. */
void dsc_file_sweep(const char *folder, const char *const *names);

/* Removes all such temporary files, in a folder whose contents belong to the library. */
void dsc_file_sweep_all(const char *folder);

/* Removes `path` if it is named like one of the library's temporary files and its process is dead. */
void dsc_file_remove_dead(const char *path);

/* Renames the finished file `from` to `path` or to the target of the link `path`, as a commit does. */
dsc_status dsc_file_place(const char *from, const char *path, dsc_error *error);

/* --- folders and names --- */

/* Creates a folder and missing parents; an existing folder is fine. */
dsc_status dsc_folder_make(const char *path, dsc_error *error);

/* "folder/name" as a new text, which the caller frees; NULL without memory. */
char *dsc_path_join(const char *folder, const char *name);

/* The folder part of `path`, or ".", as a new text, which the caller frees; NULL without memory. */
char *dsc_path_folder(const char *path);

/* Whether the name exists, including as a dangling link. */
bool dsc_is_there(const char *path);

/* Whether both describe the same file. */
bool dsc_is_same_file(const struct stat *a, const struct stat *b);

/* Whether `name` in `folder` (or AT_FDCWD) still refers to the open file `fd`, that is, nobody removed or
 * replaced it. */
bool dsc_is_still_named(int fd, int folder, const char *name);

/* Whether `path` is a folder or a link to one. NULL: false. */
bool dsc_is_folder(const char *path);

#ifdef __clang_analyzer__
#define dsc_fail_system(error, path, what)                                                                   \
    ((dsc_fail_system)(error, path, what), DSC_ERROR_IO) /* see error.h */
#endif

#endif
