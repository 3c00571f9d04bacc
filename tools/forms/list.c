/* SPDX-License-Identifier: MIT */
/* list.c: lists pictures and their classes; see pictures.h. */
#include "forms/pictures.h"

#include "base/encoding.h"
#include "base/error.h"
#include "base/file.h"
#include "base/folder.h"
#include "base/memory.h"
#include "base/text.h"
#include "base/visible.h"
#include "picture/picture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* --- sets --- */

/* The set that a folder of this name holds; -1: none. */
static int set_of(const char *name) {
    static const struct {
        const char *name;
        int set;
    } names[] = {
        {"train", DSC_SET_TRAIN},      {"training", DSC_SET_TRAIN},        {"val", DSC_SET_VALIDATION},
        {"valid", DSC_SET_VALIDATION}, {"validation", DSC_SET_VALIDATION}, {"dev", DSC_SET_VALIDATION},
        {"test", DSC_SET_TEST},        {"testing", DSC_SET_TEST}};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (!strcasecmp(name, names[i].name)) return names[i].set;
    return -1;
}

static void free_folders(char *folders[DSC_SETS]) {
    for (int i = 0; i < DSC_SETS; i++) {
        free(folders[i]);
        folders[i] = NULL;
    }
}

dsc_status pictures_split(char *folders[DSC_SETS], const char *folder, dsc_error *error) {
    dsc_names names = {0};
    for (int i = 0; i < DSC_SETS; i++) folders[i] = NULL;
    dsc_status status = dsc_folder_look(&names, folder, error);
    for (size_t i = 0; i < names.count && !status; i++) {
        const int set = set_of(names.list[i]);
        if (set < 0 || folders[set]) continue;
        char *path = dsc_path_join(folder, names.list[i]);
        if (!path) status = dsc_fail_memory(error, strlen(folder), "a path");
        if (dsc_is_folder(path))
            folders[set] = path;
        else
            free(path);
    }
    dsc_names_clear(&names);
    if (!status && folders[DSC_SET_TRAIN] && (folders[DSC_SET_VALIDATION] || folders[DSC_SET_TEST]))
        return DSC_OK;
    free_folders(folders);
    if (!status && !(folders[DSC_SET_TRAIN] = strdup(folder)))
        status = dsc_fail_memory(error, strlen(folder), "a path");
    return status;
}

static dsc_status has_picture(bool *any, const char *folder, dsc_error *error) {
    dsc_names names = {0};
    dsc_status status = dsc_folder_look(&names, folder, error);
    for (size_t i = 0; i < names.count && !*any; i++) *any = picture_is_name(names.list[i]);
    dsc_names_clear(&names);
    return status;
}

dsc_status pictures_are_in(bool *there, const char *folder, dsc_error *error) {
    char *folders[DSC_SETS];
    dsc_names names = {0};
    *there = false;
    dsc_status status = pictures_split(folders, folder, error);
    if (!status) status = dsc_folder_look(&names, folders[DSC_SET_TRAIN], error);
    for (size_t i = 0; i < names.count && !*there && !status; i++) {
        char *path = dsc_path_join(folders[DSC_SET_TRAIN], names.list[i]);
        if (!path) status = dsc_fail_memory(error, strlen(folder), "a path");
        if (dsc_is_folder(path)) status = has_picture(there, path, error);
        free(path);
    }
    dsc_names_clear(&names);
    free_folders(folders);
    return status;
}

/* --- classes --- */

static dsc_status add_entry(pictures_list *list, char *path, uint8_t label, dsc_error *error) {
    if (!path || !dsc_grow(&list->entries, &list->capacity, list->count + 1, sizeof *list->entries)) {
        free(path);
        return dsc_fail_memory(error, sizeof *list->entries, "the list of pictures");
    }
    list->entries[list->count++] = (pictures_entry){path, label};
    return DSC_OK;
}

static dsc_status list_class(pictures_list *list, const char *folder, uint8_t label, dsc_error *error) {
    dsc_names files = {0};
    size_t before = list->count;
    dsc_status status = dsc_folder_list(&files, folder, error);
    for (size_t i = 0; !status && i < files.count; i++) {
        char *path = dsc_path_join(folder, files.list[i]);
        if (!path) status = dsc_fail_memory(error, strlen(folder), "a path");
        if (dsc_is_folder(path)) {
            status = dsc_fail(error, DSC_ERROR_FORMAT,
                              "%s: expected pictures in the folder of a class, found a folder; name the "
                              "folder whose folders are the classes",
                              path);
            free(path);
        } else if (path && !picture_is_name(files.list[i])) {
            list->passed_over++;
            free(path);
        } else {
            status = add_entry(list, path, label, error);
        }
    }
    dsc_names_clear(&files);
    if (!status && list->count == before) {
        status = dsc_fail(error, DSC_ERROR_FORMAT,
                          "%s: expected pictures of this class, such as *.png or *.jpg, found none", folder);
    }
    return status;
}

/* Names go to labels.txt, one per line, in UTF-8. Latin-1 letters have the same numbers in Unicode, so the
 * message can suggest a new name. */
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

/* Adds an entry of the class folder: a class; a picture is an error, because it would be lost silently;
 * others are skipped. */
static dsc_status add_class(pictures_list *list, dsc_label_names *names, size_t *classes, const char *folder,
                            const char *name, dsc_error *error) {
    char *path = dsc_path_join(folder, name);
    uint8_t label;
    dsc_status status = DSC_OK;
    if (!path) return dsc_fail_memory(error, strlen(folder) + strlen(name), folder);
    if (dsc_is_folder(path)) {
        ++*classes;
        status = check_class_name(name, folder, path, error);
        if (!status) status = dsc_label_number(&label, names, name, strlen(name), folder, error);
        if (!status) status = list_class(list, path, label, error);
    } else if (picture_is_name(name)) {
        status = dsc_fail(error, DSC_ERROR_FORMAT,
                          "%s: expected pictures in folders named by class, found a picture outside of them",
                          path);
    } else {
        list->passed_over++;
    }
    free(path);
    return status;
}

dsc_status pictures_list_add(pictures_list *list, dsc_label_names *names, const char *folder,
                             dsc_error *error) {
    dsc_names all = {0};
    size_t classes = 0;
    dsc_status status = dsc_folder_list(&all, folder, error);
    for (size_t i = 0; i < all.count && !status; i++)
        status = add_class(list, names, &classes, folder, all.list[i], error);
    dsc_names_clear(&all);
    if (!status && !classes)
        return dsc_fail(error, DSC_ERROR_FORMAT, "%s: expected folders named by class, found none", folder);
    return status;
}

void pictures_list_free(pictures_list *list) {
    for (size_t i = 0; i < list->count; i++) free(list->entries[i].path);
    free(list->entries);
    *list = (pictures_list){0};
}
