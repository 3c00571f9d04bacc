/* SPDX-License-Identifier: MIT */
/* fuzz_archive.c: any bytes as an archive. It is unpacked within a folder of its own or refused, and
 * nothing is left behind. */
#include "forms/unpack.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char folder[64], path[96];

static void remove_folder(void) {
    (void)unlink(path);
    (void)rmdir(folder);
}

static void make_folder(void) {
    (void)snprintf(folder, sizeof folder, "%s/descender-fuzz-XXXXXX",
                   access("/dev/shm", W_OK) ? "/tmp" : "/dev/shm");
    if (!mkdtemp(folder) || setenv("TMPDIR", folder, 1) || atexit(remove_folder)) abort();
    (void)snprintf(path, sizeof path, "%s/archive", folder);
}

/* The archive, and the folder of its content if there is one. */
static size_t count_entries(void) {
    DIR *stream = opendir(folder);
    size_t count = 0;
    if (!stream) abort();
    for (const struct dirent *entry; (entry = readdir(stream));)
        count += strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
    (void)closedir(stream);
    return count;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    unpacked u;
    dsc_error error = {0};
    if (!*folder) make_folder();
    const int file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (file < 0 || write(file, data, size) != (ssize_t)size || close(file)) abort();
    const dsc_status status = unpack(&u, path, NULL, NULL, NULL, &error);
    if (status && (error.code != status || !*error.message || strchr(error.message, '\n'))) abort();
    if (count_entries() > 1 + (size_t)(u.folder.path != NULL)) abort();
    unpacked_remove(&u);
    if (count_entries() != 1) abort();
    return 0;
}
