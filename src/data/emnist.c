/* SPDX-License-Identifier: MIT */
/* emnist.c: converts EMNIST's files; see emnist.h. */
#include "data/emnist.h"

#include "base/encoding.h"
#include "base/error.h"
#include "base/file.h"
#include "base/visible.h"
#include "data/find.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAPPING_MOST = 1 << 16, CLASSES_MOST = 256, CHARACTER = 8 };

static const char *name_of(const char *path) {
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

bool dsc_emnist_is(const char *path) {
    int which;
    size_t prefix;
    const char *name = name_of(path);
    return dsc_mnist_name(&which, &prefix, name) && dsc_known_is_sideways(name);
}

/* Replaces the content's array by `array`, and takes it over. */
static void replace(dsc_content *content, const dsc_array *array) {
    const size_t size = content->size;
    const uint32_t crc = content->crc; /* the file's stay */
    dsc_content_clear(content);
    content->array = *array;
    content->size = size;
    content->crc = crc;
    content->changed = true;
}

dsc_status dsc_emnist_turn(dsc_content *images, dsc_error *error) {
    const dsc_array *from = &images->array;
    if (!from->data || from->type != DSC_U8 || from->rank != 3) return DSC_OK;
    const size_t count = from->shape[0], height = from->shape[2], width = from->shape[1];
    const size_t shape[3] = {count, height, width};
    dsc_array turned;
    dsc_status status = dsc_array_create(&turned, DSC_U8, 3, shape, error);
    if (status) return status;
    const uint8_t *in = from->data;
    uint8_t *out = turned.data;
    for (size_t i = 0; i < count; i++, in += height * width)
        for (size_t y = 0; y < height; y++)
            for (size_t x = 0; x < width; x++) *out++ = in[x * height + y];
    replace(images, &turned);
    return DSC_OK;
}

/* --- classes --- */

/* The characters of labels, in UTF-8; empty: no such label. */
typedef struct mapping {
    char character[CLASSES_MOST][CHARACTER];
    size_t first, end; /* of labels */
} mapping;

static void put(mapping *m, size_t label, uint32_t code) {
    char *out = m->character[label];
    out[dsc_utf8_put(out, code)] = '\0';
    if (label < m->first) m->first = label;
    if (label >= m->end) m->end = label + 1;
}

/* Parses lines "LABEL CODE [CODE]". */
static dsc_status read_mapping(mapping *m, char *text, const char *path, dsc_error *error) {
    size_t line = 0;
    for (char *next, *at = text; at && *at; at = next) {
        next = strchr(at, '\n');
        if (next) *next++ = '\0';
        line++;
        unsigned label, code;
        char rest;
        if (at[strspn(at, " \t\r")] == '\0') continue;
        const int numbers = sscanf(at, "%6u %6u%c", &label, &code, &rest);
        if (numbers < 2 || (numbers > 2 && !strchr(" \t\r", rest)) || label >= CLASSES_MOST || code < 33 ||
            code > 0xFFFF || (code >= 0x7F && code < 0xA0) || (code >= 0xD800 && code < 0xE000))
            return dsc_fail(
                error, DSC_ERROR_FORMAT,
                "%s: line %zu: expected a label below %d and the code of a character, found \"%.40s\"; copy "
                "EMNIST's mapping again, or remove it",
                path, line, CLASSES_MOST, at);
        if (m->character[label][0])
            return dsc_fail(error, DSC_ERROR_FORMAT,
                            "%s: line %zu: label %u has a character already; copy EMNIST's mapping again, or "
                            "remove it",
                            path, line, label);
        put(m, label, code);
        for (size_t i = 0; i < CLASSES_MOST; i++)
            if (i != label && !strcmp(m->character[i], m->character[label]))
                return dsc_fail(
                    error, DSC_ERROR_FORMAT,
                    "%s: line %zu: labels %zu and %u have the same character; copy EMNIST's mapping "
                    "again, or remove it",
                    path, line, i, label);
    }
    for (size_t i = m->first; i < m->end; i++)
        if (!m->character[i][0])
            return dsc_fail(error, DSC_ERROR_FORMAT,
                            "%s: expected a line for label %zu; copy EMNIST's mapping again, "
                            "or remove it",
                            path, i);
    if (!m->end) return dsc_fail(error, DSC_ERROR_FORMAT, "%s: is empty; copy EMNIST's mapping again", path);
    return DSC_OK;
}

/* The number of characters of the file's name before "test" or "train". */
static size_t prefix_of(const char *path) {
    int which;
    size_t prefix;
    return dsc_mnist_name(&which, &prefix, name_of(path)) ? prefix : 0;
}

char *dsc_emnist_mapping(const char *images_path) {
    const size_t kept = (size_t)(name_of(images_path) - images_path) + prefix_of(images_path);
    char *path = malloc(kept + sizeof "mapping.txt");
    if (path) (void)sprintf(path, "%.*smapping.txt", (int)kept, images_path);
    return path;
}

/* Finds the mapping beside the images, or the published one; m->end is 0 if there is neither. */
static dsc_status find_mapping(mapping *m, const char *images_path, dsc_error *error) {
    memset(m, 0, sizeof *m);
    m->first = CLASSES_MOST;
    char *path = dsc_emnist_mapping(images_path);
    if (!path) return dsc_fail_memory(error, strlen(images_path), "a path");
    unsigned char *text = NULL;
    size_t size;
    dsc_error why;
    dsc_status status = dsc_file_read(&text, &size, path, MAPPING_MOST, &why);
    if (!status) {
        status = dsc_utf8_expect(text, size, path, error);
        if (!status) status = read_mapping(m, (char *)text + dsc_utf8_mark(text, size), path, error);
    } else if (status == DSC_ERROR_MEMORY) {
        if (error) *error = why;
    } else {
        status = DSC_OK;
        const size_t prefix = prefix_of(images_path);
        const dsc_known_data *known = prefix ? dsc_known_started(name_of(images_path), prefix - 1) : NULL;
        for (size_t k = 0; known && known->class_names && k < known->classes; k++)
            put(m, known->first_label + k, (unsigned char)known->class_names[k][0]);
    }
    free(text);
    free(path);
    return status;
}

/* Whether every label is one of the mapping's. */
static bool fits(const mapping *m, dsc_content *const *labels, size_t count) {
    for (size_t k = 0; k < count; k++) {
        const dsc_array *array = &labels[k]->array;
        if (array->type != DSC_U8 || array->rank != 1) continue; /* dsc_dataset_adopt reports it */
        const uint8_t *label = array->data;
        for (size_t i = 0; label && i < array->shape[0]; i++)
            if (label[i] < m->first || label[i] >= m->end) return false;
    }
    return true;
}

/* Subtracts `first` from labels, in a copy, because those of the cache are read-only. */
static dsc_status shift(dsc_content *labels, size_t first, dsc_error *error) {
    const dsc_array *from = &labels->array;
    if (!first || !from->data || from->type != DSC_U8 || from->rank != 1) return DSC_OK;
    dsc_array shifted;
    dsc_status status = dsc_array_create(&shifted, DSC_U8, 1, from->shape, error);
    if (status) return status;
    for (size_t i = 0; i < from->shape[0]; i++)
        ((uint8_t *)shifted.data)[i] = (uint8_t)(((const uint8_t *)from->data)[i] - first);
    replace(labels, &shifted);
    return DSC_OK;
}

dsc_status dsc_emnist_classes(char ***names, size_t *classes, dsc_content *const *labels, size_t count,
                              const char *images_path, dsc_error *error) {
    *names = NULL;
    mapping m;
    dsc_status status = find_mapping(&m, images_path, error);
    if (status || !m.end || !fits(&m, labels, count)) return status;
    for (size_t k = 0; k < count && !status; k++) status = shift(labels[k], m.first, error);
    if (status) return status;
    *classes = m.end - m.first;
    char **block = malloc(*classes * (sizeof *block + CHARACTER));
    if (!block) return dsc_fail_memory(error, *classes * CHARACTER, "the names of classes");
    for (size_t i = 0; i < *classes; i++)
        block[i] = memcpy((char *)(block + *classes) + i * CHARACTER, m.character[m.first + i], CHARACTER);
    *names = block;
    return DSC_OK;
}
