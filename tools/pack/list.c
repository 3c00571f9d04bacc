/* SPDX-License-Identifier: MIT */
/* list.c: which images there are, and of what class; see pack.h. */
#include "pack/pack.h"

#include "base/encoding.h"
#include "base/error.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/text.h"
#include "base/visible.h"
#include "picture/picture.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CLASSES_MOST = 256 };

/* The entries of a folder, sorted; hidden ones are left out. */
typedef struct names {
    char **list;
    size_t count, capacity;
} names;

static void names_free(names *all) {
    for (size_t i = 0; i < all->count; i++) free(all->list[i]);
    free(all->list);
}

static int compare_names(const void *a, const void *b) {
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static dsc_status names_of(names *all, const char *folder, dsc_error *error) {
    DIR *stream = opendir(folder);
    if (!stream)
        return dsc_fail(error, DSC_ERROR_IO, "%s: cannot be opened as a folder: %s", folder, strerror(errno));
    dsc_status status = DSC_OK;
    for (;;) {
        errno = 0;
        const struct dirent *entry = readdir(stream);
        if (!entry && errno)
            status = dsc_fail(error, DSC_ERROR_IO, "%s: cannot be read: %s", folder, strerror(errno));
        if (!entry || status) break;
        if (entry->d_name[0] == '.') continue;
        char *name = strdup(entry->d_name);
        if (!name || !dsc_grow(&all->list, &all->capacity, all->count + 1, sizeof *all->list)) {
            free(name);
            status = dsc_fail_memory(error, sizeof *all->list, folder);
            break;
        }
        all->list[all->count++] = name;
    }
    (void)closedir(stream);
    if (all->count) qsort(all->list, all->count, sizeof *all->list, compare_names);
    return status;
}

/* A label below 256 written as a plain whole number: "0", "17", not "017". */
static bool is_label(const char *name, size_t *label) {
    int64_t value;
    if (!dsc_parse_integer(&value, name) || value < 0 || value >= CLASSES_MOST) return false;
    char plain[8];
    (void)snprintf(plain, sizeof plain, "%d", (int)value);
    *label = (size_t)value;
    return !strcmp(plain, name);
}

static dsc_status add_entry(pack_list *list, char *path, size_t label, dsc_error *error) {
    if (!path || !dsc_grow(&list->entries, &list->capacity, list->count + 1, sizeof *list->entries)) {
        free(path);
        return dsc_fail_memory(error, sizeof *list->entries, "the list of images");
    }
    list->entries[list->count++] = (struct pack_entry){path, (uint8_t)label};
    return DSC_OK;
}

static dsc_status list_class(pack_list *list, const char *folder, size_t label, dsc_error *error) {
    names files = {0};
    size_t before = list->count;
    dsc_status status = names_of(&files, folder, error);
    for (size_t i = 0; !status && i < files.count; i++) {
        char *path = dsc_path_join(folder, files.list[i]);
        if (dsc_is_folder(path)) {
            status = dsc_fail(error, DSC_ERROR_FORMAT,
                              "%s: expected images in the folder of a class, found a folder; give the folder "
                              "whose folders are the classes",
                              path);
            free(path);
        } else if (path && !picture_is_name(files.list[i])) {
            list->passed_over++;
            free(path);
        } else {
            status = add_entry(list, path, label, error);
        }
    }
    names_free(&files);
    if (!status && list->count == before)
        return dsc_fail(error, DSC_ERROR_FORMAT,
                        "%s: expected pictures of this class, such as *.png or *.jpg, found none", folder);
    return status;
}

/* The names go to labels.txt, one a line, in UTF-8. Latin-1's letters have the numbers of Unicode: a new
 * name can be said. */
static dsc_status check_class_name(const char *name, const char *folder, const char *path, dsc_error *error) {
    dsc_error why;
    char command[DSC_COMMAND];
    const size_t length = strlen(name);
    if (!dsc_name_check(name, "the name of a class", &why)) {
        if (name[length - 1] != ' ') return DSC_OK;
        return dsc_fail(error, DSC_ERROR_FORMAT,
                        "%s: the name of a class must not end in a blank; rename the folder", path);
    }
    if (dsc_utf8_check(name, length) == length)
        return dsc_fail(error, DSC_ERROR_FORMAT, "%s: %s; rename the folder", path, why.message);
    dsc_text better = {0};
    for (const unsigned char *c = (const unsigned char *)name; *c; c++) {
        char character[4];
        dsc_text_append_bytes(&better, character, dsc_utf8_put(character, *c));
    }
    char *to = better.failed ? NULL : dsc_path_join(folder, better.data);
    dsc_text_free(&better);
    if (!to) return dsc_fail_memory(error, strlen(folder) + 2 * length, "a path");
    const dsc_status status =
        dsc_fail(error, DSC_ERROR_FORMAT, "%s: the name of a class must be UTF-8; if it is Latin-1: %s", path,
                 dsc_command(command, "mv @ ^", path, to));
    free(to);
    return status;
}

/* Keeps the folders of `all`; an image beside them would be lost without a word, so it is an error. */
static dsc_status keep_folders(pack_list *list, names *all, const char *folder, dsc_error *error) {
    size_t kept = 0;
    dsc_status status = DSC_OK;
    for (size_t i = 0; i < all->count; i++) {
        char *name = all->list[i], *path = dsc_path_join(folder, name);
        const bool is_folder = dsc_is_folder(path);
        if (!path && !status) status = dsc_fail_memory(error, strlen(folder) + strlen(name), folder);
        if (!status && !is_folder && picture_is_name(name))
            status =
                dsc_fail(error, DSC_ERROR_FORMAT,
                         "%s: expected images in folders named by class, found one outside of them", path);
        if (!status && is_folder) status = check_class_name(name, folder, path, error);
        free(path);
        if (is_folder) {
            all->list[kept++] = name;
        } else {
            list->passed_over++;
            free(name);
        }
    }
    all->count = kept;
    if (status) return status;
    if (!kept)
        return dsc_fail(error, DSC_ERROR_FORMAT, "%s: expected folders named by class, found none", folder);
    if (kept > CLASSES_MOST)
        return dsc_fail(error, DSC_ERROR_UNSUPPORTED, "%s: has %zu classes, and %d is the most", folder, kept,
                        CLASSES_MOST);
    return DSC_OK;
}

/* The label of every folder, and the names of all labels. */
static dsc_status name_classes(pack_list *list, size_t *labels, const names *folders, dsc_error *error) {
    bool numbers = true;
    size_t most = 0;
    for (size_t i = 0; i < folders->count; i++) {
        numbers = numbers && is_label(folders->list[i], &labels[i]);
        if (numbers && labels[i] > most) most = labels[i];
    }
    list->class_count = numbers ? most + 1 : folders->count;
    list->classes = dsc_allocate(list->class_count, sizeof *list->classes);
    if (!list->classes) return dsc_fail_memory(error, list->class_count, "the classes");
    for (size_t i = 0; i < list->class_count; i++) {
        char number[24];
        (void)snprintf(number, sizeof number, "%zu", i);
        list->classes[i] = strdup(numbers ? number : folders->list[i]);
        if (!list->classes[i]) return dsc_fail_memory(error, sizeof number, "the classes");
        if (!numbers) labels[i] = i;
    }
    return DSC_OK;
}

/* Numbers are listed by value, "2" before "10"; other names are in order already. */
static dsc_status list_classes(pack_list *list, const size_t *labels, const names *folders,
                               const char *folder, dsc_error *error) {
    for (size_t label = 0; label < list->class_count; label++)
        for (size_t i = 0; i < folders->count; i++) {
            if (labels[i] != label) continue;
            char *path = dsc_path_join(folder, folders->list[i]);
            if (!path) return dsc_fail_memory(error, strlen(folder), "the list of images");
            dsc_status status = list_class(list, path, label, error);
            free(path);
            if (status) return status;
        }
    return DSC_OK;
}

dsc_status pack_list_make(pack_list *list, const char *folder, dsc_error *error) {
    *list = (pack_list){0};
    names folders = {0};
    size_t labels[CLASSES_MOST];
    dsc_status status = names_of(&folders, folder, error);
    if (!status) status = keep_folders(list, &folders, folder, error);
    if (!status) status = name_classes(list, labels, &folders, error);
    if (!status) status = list_classes(list, labels, &folders, folder, error);
    names_free(&folders);
    return status;
}

void pack_list_free(pack_list *list) {
    if (!list) return;
    for (size_t i = 0; list->classes && i < list->class_count; i++) free(list->classes[i]);
    for (size_t i = 0; i < list->count; i++) free(list->entries[i].path);
    free(list->classes);
    free(list->entries);
    *list = (pack_list){0};
}
