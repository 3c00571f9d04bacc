/* SPDX-License-Identifier: MIT */
/* class_names.c: finds the class names of a folder's data; see class_names.h. */
#include "data/class_names.h"

#include "base/encoding.h"
#include "base/error.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/visible.h"
#include "data/emnist.h"
#include "data/writers.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { NAMES_LIMIT = 1 << 16, CLASSES_LIMIT = 256, CLASSES_OF_DIGITS = 10 };

static dsc_status check_name(const char *const *names, size_t count, const char *path, dsc_error *error) {
    const char *name = names[count];
    if (!*name)
        return dsc_fail(error, DSC_ERROR_FORMAT, "%s: line %zu is empty: expected the name of class %zu",
                        path, count + 1, count);
    dsc_error why;
    if (dsc_name_check(name, "the class name", &why))
        return dsc_fail(error, DSC_ERROR_FORMAT, "%s: line %zu: %s", path, count + 1, why.message);
    for (size_t i = 0; i < count; i++)
        if (!strcmp(names[i], name))
            return dsc_fail(error, DSC_ERROR_FORMAT,
                            "%s: lines %zu and %zu both say \"%s\": expected a different name for each class",
                            path, i + 1, count + 1, name);
    return DSC_OK;
}

/* Cuts the text into its lines, in place. */
static dsc_status split_names(char **names, size_t *count, char *text, size_t size, const char *path,
                              dsc_error *error) {
    *count = 0;
    dsc_status encoded = dsc_utf8_expect(text, size, path, error);
    if (encoded) return encoded;
    if (memchr(text, 0, size))
        return dsc_fail(error, DSC_ERROR_FORMAT,
                        "%s: holds zero bytes: expected UTF-8 text with one class name per line", path);
    text += dsc_utf8_mark(text, size);
    /* Ignores empty lines at the end, which some editors add. */
    for (size_t end = strlen(text); end && strchr("\r\n ", text[end - 1]);) text[--end] = '\0';
    while (*text) {
        size_t length = strcspn(text, "\n");
        char *next = text + length + (text[length] ? 1 : 0);
        text[length] = '\0';
        while (length && (text[length - 1] == '\r' || text[length - 1] == ' ')) text[--length] = '\0';
        if (*count == CLASSES_LIMIT)
            return dsc_fail(error, DSC_ERROR_FORMAT,
                            "%s: has more than %d lines: expected one line per class", path, CLASSES_LIMIT);
        names[*count] = text;
        dsc_status status = check_name((const char *const *)names, *count, path, error);
        if (status) return status;
        (*count)++;
        text = next;
    }
    if (*count) return DSC_OK;
    return dsc_fail(error, DSC_ERROR_FORMAT, "%s: is empty: expected one class name per line", path);
}

/* *names is one block; *count 1 to 256. */
static dsc_status read_names(char ***names, size_t *count, const char *path, dsc_error *error) {
    *names = NULL;
    *count = 0;
    unsigned char *text;
    size_t size;
    dsc_status status = dsc_file_read(&text, &size, path, NAMES_LIMIT, error);
    if (status) return status;
    const size_t room = CLASSES_LIMIT * sizeof(char *);
    char **block = malloc(room + size + 1);
    if (block) {
        memcpy((char *)block + room, text, size + 1);
        status = split_names(block, count, (char *)block + room, size, path, error);
    } else {
        status = dsc_fail_memory(error, room + size + 1, path);
    }
    free(text);
    if (status) {
        free(block);
        *count = 0;
        return status;
    }
    *names = block;
    return DSC_OK;
}

dsc_status dsc_classes_find(char ***names, size_t *classes, const char *folder,
                            const dsc_content *const *labels, size_t count, dsc_error *error) {
    *names = NULL;
    *classes = CLASSES_OF_DIGITS;
    for (size_t k = 0; k < count; k++) {
        const dsc_array *array = &labels[k]->array;
        if (array->type != DSC_U8 || array->rank != 1) continue; /* dsc_dataset_adopt reports it */
        const uint8_t *label = array->data;
        for (size_t i = 0; i < array->shape[0]; i++)
            if (label[i] >= *classes) *classes = label[i] + (size_t)1;
    }
    char *path = dsc_path_join(folder, "labels.txt");
    if (!path) return dsc_fail_memory(error, strlen(folder), "a path");
    struct stat info;
    dsc_status status = DSC_OK;
    if (!stat(path, &info) || (errno != ENOENT && errno != ENOTDIR))
        status = read_names(names, classes, path, error);
    free(path);
    return status;
}

dsc_status dsc_classes_settle(char ***names, size_t *classes, dsc_content *const *images,
                              dsc_content *const *labels, size_t count, const char *images_path,
                              const char *folder, dsc_error *error) {
    *names = NULL;
    dsc_status status = DSC_OK;
    for (size_t i = 0; i < count && !status; i++) status = dsc_writers_take(labels[i], folder, error);
    if (status) return status;
    const bool emnist = images_path && dsc_emnist_is(images_path);
    for (size_t i = 0; emnist && i < count && !status; i++) status = dsc_emnist_turn(images[i], error);
    if (emnist && !status) status = dsc_emnist_classes(names, classes, labels, count, images_path, error);
    if (status || *names) return status;
    return dsc_classes_find(names, classes, folder, (const dsc_content *const *)labels, count, error);
}
