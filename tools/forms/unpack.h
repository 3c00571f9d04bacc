/* SPDX-License-Identifier: MIT */
/* unpack.h: unpacks an archive to a private temporary folder. */
#ifndef FORMS_UNPACK_H
#define FORMS_UNPACK_H

#include "base/temporary.h"

#include <descender.h>

typedef struct unpacked {
    dsc_temporary folder;
    size_t files, passed_over; /* passed over: hidden files, and those that macOS adds (__MACOSX) */
} unpacked;

/* Unpacks the archive `path`, zip or tar, packed by gzip, bzip2, xz or zstd or not, into a folder in $TMPDIR
 * or /tmp that only this user can read. Nothing is written outside of it: absolute names, "..", links,
 * devices and anything that comes twice are errors, and so are more than a million files, 16 GiB, or more
 * than 200 times the archive's size. `wanted`, NULL behind the last: of the archive's files only those of
 * these last names, and no word of the rest; NULL: all. `on_progress` as in dsc_opening. UNSUPPORTED:
 * libarchive is not built in, or not on this machine. Release with unpacked_remove, also after a failure. */
dsc_status unpack(unpacked *u, const char *path, const char *const *wanted,
                  int (*on_progress)(void *user, const char *what, size_t done, size_t count), void *user,
                  dsc_error *error);

/* The content of one file that is packed by gzip, bzip2, xz or zstd, in a new buffer with a zero byte behind
 * its end (release with free()). More than `limit` bytes, or than 200 times the file's, are an error. */
dsc_status unpack_file_alone(unsigned char **bytes, size_t *size, const char *path, size_t limit,
                             dsc_error *error);

/* Removes the folder and its contents. */
void unpacked_remove(unpacked *u);

#endif
