/* SPDX-License-Identifier: MIT */
/* folder.c: a run's folder: its number, its name, and the lock that keeps a second process out. */
#include "run/run.h"

#include "base/error.h"
#include "base/file.h"
#include "base/memory.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { NAME_MOST = 64, NUMBER_MOST = 99999999 };

/* Makes a file name of a recipe's name or path: "recipes/My net.json" becomes "My-net". */
static void clean_name(char out[NAME_MOST + 1], const char *name) {
    const char *slash = strrchr(name, '/');
    if (slash) name = slash + 1;
    size_t length = strlen(name);
    if (length > 5 && !strcmp(name + length - 5, ".json")) length -= 5;
    if (length > NAME_MOST) length = NAME_MOST;
    for (size_t i = 0; i < length; i++) {
        unsigned char c = (unsigned char)name[i];
        out[i] = (char)((c < 128 && isalnum(c)) || strchr("._-", c) ? c : '-');
    }
    memcpy(out + length, length ? "" : "run", length ? 1 : 4);
}

/* Returns the largest number that begins a name in the folder, as in "0012-mnist-99"; 0: none. */
static long largest_number(DIR *folder) {
    long largest = 0;
    const struct dirent *entry;
    while ((entry = readdir(folder))) {
        char *end;
        if (!isdigit((unsigned char)entry->d_name[0])) continue;
        long number = strtol(entry->d_name, &end, 10);
        if (*end == '-' && number > largest && number < NUMBER_MOST) largest = number;
    }
    return largest;
}

/* Tries the numbers from `number` on. mkdir is atomic: if another process has made a folder first, the next
 * number is tried. */
static dsc_status make_numbered(char **result, const char *parent, const char *name, long number,
                                dsc_error *error) {
    for (; number <= NUMBER_MOST; number++) {
        dsc_text path = {0};
        dsc_text_append(&path, "%s/%04ld-%s", parent, number, name);
        if (path.failed) return dsc_fail_memory(error, strlen(parent) + NAME_MOST, "a run's name");
        if (!mkdir(path.data, 0777)) {
            *result = path.data;
            return DSC_OK;
        }
        dsc_status status = errno == EEXIST ? DSC_OK : dsc_fail_system(error, path.data, "cannot be made");
        dsc_text_free(&path);
        if (status) return status;
    }
    return dsc_fail(error, DSC_ERROR_IO, "%s: holds too many runs; name a folder of your own", parent);
}

dsc_status dsc_run_folder_number(char **folder, const char *parent, const char *name, dsc_error *error) {
    *folder = NULL;
    char clean[NAME_MOST + 1];
    clean_name(clean, name);
    dsc_status status = dsc_folder_make(parent, error);
    if (status) return status;
    DIR *list = opendir(parent);
    if (!list) return dsc_fail_system(error, parent, "cannot be read");
    long number = largest_number(list) + 1;
    (void)closedir(list);
    return make_numbered(folder, parent, clean, number, error);
}

dsc_status dsc_run_folder_take(char **folder, const char *wanted, const char *kind, const char *name,
                               dsc_error *error) {
    if (wanted) {
        *folder = strdup(wanted);
        return *folder ? dsc_folder_make(wanted, error) : dsc_fail_memory(error, strlen(wanted), wanted);
    }
    dsc_text text = {0};
    const char *slash = strrchr(name, '/');
    *folder = NULL;
    dsc_text_append(&text, "%s-%s", kind, slash ? slash + 1 : name);
    dsc_status status = text.failed ? dsc_fail_memory(error, strlen(name), "the name of a folder")
                                    : dsc_run_folder_number(folder, "runs", text.data, error);
    dsc_text_free(&text);
    return status;
}

static bool holds_run(const char *folder) {
    dsc_recipe recipe;
    bool holds = dsc_run_recipe(&recipe, NULL, folder, NULL) == DSC_OK;
    if (holds) dsc_recipe_clear(&recipe);
    return holds;
}

dsc_status dsc_run_folder_claim(const char *folder, const char *const *names, dsc_error *error) {
    if (holds_run(folder))
        return dsc_fail(error, DSC_ERROR_ARGUMENT,
                        "%s: holds a run already; continue it with --resume, or name another folder", folder);
    dsc_status status = DSC_OK;
    for (; *names && !status; names++) {
        struct stat info;
        char *path = dsc_path_join(folder, *names);
        if (!path)
            status = dsc_fail_memory(error, strlen(folder), folder);
        else if (!lstat(path, &info))
            status = dsc_fail(
                error, DSC_ERROR_ARGUMENT,
                "%s: already exists and would be replaced; move it away, or name another folder", path);
        free(path);
    }
    return status;
}

dsc_status dsc_run_folder_lock(int *descriptor, const char *folder, dsc_error *error) {
    *descriptor = dsc_open_at(AT_FDCWD, folder, O_RDONLY | O_DIRECTORY, 0);
    if (*descriptor < 0) return dsc_fail_system(error, folder, "cannot be opened");
    if (!flock(*descriptor, LOCK_EX | LOCK_NB)) return DSC_OK;
    /* A file system without locks does not prevent training. */
    if (errno != EWOULDBLOCK) return DSC_OK;
    (void)close(*descriptor);
    *descriptor = -1;
    return dsc_fail(error, DSC_ERROR_IO, "%s: another process is training in it; wait for it, or stop it",
                    folder);
}
