/* SPDX-License-Identifier: MIT */
/* question.c: a study's question, stored as study.json in its folder. */
#include "study/work.h"

#include "base/error.h"
#include "base/file.h"
#include "base/json.h"
#include "base/visible.h"
#include "data/folds.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { FORMAT = 1, FILE_MOST = 1 << 24 };

enum { KINDS = DSC_STUDY_ANSWERS + 1 };
static const char *const kinds[KINDS] = {"folds", "curve", "answers"};
static const char *const commands[KINDS] = {"cross-validate", "learn-curve", "data suspects"};
static const char *const titles[KINDS] = {"a cross-validation", "a learning curve",
                                          "a search for doubtful labels"};

void dsc_study_question_clear(dsc_study_question *q) {
    dsc_recipe_clear(&q->recipe);
    free(q->name);
    free(q->kernels);
    free(q->data_name);
    json_decref(q->dataset);
    *q = (dsc_study_question){0};
}

/* --- writing --- */

static json_t *sizes_json(const dsc_study_question *q) {
    json_t *list = json_array();
    for (size_t i = 0; list && i < q->size_count; i++) {
        if (!json_array_append_new(list, json_integer((json_int_t)q->sizes[i]))) continue;
        json_decref(list);
        return NULL;
    }
    return list;
}

static json_t *data_json(const dsc_study_question *q) {
    json_t *json = dsc_fingerprint_to_json(&q->data);
    if (json && !json_object_set_new(json, "name", dsc_json_text(q->data_name)) &&
        !json_object_set(json, "dataset", q->dataset))
        return json;
    json_decref(json);
    return NULL;
}

json_t *dsc_study_question_json(const dsc_study_question *q) {
    json_t *json = json_pack("{s:i, s:s, s:s, s:o, s:o, s:s, s:I, s:I, s:b, s:o, s:o}", "format", FORMAT,
                             "kind", kinds[q->kind], "version", dsc_version(), "name", dsc_json_text(q->name),
                             "recipe", dsc_recipe_json(&q->recipe), "kernels", q->kernels, "folds",
                             (json_int_t)q->folds, "repeats", (json_int_t)q->repeats, "same_epochs",
                             (int)q->same_epochs, "sizes", sizes_json(q), "data", data_json(q));
    if (!q->has_others || (json && !json_object_set_new(json, "others", dsc_fingerprint_to_json(&q->others))))
        return json;
    json_decref(json);
    return NULL;
}

/* --- reading --- */

static dsc_status read_text(char **text, const json_t *json, const char *key, const char *name,
                            dsc_error *error) {
    const char *found = json_string_value(json_object_get(json, key));
    if (!found) return dsc_fail(error, DSC_ERROR_FORMAT, "%s: \"%s\": expected a text", name, key);
    free(*text);
    *text = strdup(found);
    if (!*text) return dsc_fail_memory(error, strlen(found), name);
    dsc_text_undo_bytes(*text);
    return DSC_OK;
}

static dsc_status read_count(size_t *count, const json_t *json, const char *what, size_t least, size_t most,
                             const char *name, dsc_error *error) {
    const json_int_t value = json_is_integer(json) ? json_integer_value(json) : -1;
    if (value < 0 || (size_t)value < least || (size_t)value > most)
        return dsc_fail(error, DSC_ERROR_FORMAT, "%s: \"%s\": expected a whole number from %zu to %zu", name,
                        what, least, most);
    *count = (size_t)value;
    return DSC_OK;
}

static dsc_status read_sizes(dsc_study_question *q, const json_t *list, const char *name, dsc_error *error) {
    const size_t count = json_array_size(list);
    if (count > DSC_STUDY_SIZES_MOST || (q->kind == DSC_STUDY_CURVE && !count))
        return dsc_fail(error, DSC_ERROR_FORMAT, "%s: \"sizes\": expected 1 to %d numbers", name,
                        DSC_STUDY_SIZES_MOST);
    dsc_status status = DSC_OK;
    for (q->size_count = 0; q->size_count < count && !status; q->size_count++)
        status = read_count(&q->sizes[q->size_count], json_array_get(list, q->size_count), "sizes", 1,
                            UINT32_MAX, name, error);
    return status;
}

