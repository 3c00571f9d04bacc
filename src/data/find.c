/* SPDX-License-Identifier: MIT */
/* find.c: finds the four files of a folder by the names under which MNIST and related data sets are
 * published; see find.h. */
#include "data/find.h"

#include "base/error.h"
#include "base/file.h"
#include "base/text.h"
#include "base/visible.h"

#include <ctype.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

enum { NAME_MOST = 256, SETS_MOST = 16, LISTED_MOST = 8, DEPTH_MOST = 3 };

static bool is_file(const char *path) {
    struct stat info;
    return !stat(path, &info) && !S_ISDIR(info.st_mode);
}

/* --- names --- */

static bool is_joint(char c) { return c == '-' || c == '.' || c == '_'; }

/* Removes `word` from the end of name[0 .. *length), and returns whether it was there. */
static bool take_end(const char *name, size_t *length, const char *word) {
    size_t n = strlen(word);
    if (*length < n || strncasecmp(name + *length - n, word, n) != 0) return false;
    *length -= n;
    return true;
}

static bool take_joint(const char *name, size_t *length) {
    if (!*length || !is_joint(name[*length - 1])) return false;
    --*length;
    return true;
}

bool dsc_mnist_name(int *which, size_t *prefix, const char *name) {
    size_t n = strlen(name);
    (void)take_end(name, &n, ".gz");
    if (!take_end(name, &n, "ubyte") && !take_end(name, &n, "int")) return false;
    if (!take_joint(name, &n) || !n || !isdigit((unsigned char)name[n - 1])) return false;
    n--;
    if (!take_end(name, &n, "idx") || !take_joint(name, &n)) return false;
    const bool images = take_end(name, &n, "images");
    if ((!images && !take_end(name, &n, "labels")) || !take_joint(name, &n)) return false;
    const bool train = take_end(name, &n, "train");
    if (!train && !take_end(name, &n, "t10k") && !take_end(name, &n, "test")) return false;
    if (n && !is_joint(name[n - 1])) return false;
    *which = train    ? (images ? DSC_TRAIN_IMAGES : DSC_TRAIN_LABELS)
             : images ? DSC_TEST_IMAGES
                      : DSC_TEST_LABELS;
    *prefix = n;
    return true;
}

/* --- places --- */

/* A folder, or a place "FOLDER/emnist-letters": the folder's files that begin with that name. */
typedef struct place {
    char *folder;
    const char *start; /* points into the caller's text; NULL: any file */
} place;

static dsc_status read_place(place *p, const char *text, dsc_error *error) {
    p->start = NULL;
    const char *slash = strrchr(text, '/');
    if (dsc_is_folder(text) || (slash && !slash[1])) {
        p->folder = strdup(text);
    } else {
        p->folder = dsc_path_folder(text);
        p->start = slash ? slash + 1 : text;
    }
    return p->folder ? DSC_OK : dsc_fail_memory(error, strlen(text), "a path");
}

/* Whether `name` belongs to the set of files that `start` names. */
static bool starts_so(const char *name, size_t prefix, const char *start) {
    size_t n = strlen(start);
    return n + 1 == prefix && !strncasecmp(name, start, n);
}

/* Finds the file, or the file in a folder of its name, as some archives unpack it. */
static dsc_status settle(char **path, const char *folder, const char *name, dsc_error *error) {
    *path = NULL;
    char *candidate = dsc_path_join(folder, name), *inner = NULL;
    if (!candidate) return dsc_fail_memory(error, strlen(folder), "a path");
    if (is_file(candidate)) {
        *path = candidate;
        return DSC_OK;
    }
    dsc_status status = DSC_OK;
    if (dsc_is_folder(candidate)) {
        inner = dsc_path_join(candidate, name);
        if (!inner) status = dsc_fail_memory(error, strlen(folder), "a path");
    }
    free(candidate);
    if (inner && is_file(inner))
        *path = inner;
    else
        free(inner);
    return status;
}

static dsc_status find_exact(char **path, const char *folder, int which, dsc_error *error) {
    static const char *const endings[] = {".gz", ""};
    dsc_status status = DSC_OK;
    *path = NULL;
    for (int variant = 0; variant < 4 && !*path && !status; variant++) {
        char name[64];
        (void)snprintf(name, sizeof name, "%s%s", dsc_mnist_names[which], endings[variant % 2]);
        if (variant >= 2) strstr(name, "-idx")[0] = '.';
        status = settle(path, folder, name, error);
    }
    return status;
}

