/* SPDX-License-Identifier: MIT */
/* form_cifar.c: CIFAR-10's binary version (Krizhevsky, "Learning Multiple Layers of Features from Tiny
 * Images", 2009): data_batch_1.bin to data_batch_5.bin and test_batch.bin, each a sequence of records of one
 * label and 3 x 32 x 32 bytes; and batches.meta.txt with the class names, one per line. */
#include "data/form.h"

#include "base/encoding.h"
#include "base/error.h"
#include "base/file.h"
#include "base/memory.h"
#include "data/array.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { CHANNELS = 3, SIDE = 32, IMAGE = CHANNELS * SIDE * SIDE, RECORD = 1 + IMAGE };
enum { BATCHES_MOST = 9, META_MOST = 1 << 16 };
#define FILE_LIMIT ((size_t)1 << 30)
#define META       "batches.meta.txt"

/* "data_batch_1.bin", ...; number 0 is the test set. */
static char *batch_path(const char *folder, int number) {
    char name[32];
    (void)snprintf(name, sizeof name, number ? "data_batch_%d.bin" : "test_batch.bin", number);
    return dsc_path_join(folder, name);
}

static dsc_status recognises(bool *its, const dsc_data_place *place, dsc_error *error) {
    struct stat info;
    *its = false;
    if (!place->is_folder) return DSC_OK;
    char *path = batch_path(place->path, 1);
    if (!path) return dsc_fail_memory(error, strlen(place->path), "a path");
    *its = !stat(path, &info) && S_ISREG(info.st_mode);
    free(path);
    return DSC_OK;
}

/* Calls `visit` for the batches of one set in order. */
static dsc_status each_batch(const char *folder, int first, int last, dsc_path_visitor *visit, void *user,
                             dsc_error *error) {
    dsc_status status = DSC_OK;
    for (int i = first; i <= last && !status; i++) {
        char *path = batch_path(folder, i);
        if (!path) return dsc_fail_memory(error, strlen(folder), "a path");
        if (!access(path, F_OK)) status = visit(user, path, error);
        free(path);
    }
    return status;
}

typedef struct reading {
    dsc_sets *sets;
    dsc_set *set;
    char *names[DSC_LABELS_MOST]; /* lines in `meta` */
    size_t count, at;             /* names; images of the set so far */
    unsigned char *meta;
} reading;

/* Reads the lines of batches.meta.txt, if the file exists. */
static dsc_status read_names(reading *r, const char *folder, dsc_error *error) {
    char *path = dsc_path_join(folder, META);
    if (!path) return dsc_fail_memory(error, strlen(folder), "a path");
    size_t size = 0;
    dsc_status status = DSC_OK;
    if (!access(path, F_OK)) status = dsc_file_read(&r->meta, &size, path, META_MOST, error);
    if (!status && r->meta) status = dsc_utf8_expect(r->meta, size, path, error);
    for (char *line = status ? NULL : (char *)r->meta; line && *line && r->count < DSC_LABELS_MOST;) {
        char *next = line + strcspn(line, "\n");
        const bool more = *next == '\n';
        *next = '\0';
        line[strcspn(line, "\r")] = '\0';
        if (*line) r->names[r->count++] = line;
        line = next + more;
    }
    free(path);
    return status;
}

static dsc_status count_batch(void *user, const char *path, dsc_error *error) {
    reading *r = user;
    struct stat info;
    if (stat(path, &info)) return dsc_fail_system(error, path, "cannot be read");
    const uint64_t size = (uint64_t)info.st_size;
    if (!size || size % RECORD || size > FILE_LIMIT)
        return dsc_fail(error, DSC_ERROR_FORMAT,
                        "%s: holds %llu bytes, expected records of %d, one label and 3 x 32 x 32 pixels; the "
                        "file is cut short or is no batch of CIFAR-10: copy it again",
                        path, (unsigned long long)size, RECORD);
    r->set->labelled += (size_t)(size / RECORD);
    return DSC_OK;
}

static dsc_status take_batch(void *user, const char *path, dsc_error *error) {
    reading *r = user;
    unsigned char *bytes;
    size_t size;
    dsc_status status = dsc_file_read(&bytes, &size, path, FILE_LIMIT, error);
    if (status) return status;
    const size_t count = size / RECORD;
    if (size % RECORD || count > r->set->labelled - r->at)
        status = dsc_fail(error, DSC_ERROR_IO, "%s: changed while it was read; try again", path);
    for (size_t i = 0; i < count && !status; i++) {
        const unsigned char *record = bytes + i * RECORD;
        char number[8];
        (void)snprintf(number, sizeof number, "%u", record[0]);
        if (r->count && record[0] >= r->count) {
            status = dsc_fail(error, DSC_ERROR_FORMAT,
                              "%s: the label of image %zu is %u, but %s names %zu classes; copy both again",
                              path, i, record[0], META, r->count);
            break;
        }
        const char *text = r->count ? r->names[record[0]] : number;
        status = dsc_label_number(&r->set->labels[r->at], &r->sets->names, text, strlen(text), path, error);
        memcpy((uint8_t *)r->set->images.data + r->at * IMAGE, record + 1, IMAGE);
        r->at++;
    }
    free(bytes);
    return status;
}

static dsc_status read_set(reading *r, int set, const char *folder, dsc_error *error) {
    const int first = set == DSC_SET_TRAIN, last = first ? BATCHES_MOST : 0;
    r->set = &r->sets->set[set];
    r->at = 0;
    dsc_status status = each_batch(folder, first, last, count_batch, r, error);
    if (status || !r->set->labelled) return status;
    const size_t shape[4] = {r->set->labelled, CHANNELS, SIDE, SIDE};
    r->set->labels = dsc_allocate(r->set->labelled, 1);
    r->set->source = strdup(folder);
    if (!r->set->labels || !r->set->source) return dsc_fail_memory(error, r->set->labelled, folder);
    status = dsc_array_create(&r->set->images, DSC_U8, 4, shape, error);
    if (!status) status = each_batch(folder, first, last, take_batch, r, error);
    if (!status && r->at != r->set->labelled)
        status = dsc_fail(error, DSC_ERROR_IO, "%s: changed while it was read; try again", folder);
    return status;
}

static dsc_status open_batches(dsc_opening *o, const char *path, dsc_error *error) {
    reading r = {.sets = &o->sets};
    dsc_status status = read_names(&r, path, error);
    if (!status) status = read_set(&r, DSC_SET_TRAIN, path, error);
    if (!status) status = read_set(&r, DSC_SET_TEST, path, error);
    if (!status)
        dsc_understand(&o->understood, "classes", r.count ? "named by %s" : "numbers, because %s is missing",
                       META);
    free(r.meta);
    return status;
}

static dsc_status visit_batches(const char *path, dsc_path_visitor *visit, void *user, dsc_error *error) {
    char *meta = dsc_path_join(path, META);
    dsc_status status = meta ? DSC_OK : dsc_fail_memory(error, strlen(path), "a path");
    if (!status && !access(meta, F_OK)) status = visit(user, meta, error);
    free(meta);
    return status ? status : each_batch(path, 0, BATCHES_MOST, visit, user, error);
}

const dsc_data_form dsc_data_form_cifar = {
    .name = "cifar",
    .help =
        "binary files of CIFAR-10 in a folder: data_batch_1.bin and so on, test_batch.bin, batches.meta.txt",
    .recognises = recognises,
    .open = open_batches,
    .visit = visit_batches,
};
