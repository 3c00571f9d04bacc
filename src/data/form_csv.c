/* SPDX-License-Identifier: MIT */
/* form_csv.c: tables of labels and pixels: one file, or one for training and one for testing, plain or
 * gzip. */
#include "data/form.h"

#include "base/encoding.h"
#include "base/error.h"
#include "base/file.h"
#include "base/folder.h"
#include "data/gzip.h"
#include "data/images.h"
#include "data/table.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define FILE_LIMIT ((size_t)1 << (sizeof(size_t) > 4 ? 36 : 30))

/* --- names --- */

/* The length of a table's name without its extension; 0: not a table's name. */
static size_t stem_of(const char *name) {
    static const char *const endings[] = {".csv", ".tsv", ".csv.gz", ".tsv.gz"};
    const size_t length = strlen(name);
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        const size_t n = strlen(endings[i]);
        if (length > n && !strcasecmp(name + length - n, endings[i])) return length - n;
    }
    return 0;
}

/* Where `word` begins in "train.csv" or "mnist_train.csv"; NULL: the name does not end with it. */
static const char *ends_with(const char *name, size_t stem, const char *word) {
    const size_t n = strlen(word);
    if (stem < n || strncasecmp(name + stem - n, word, n) != 0) return NULL;
    return stem == n || strchr("-_. ", name[stem - n - 1]) ? name + stem - n : NULL;
}