/* Prefers the compressed one of two files with one name, then the alphabetically first. */
static bool is_better(const char *name, const char *than) {
    size_t a = strlen(name), b = strlen(than);
    bool x = take_end(name, &a, ".gz"), y = take_end(than, &b, ".gz");
    return x != y ? x : strcmp(name, than) < 0;
}

static dsc_status any_exact(bool *any, const char *folder, dsc_error *error) {
    dsc_status status = DSC_OK;
    *any = false;
    for (int i = 0; i < DSC_MNIST_FILES && !*any && !status; i++) {
        char *path = NULL;
        status = find_exact(&path, folder, i, error);
        *any = path != NULL;
        free(path);
    }
    return status;
}

/* Finds a file by any published name. Finds nothing if the folder has several sets of files, because none is
 * meant. */
static dsc_status find_other(char **path, const place *p, int which, dsc_error *error) {
    bool bare = false; /* another set's files must not complete those with MNIST's own names */
    *path = NULL;
    if (!p->start) {
        dsc_status status = any_exact(&bare, p->folder, error);
        if (status) return status;
    }
    DIR *stream = opendir(p->folder);
    char first[NAME_MOST] = "", best[NAME_MOST] = "";
    size_t first_prefix = 0, prefix;
    bool ambiguous = false;
    for (const struct dirent *item; stream && !ambiguous && (item = readdir(stream)) != NULL;) {
        const char *name = item->d_name;
        int found;
        if (strlen(name) >= NAME_MOST || !dsc_mnist_name(&found, &prefix, name)) continue;
        if (p->start ? !starts_so(name, prefix, p->start) : bare && prefix) continue;
        if (!*first) {
            strcpy(first, name);
            first_prefix = prefix;
        }
        ambiguous = prefix != first_prefix || strncasecmp(name, first, prefix) != 0;
        if (found == which && (!*best || is_better(name, best))) strcpy(best, name);
    }
    if (stream) (void)closedir(stream);
    return *best && !ambiguous ? settle(path, p->folder, best, error) : DSC_OK;
}

dsc_status dsc_mnist_find(char **path, const char *folder, int which, dsc_error *error) {
    *path = NULL;
    place p;
    dsc_status status = read_place(&p, folder, error);
    if (status) return status;
    if (!p.start) status = find_exact(path, p.folder, which, error);
    if (!status && !*path) status = find_other(path, &p, which, error);
    free(p.folder);
    return status;
}

char *dsc_mnist_folder(const char *text) {
    place p;
    return read_place(&p, text, NULL) ? NULL : p.folder;
}

bool dsc_mnist_is_place(const char *text) {
    place p;
    if (dsc_is_folder(text)) return true;
    if (read_place(&p, text, NULL)) return false;
    DIR *stream = p.start ? opendir(p.folder) : NULL;
    bool any = false;
    for (const struct dirent *item; stream && !any && (item = readdir(stream)) != NULL;) {
        size_t prefix;
        int which;
        any = dsc_mnist_name(&which, &prefix, item->d_name) && starts_so(item->d_name, prefix, p.start);
    }
    if (stream) (void)closedir(stream);
    free(p.folder);
    return any;
}

/* --- messages about a folder without the four files --- */

/* Appends the names of the sets of files in a folder, "emnist-digits, emnist-letters". Returns their
 * number. */
static size_t append_sets(dsc_text *text, char first[NAME_MOST], const char *folder) {
    DIR *stream = opendir(folder);
    char sets[SETS_MOST][NAME_MOST];
    size_t count = 0;
    for (const struct dirent *item; stream && (item = readdir(stream)) != NULL;) {
        size_t prefix, i = 0;
        int which;
        if (!dsc_mnist_name(&which, &prefix, item->d_name) || prefix < 2 || prefix > NAME_MOST) continue;
        while (i < count &&
               (strlen(sets[i]) != prefix - 1 || strncasecmp(sets[i], item->d_name, prefix - 1) != 0))
            i++;
        if (i < count || count == SETS_MOST) continue;
        memcpy(sets[count], item->d_name, prefix - 1);
        sets[count++][prefix - 1] = '\0';
    }
    if (stream) (void)closedir(stream);
    qsort(sets, count, sizeof *sets, (int (*)(const void *, const void *))strcmp);
    for (size_t i = 0; i < count; i++) dsc_text_append(text, "%s%s", i ? ", " : "", sets[i]);
    if (count) memcpy(first, sets[0], NAME_MOST);
    return count;
}