static dsc_status read_data(dsc_study_question *q, const json_t *json, const json_t *others, const char *name,
                            dsc_error *error) {
    json_decref(q->dataset);
    q->dataset = json_incref(json_object_get(json, "dataset"));
    if (!dsc_fingerprint_from_json(&q->data, json) || !json_is_object(q->dataset))
        return dsc_fail(error, DSC_ERROR_FORMAT, "%s: \"data\": expected the data that the study is of",
                        name);
    q->has_others = others != NULL;
    if (others && !dsc_fingerprint_from_json(&q->others, others))
        return dsc_fail(error, DSC_ERROR_FORMAT,
                        "%s: \"others\": expected the images of no class that the study is of", name);
    return read_text(&q->data_name, json, "name", name, error);
}

static dsc_status read_kind(dsc_study_question *q, const json_t *json, const char *name, dsc_error *error) {
    const char *kind = json_string_value(json_object_get(json, "kind"));
    const json_t *format = json_object_get(json, "format");
    int number = 0;
    while (kind && number < KINDS && strcmp(kind, kinds[number]) != 0) number++;
    if (!kind || !json_is_integer(format) || number == KINDS)
        return dsc_fail(error, DSC_ERROR_FORMAT, "%s: expected a study's question, found something else",
                        name);
    if (json_integer_value(format) > FORMAT)
        return dsc_fail(
            error, DSC_ERROR_UNSUPPORTED,
            "%s: has format %lld, but this version reads formats up to %d; use a newer version of descender",
            name, (long long)json_integer_value(format), FORMAT);
    q->kind = (dsc_study_kind)number;
    return DSC_OK;
}

dsc_status dsc_study_question_read(dsc_study_question *q, const json_t *json, const char *name,
                                   dsc_error *error) {
    dsc_status status = read_kind(q, json, name, error);
    if (!status) status = dsc_recipe_from_part(&q->recipe, json_object_get(json, "recipe"), name, error);
    if (!status) status = read_text(&q->name, json, "name", name, error);
    if (!status) status = read_text(&q->kernels, json, "kernels", name, error);
    if (!status)
        status =
            read_count(&q->folds, json_object_get(json, "folds"), "folds", 0, DSC_FOLDS_MOST, name, error);
    if (!status)
        status = read_count(&q->repeats, json_object_get(json, "repeats"), "repeats", 0,
                            DSC_STUDY_REPEATS_MOST, name, error);
    if (!status) status = read_sizes(q, json_object_get(json, "sizes"), name, error);
    if (!status)
        status = read_data(q, json_object_get(json, "data"), json_object_get(json, "others"), name, error);
    q->same_epochs = json_is_true(json_object_get(json, "same_epochs"));
    return status;
}

/* --- in the folder --- */

static dsc_status read_file(dsc_study_question *q, const char *path, dsc_error *error) {
    unsigned char *bytes;
    size_t size;
    json_t *json = NULL;
    dsc_status status = dsc_file_read(&bytes, &size, path, FILE_MOST, error);
    if (status) return status;
    status = dsc_json_parse(&json, bytes, size, JSON_REJECT_DUPLICATES, path, error);
    if (!status) status = dsc_study_question_read(q, json, path, error);
    json_decref(json);
    free(bytes);
    return status;
}

dsc_status dsc_study_open(dsc_study_question *q, const char *folder, dsc_study_kind kind, dsc_error *error) {
    *q = (dsc_study_question){0};
    char word[DSC_SHELL_WORD], *path = dsc_path_join(folder, DSC_STUDY_QUESTION);
    if (!path) return dsc_fail_memory(error, strlen(folder), folder);
    dsc_status status = DSC_OK;
    if (access(path, F_OK))
        status = dsc_fail(error, DSC_ERROR_IO,
                          "'%s' is not %s: it holds no %s; name the folder that `descender %s` made", folder,
                          titles[kind], DSC_STUDY_QUESTION, commands[kind]);
    else
        status = read_file(q, path, error);
    if (!status && q->kind != kind)
        status = dsc_fail(error, DSC_ERROR_ARGUMENT, "'%s' is %s; continue it: descender %s --resume %s",
                          folder, titles[q->kind], commands[q->kind], dsc_shell_word(word, folder));
    free(path);
    return status;
}
