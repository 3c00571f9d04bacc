/* SPDX-License-Identifier: MIT */
/* file.h: whole files in, atomic files out, folders and paths. */
#ifndef DSC_BASE_FILE_H
#define DSC_BASE_FILE_H

#include <descender.h>

struct stat;

/* Fails with "path: what: the system's reason; a remedy", from errno: for what was done with a file or
 * folder. */
dsc_status dsc_fail_system(dsc_error *error, const char *path, const char *what);

/* openat(2), close-on-exec (folder: AT_FDCWD, or a folder's descriptor; mode: of a new file). Never gives 0,
 * 1 or 2, even where those are closed: what is printed must not land in a file. */
int dsc_open_at(int folder, const char *path, int flags, unsigned mode);

/* The same open file by a number above 2, close-on-exec; the old one is closed if it was not. -1, with errno,
 * if there is no such number, or `fd` is -1. */
int dsc_above_streams(int fd);

/* Reads all of `path` into a new buffer (release with free()). A folder, a missing or unreadable file,
 * and one larger than `limit` bytes are errors that name it. The buffer has one zero byte behind its end. */
dsc_status dsc_file_read(unsigned char **data, size_t *size, const char *path, size_t limit,
                         dsc_error *error);

/* --- file_write.c: writing ---
 *
 * What has the name decides how it is written:
 *
 *   nothing, or a regular file   atomically: into a temporary file beside it, which is synced and renamed.
 *                                The old file's mode, owner and group are kept where the system allows. A
 *                                write-protected file is refused
 *   a file that cannot be        in place, at commit: one that is mounted by itself, or lies in a folder in
 *   replaced                     which nothing can be made. Only a crash while it is copied can damage it
 *   a pipe, a device, a          written to, as the bytes come. It never becomes a regular file, and abort
 *   descriptor (/dev/fd/N)       takes nothing back
 *   a folder, a socket           an error
 *
 * Symbolic links are followed and stay; one that leads nowhere has its target made.
 *
 * The temporary file of NAME is "NAME.dsc-N.tmp", or a shorter name where that is too long. Its writer holds
 * a lock on it (flock), which ends with the process. So one without a lock is of a dead process, on whichever
 * machine or in whichever container that ran, and whoever meets it removes it: a write of NAME does so
 * with those that have the names it would take, and dsc_file_sweep with all. O_TMPFILE would not do:
 * linkat() cannot replace a file, so a name is needed all the same.
 *
 * A write beyond RLIMIT_FSIZE or to a pipe that nobody reads fails only if the process does not die of
 * SIGXFSZ or SIGPIPE; the library leaves signals to the program. */
typedef struct dsc_file_writer dsc_file_writer;

dsc_status dsc_file_writer_open(dsc_file_writer **writer, const char *path, dsc_error *error);
dsc_status dsc_file_writer_append(dsc_file_writer *writer, const void *data, size_t size, dsc_error *error);
dsc_status dsc_file_writer_commit(dsc_file_writer *writer, dsc_error *error); /* frees the writer, always */
/* The same without waiting for the disk, for what can be made again: after a crash of the machine the file
 * may be damaged, and its reader must notice. */
dsc_status dsc_file_writer_commit_unsynced(dsc_file_writer *writer, dsc_error *error);
/* Leaves `path` as it was. NULL does nothing. */
void dsc_file_writer_abort(dsc_file_writer *writer);

/* open, append, commit in one. */
dsc_status dsc_file_write(const char *path, const void *data, size_t size, dsc_error *error);

typedef enum dsc_file_way { DSC_FILE_ATOMIC, DSC_FILE_IN_PLACE, DSC_FILE_STREAM } dsc_file_way;

/* Fails as writing `bytes` bytes to `path` would, but for a full disk, and leaves all as it is: for the time
 * before long work. Makes and removes a temporary file; pipes and devices are not opened. *way (NULL: not
 * asked): how it will be written. */
dsc_status dsc_file_rehearse(dsc_file_way *way, const char *path, uint64_t bytes, dsc_error *error);

/* Fails unless the disk of `folder` has `bytes` bytes to spare. A file system that does not tell is trusted.
 */
dsc_status dsc_space_check(const char *folder, uint64_t bytes, dsc_error *error);

/* Removes from `folder` the temporary files of NAMES (NULL ends them) whose processes are dead. */
void dsc_file_sweep(const char *folder, const char *const *names);

/* The same of whatever name, in a folder where all names are ours. */
void dsc_file_sweep_all(const char *folder);

/* Removes `path` if it is named like a temporary file of ours, and its process is dead. */
void dsc_file_remove_dead(const char *path);

/* Gives the finished file `from` the name that `path` is or leads to, as a commit does. */
dsc_status dsc_file_place(const char *from, const char *path, dsc_error *error);

/* --- folders and names --- */

/* Makes a folder and those above it that are missing; one that is there is fine. */
dsc_status dsc_folder_make(const char *path, dsc_error *error);

/* "folder/name" in a new text (release with free()); NULL if memory is short. */
char *dsc_path_join(const char *folder, const char *name);

/* The folder in which `path` lies, "." if it names none, in a new text; NULL if memory is short. */
char *dsc_path_folder(const char *path);

/* Whether anything has that name, be it a link that leads nowhere. */
bool dsc_is_there(const char *path);

/* Whether both are of one file, under whatever names. */
bool dsc_is_same_file(const struct stat *a, const struct stat *b);

/* Whether `name` in `folder` (or AT_FDCWD) is still the open file: nobody has removed or replaced it. */
bool dsc_is_still_named(int fd, int folder, const char *name);

/* Whether there is a folder of that name, or a link to one. NULL: no. */
bool dsc_is_folder(const char *path);

#ifdef __clang_analyzer__
#define dsc_fail_system(error, path, what)                                                                   \
    ((dsc_fail_system)(error, path, what), DSC_ERROR_IO) /* see error.h */
#endif

#endif