bool dsc_mnist_is_ambiguous(const char *folder) {
    dsc_text sets = {0};
    char first[NAME_MOST];
    const bool several = append_sets(&sets, first, folder) > 1;
    dsc_text_free(&sets);
    return several;
}

/* Appends the first few names in a folder, sorted. Returns false if the folder is empty. */
static bool append_names(dsc_text *text, const char *folder) {
    struct dirent **items = NULL;
    int count = scandir(folder, &items, NULL, alphasort);
    size_t listed = 0;
    for (int i = 0; i < count; i++) {
        if (items[i]->d_name[0] != '.' && listed++ < LISTED_MOST)
            dsc_text_append(text, "%s%s", listed > 1 ? ", " : "", items[i]->d_name);
        free(items[i]);
    }
    free(items);
    if (listed > LISTED_MOST) dsc_text_append(text, ", ...");
    return listed > 0;
}

/* Returns the first folder below `folder` that holds any of the files (torchvision uses MNIST/raw); the
 * caller frees it. NULL: none. */
static char *find_below(const char *folder, int depth) {
    struct dirent **items = NULL;
    int count = depth < DEPTH_MOST ? scandir(folder, &items, NULL, alphasort) : 0;
    char *found = NULL;
    for (int i = 0; i < count; i++) {
        char *below = found || items[i]->d_name[0] == '.' ? NULL : dsc_path_join(folder, items[i]->d_name);
        dsc_text sets = {0};
        char first[NAME_MOST], *path = NULL;
        if (below && dsc_is_folder(below)) {
            (void)dsc_mnist_find(&path, below, DSC_TRAIN_IMAGES, NULL);
            if (path || append_sets(&sets, first, below))
                found = strdup(below);
            else
                found = find_below(below, depth + 1);
        }
        dsc_text_free(&sets);
        free(path);
        free(below);
        free(items[i]);
    }
    free(items);
    return found;
}

dsc_status dsc_mnist_fail_missing(const char *folder, const char *missing, dsc_error *error) {
    dsc_text sets = {0}, names = {0};
    char first[NAME_MOST] = "", command[DSC_COMMAND], *below = NULL;
    dsc_status status;
    if (!dsc_is_folder(folder)) {
        if (is_file(folder))
            status = dsc_fail(
                error, DSC_ERROR_IO,
                "%s: expected four IDX files, but this is not a folder; name the folder that holds them",
                folder);
        else
            status =
                dsc_fail(error, DSC_ERROR_IO,
                         "%s: expected four IDX files, but this is not a folder%s%s; check the path", folder,
                         missing ? ", and files whose names begin so lack: " : "", missing ? missing : "");
    } else if (append_sets(&sets, first, folder) > 1 && !sets.failed) {
        char *set = dsc_path_join(folder, first);
        status = set ? dsc_fail(error, DSC_ERROR_IO,
                                "%s: holds several sets of files: %.300s%s; name one by the beginning of the "
                                "file names: %s",
                                folder, sets.data, sets.length > 300 ? "..." : "",
                                dsc_command(command, "@", set, NULL))
                     : dsc_fail_memory(error, strlen(folder), "a path");
        free(set);
    } else if ((below = find_below(folder, 0)) != NULL) {
        status = dsc_fail(error, DSC_ERROR_IO,
                          "%s: expected four IDX files, missing: %s; a folder in it has such files: name %s",
                          folder, missing, dsc_command(command, "@", below, NULL));
    } else {
        bool any = append_names(&names, folder);
        status = dsc_fail(error, DSC_ERROR_IO,
                          "%s: expected four IDX files, missing: %s; found: %s; put the missing ones there, "
                          "plain or as .gz",
                          folder, missing, any && !names.failed ? names.data : "nothing");
    }
    dsc_text_free(&sets);
    dsc_text_free(&names);
    free(below);
    return status;
}
