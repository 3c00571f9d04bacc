/* SPDX-License-Identifier: MIT */
/* temporary.c: see temporary.h. */
#include "base/temporary.h"

#include "base/error.h"
#include "base/file.h"
#include "base/folder.h"
#include "base/memory.h"
#include "base/text.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { STALE_SECONDS = 60 };

/* Removes the folders of dead processes. A young folder may not be locked yet. */
static void remove_stale(const char *where, const char *prefix) {
    dsc_names names = {0};
    if (!dsc_folder_look(&names, where, NULL))
        for (size_t i = 0; i < names.count; i++) {
            struct stat info;
            if (strncmp(names.list[i], prefix, strlen(prefix)) != 0) continue;
            char *path = dsc_path_join(where, names.list[i]);
            const int lock = path ? open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC) : -1;
            if (lock >= 0 && !fstat(lock, &info) && info.st_uid == geteuid() &&
                time(NULL) - info.st_mtime > STALE_SECONDS && !flock(lock, LOCK_EX | LOCK_NB))
                dsc_folder_remove(path);
            if (lock >= 0) (void)close(lock);
            free(path);
        }
    dsc_names_clear(&names);
}

static dsc_status make(dsc_temporary *folder, const char *where, const char *prefix, dsc_error *error) {
    dsc_text path = {0};
    remove_stale(where, prefix);
    dsc_text_append(&path, "%s/%sXXXXXX", where, prefix);
    if (path.failed) {
        dsc_text_free(&path);
        return dsc_fail_memory(error, strlen(where), "a path");
    }
    if (!mkdtemp(path.data)) { /* with mode 0700 */
        dsc_text_free(&path);
        return dsc_fail_system(error, where,
                               "no folder can be created there; set TMPDIR to a folder in which one can");
    }
    folder->path = path.data;
    folder->lock = open(folder->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder->lock >= 0 && !flock(folder->lock, LOCK_EX | LOCK_NB)) return DSC_OK;
    const dsc_status status = dsc_fail_system(error, folder->path, "cannot be locked");
    dsc_temporary_remove(folder);
    return status;
}

dsc_status dsc_temporary_make(dsc_temporary *folder, const char *use, dsc_error *error) {
    const char *where = getenv("TMPDIR");
    dsc_text prefix = {0};
    *folder = (dsc_temporary){.lock = -1};
    dsc_text_append(&prefix, "descender-%s-", use);
    const dsc_status status = prefix.failed
                                  ? dsc_fail_memory(error, strlen(use), "a path")
                                  : make(folder, where && *where ? where : "/tmp", prefix.data, error);
    dsc_text_free(&prefix);
    return status;
}

void dsc_temporary_remove(dsc_temporary *folder) {
    if (folder->path) dsc_folder_remove(folder->path);
    if (folder->lock >= 0) (void)close(folder->lock);
    free(folder->path);
    *folder = (dsc_temporary){.lock = -1};
}