static const char *file_name(const char *path) {
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

/* Finds the file beside `path` with `word` instead of "train" in its name; NULL: none. */
static dsc_status beside(char **other, const char *path, const char *word, dsc_error *error) {
    const char *name = file_name(path), *train = ends_with(name, stem_of(name), "train");
    *other = NULL;
    if (!train) return DSC_OK;
    dsc_text text = {0};
    dsc_text_append(&text, "%.*s%s%s", (int)(train - path), path, word, train + strlen("train"));
    if (text.failed) return dsc_fail_memory(error, strlen(path), "a path");
    if (dsc_is_there(text.data))
        *other = text.data;
    else
        dsc_text_free(&text);
    return DSC_OK;
}

/* Finds the table of a folder: the training table, or the only one; a file stands for itself. NULL: none, or
 * ambiguous. */
static dsc_status table_of(char **path, const char *folder, dsc_error *error) {
    dsc_names names = {0};
    size_t found = SIZE_MAX, tables = 0, trains = 0;
    *path = NULL;
    if (!dsc_is_folder(folder)) {
        *path = strdup(folder);
        return *path ? DSC_OK : dsc_fail_memory(error, strlen(folder), "a path");
    }
    dsc_status status = dsc_folder_look(&names, folder, error);
    for (size_t i = 0; i < names.count; i++) {
        const size_t stem = stem_of(names.list[i]);
        if (!stem) continue;
        const bool train = ends_with(names.list[i], stem, "train");
        tables++;
        trains += train;
        if (train || (tables == 1 && !trains)) found = i;
    }
    if (!status && (trains == 1 || (!trains && tables == 1)) &&
        !(*path = dsc_path_join(folder, names.list[found])))
        status = dsc_fail_memory(error, strlen(folder), "a path");
    dsc_names_clear(&names);
    return status;
}

static dsc_status recognises(bool *its, const dsc_data_place *place, dsc_error *error) {
    if (place->is_folder) {
        char *path;
        dsc_status status = table_of(&path, place->path, error);
        *its = path != NULL;
        free(path);
        return status;
    }
    const bool named = stem_of(file_name(place->path)) > 0;
    /* Accepts UTF-16, as some spreadsheets write it, to refuse it with a remedy. */
    *its = named &&
           (place->kind == DSC_KIND_GZIP || place->kind == DSC_KIND_UTF16 || place->kind == DSC_KIND_EMPTY);
    return *its ? DSC_OK : dsc_table_recognise(its, place->start, place->size, named, error);
}

/* --- reading --- */

static dsc_status read_text(char **text, size_t *size, const char *path, dsc_error *error) {
    unsigned char *bytes;
    *text = NULL;
    dsc_status status = dsc_file_read(&bytes, size, path, FILE_LIMIT, error);
    if (!status && dsc_is_gzip(bytes, *size)) {
        unsigned char *block;
        uint32_t crc;
        const size_t packed = *size;
        status = dsc_gunzip(&block, size, &crc, bytes, packed, 0, path, error);
        free(bytes);
        if (status) return status;
        block[*size] = 0;
        bytes = block;
    }
    if (status) return status;
    if (*size >= 2 && ((bytes[0] == 0xFF && bytes[1] == 0xFE) || (bytes[0] == 0xFE && bytes[1] == 0xFF))) {
        status = dsc_utf8_expect(bytes, *size, path, error); /* the message says how to convert it */
        free(bytes);
        return status ? status : dsc_fail(error, DSC_ERROR_FORMAT, "%s: expected UTF-8, found UTF-16", path);
    }
    *text = (char *)bytes;
    return DSC_OK;
}

static dsc_status take(dsc_table *table, dsc_opening *o, int which, const char *path, const dsc_table *like,
                       dsc_error *error) {
    char *text;
    size_t size;
    dsc_set *set = &o->sets.set[which];
    dsc_status status = read_text(&text, &size, path, error);
    if (status) return status;
    status = dsc_table_parse(table, set, &o->sets.names, text, size, like, o->reading, path, error);
    free(text);
    if (status || table->unlabelled) return status;
    set->source = strdup(path);
    return set->source ? DSC_OK : dsc_fail_memory(error, strlen(path), "a path");
}

static void tell(dsc_opening *o, const dsc_table *table, int which, const char *path) {
    static const char *const names[] = {"training set", "validation set", "test set"};
    dsc_understand(&o->understood, names[which], "%s (%zu rows)", file_name(path),
                   o->sets.set[which].labelled);
    if (which != DSC_SET_TRAIN) return;
    dsc_understand(&o->understood, "labels", "%s of %zu%s", table->label_text, table->columns,
                   table->header    ? ", named by the header"
                   : table->guessed ? ", recognised by its numbers"
                                    : ", as asked");
    dsc_understand(&o->understood, "pixels", "%zu columns, %s", table->pixels, table->number_text);
    if (table->guessed)
        dsc_remark(&o->remarks,
                   "%s: no column name says which column holds the labels, so the %s is used; --label-column "
                   "names another",
                   path, table->label_text);
}

static dsc_status take_beside(dsc_opening *o, const dsc_table *train, const char *path, dsc_error *error) {
    static const char *const words[] = {NULL, "val", "test"};
    dsc_status status = DSC_OK;
    for (int which = DSC_SET_VALIDATION; which < DSC_SETS && !status; which++) {
        dsc_table table;
        char *other;
        status = beside(&other, path, words[which], error);
        if (!other) continue;
        status = take(&table, o, which, other, train, error);
        if (!status && table.unlabelled)
            dsc_remark(&o->remarks, "%s: has no labels, as in Kaggle's test.csv, and is not used", other);
        else if (!status)
            tell(o, &table, which, other);
        free(other);
    }
    return status;
}

static dsc_status open_table(dsc_opening *o, const char *path, dsc_error *error) {
    dsc_table table;
    char *file;
    dsc_status status = table_of(&file, path, error);
    if (status) return status;
    if (!file) return dsc_fail(error, DSC_ERROR_IO, "%s: the table is gone; check the path", path);
    status = take(&table, o, DSC_SET_TRAIN, file, NULL, error);
    if (!status && table.unlabelled)
        status =
            dsc_fail(error, DSC_ERROR_FORMAT,
                     "%s: has no labels: its header names %zu columns of pixels, as in Kaggle's test.csv; "
                     "name the table with labels, train.csv, or the column with --label-column",
                     file, table.columns);
    if (!status) tell(o, &table, DSC_SET_TRAIN, file);
    if (!status) status = take_beside(o, &table, file, error);
    free(file);
    return status;
}

static dsc_status visit_files(const char *path, dsc_path_visitor *visit, void *user, dsc_error *error) {
    char *file;
    dsc_status status = table_of(&file, path, error);
    if (status) return status;
    if (!file) return dsc_fail(error, DSC_ERROR_IO, "%s: the table is gone; check the path", path);
    status = visit(user, file, error);
    static const char *const words[] = {"val", "test"};
    for (size_t i = 0; i < 2 && !status; i++) {
        char *other;
        status = beside(&other, file, words[i], error);
        if (other) status = visit(user, other, error);
        free(other);
    }
    free(file);
    return status;
}

const dsc_data_form dsc_data_form_csv = {
    .name = "csv",
    .help = "table of labels and pixels, CSV or TSV, plain or gzip; train.csv is used together with test.csv "
            "beside it",
    .recognises = recognises,
    .open = open_table,
    .visit = visit_files,
};
