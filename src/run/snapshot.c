/* SPDX-License-Identifier: MIT */
/* snapshot.c: runs a few images through the current network; see snapshot.h. */
#include "run/snapshot.h"

#include "base/error.h"
#include "base/file.h"
#include "base/memory.h"
#include "measure/hidden.h"
#include "measure/mistakes.h"
#include "measure/plane.h"
#include "model/native.h"
#include "run/names.h"

#include <dirent.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct shot {
    const dsc_trainer *trainer;
    dsc_model model; /* the trainer's, with the weights to be measured */
    double epoch;
    dsc_dataset *data;
    uint32_t *index; /* numbers of its samples in the whole set, then in `data` */
    size_t *answers; /* (count) */
    dsc_metrics metrics;
    dsc_mistakes mistakes;
} shot;

/* ---- the samples ---- */

static const dsc_dataset *whole(const dsc_trainer *t) { return t->validation ? t->validation : t->training; }

static dsc_status choose(shot *s, dsc_error *error) {
    const dsc_dataset *all = whole(s->trainer);
    const size_t count = all->count < DSC_SNAPSHOT_SAMPLES ? all->count : DSC_SNAPSHOT_SAMPLES;
    s->index = dsc_allocate(count, sizeof *s->index);
    s->answers = dsc_allocate(count, sizeof *s->answers);
    if (!s->index || !s->answers) return dsc_fail_memory(error, count * sizeof *s->answers, "a snapshot");
    for (size_t i = 0; i < count; i++) s->index[i] = (uint32_t)(i * all->count / count);
    return dsc_dataset_view(&s->data, all, s->index, count, "snapshot", error);
}

static int note(void *user, const dsc_answer *answer) {
    shot *s = user;
    s->answers[answer->sample] = answer->prediction;
    return dsc_mistakes_note(&s->mistakes, answer);
}

static dsc_status measure(shot *s, dsc_error *error) {
    const dsc_trainer *t = s->trainer;
    dsc_evaluator *evaluator;
    dsc_status status = dsc_metrics_initialise(&s->metrics, t->model->classes, error);
    if (!status)
        status = dsc_evaluator_create(&evaluator, &s->model, 0, t->executor, t->parts.choice.kernels,
                                      t->parts.bf16, error);
    if (status) return status;
    status = dsc_evaluator_run(evaluator, &s->metrics, NULL, s->data, note, s, error);
    dsc_evaluator_free(evaluator);
    return status;
}

/* ---- JSON ---- */

static json_t *real_or_null(double value) { return isfinite(value) ? json_real(value) : json_null(); }

static json_t *confusion_json(const shot *s) {
    const size_t classes = s->metrics.classes;
    if (classes > DSC_SNAPSHOT_CLASSES) return json_null();
    json_t *rows = json_array();
    for (size_t i = 0; i < classes; i++) {
        json_t *row = json_array();
        for (size_t k = 0; k < classes; k++)
            (void)json_array_append_new(row, json_integer((json_int_t)s->metrics.confusion[i * classes + k]));
        (void)json_array_append_new(rows, row);
    }
    return rows;
}

static json_t *classes_json(const dsc_model *model) {
    json_t *names = json_array();
    for (size_t i = 0; i < model->classes; i++)
        (void)json_array_append_new(names, json_string(dsc_model_class_name(model, i)));
    return names;
}

static json_t *places_json(const shot *s, const double *places, const double share[2]) {
    json_t *x = json_array(), *y = json_array(), *labels = json_array(), *answers = json_array();
    for (size_t i = 0; i < s->data->count; i++) {
        (void)json_array_append_new(x, json_real(places[2 * i]));
        (void)json_array_append_new(y, json_real(places[2 * i + 1]));
        (void)json_array_append_new(labels, json_integer((json_int_t)dsc_dataset_label(s->data, i)));
        (void)json_array_append_new(answers, json_integer((json_int_t)s->answers[i]));
    }
    return json_pack("{s:[f, f], s:o, s:o, s:o, s:o}", "share", share[0], share[1], "x", x, "y", y, "labels",
                     labels, "answers", answers);
}

/* Gives null if there is no hidden layer, or its values are not finite. */
static dsc_status find_places(json_t **json, const shot *s, dsc_error *error) {
    const dsc_node *node = dsc_model_hidden(&s->model);
    const size_t count = s->data->count;
    *json = NULL;
    if (!node) return DSC_OK;
    double share[2], *places = dsc_allocate(count, 2 * sizeof *places);
    float *rows = NULL;
    for (size_t i = 0; i < count; i++) s->index[i] = (uint32_t)i;
    dsc_error why = {0};
    dsc_status status = places ? dsc_hidden_values(&rows, &s->model, node, s->data, s->index, count, &why)
                               : dsc_fail_memory(&why, count * sizeof *places, "a snapshot");
    if (!status) status = dsc_plane_find(places, share, rows, count, dsc_shape_count(&node->shape), &why);
    if (!status) *json = places_json(s, places, share);
    free(rows);
    free(places);
    return !status || status == DSC_ERROR_DIVERGED ? DSC_OK : dsc_fail(error, status, "%s", why.message);
}

static dsc_status describe(char **text, const shot *s, dsc_error *error) {
    json_t *places;
    *text = NULL;
    dsc_status status = find_places(&places, s, error);
    if (status) return status;
    const size_t shown = DSC_SNAPSHOT_PIXELS / s->data->image_size;
    json_t *json = json_pack(
        "{s:i, s:f, s:I, s:s, s:I, s:o, s:f, s:o, s:o, s:o, s:o}", "format", DSC_SNAPSHOT_FORMAT, "epoch",
        s->epoch, "step", (json_int_t)s->trainer->progress.step, "of",
        s->trainer->validation ? "held-out" : "training", "count", (json_int_t)s->data->count, "loss",
        real_or_null(dsc_metrics_loss(&s->metrics)), "accuracy", dsc_metrics_accuracy(&s->metrics), "classes",
        classes_json(&s->model), "confusion", confusion_json(s), "mistakes",
        dsc_mistakes_json(&s->mistakes, &s->model, s->data, shown), "places", places ? places : json_null());
    *text = json ? json_dumps(json, JSON_COMPACT | JSON_REAL_PRECISION(4)) : NULL;
    json_decref(json);
    return *text ? DSC_OK : dsc_fail_memory(error, DSC_SNAPSHOT_BYTES, "a snapshot");
}

/* ---- files ---- */

static bool is_due(const dsc_trainer *t) {
    const uint64_t apart = (dsc_trainer_epochs(t) + DSC_SNAPSHOTS - 1) / DSC_SNAPSHOTS;
    return !t->progress.position && (t->progress.epoch % apart == 0 || t->progress.finished);
}

/* Writes without waiting for the disk: a snapshot that a crash destroys is not needed. */
static dsc_status write_unsynced(const char *path, const void *bytes, size_t size, dsc_error *error) {
    dsc_file_writer *writer;
    dsc_status status = dsc_file_writer_open(&writer, path, error);
    if (status) return status;
    status = dsc_file_writer_append(writer, bytes, size, error);
    if (!status) return dsc_file_writer_commit_unsynced(writer, error);
    dsc_file_writer_abort(writer);
    return status;
}

static char *path_of(const char *folder, const char *name, const char *ending) {
    char file[64];
    (void)snprintf(file, sizeof file, "%s%s", name, ending);
    return dsc_path_join(folder, file);
}

/* Writes the network with its epoch. */
static dsc_status write_network(const char *path, const shot *s, dsc_error *error) {
    char epoch[32];
    unsigned char *bytes = NULL;
    size_t size;
    dsc_model model = s->model;
    model.about = json_copy(s->model.about);
    (void)snprintf(epoch, sizeof epoch, "%.3f", s->epoch);
    dsc_status status = model.about && !json_object_set_new(model.about, "epoch", json_string(epoch))
                            ? dsc_model_write(&bytes, &size, &model, error)
                            : dsc_fail_memory(error, sizeof epoch, "a snapshot");
    if (!status) status = write_unsynced(path, bytes, size, error);
    free(bytes);
    json_decref(model.about);
    return status;
}

static dsc_status write_both(const char *folder, const char *name, const shot *s, bool network,
                             dsc_error *error) {
    char *text, *path = path_of(folder, name, ".json"), *second = path_of(folder, name, ".safetensors");
    dsc_status status = path && second ? DSC_OK : dsc_fail_memory(error, strlen(folder), "a snapshot");
    if (!status && network) status = write_network(second, s, error);
    if (!status) status = describe(&text, s, error);
    if (!status) {
        status = write_unsynced(path, text, strlen(text), error);
        free(text);
    }
    free(path);
    free(second);
    return status;
}

/* Removes the "now" files, which are older than the snapshot just written. */
static void forget_now(const char *folder) {
    static const char *const endings[] = {".json", ".safetensors"};
    for (size_t i = 0; i < 2; i++) {
        char *path = path_of(folder, DSC_SNAPSHOT_NOW, endings[i]);
        if (path) (void)unlink(path);
        free(path);
    }
}

static void clear(shot *s) {
    dsc_metrics_clear(&s->metrics);
    dsc_dataset_free(s->data);
    free(s->index);
    free(s->answers);
}

dsc_status dsc_run_snapshot(const dsc_trainer *t, const char *run, uint64_t model_bytes, dsc_error *error) {
    const bool due = is_due(t);
    char name[32], *folder = dsc_path_join(run, DSC_RUN_SNAPSHOTS);
    if (!folder) return dsc_fail_memory(error, strlen(run), "a snapshot");
    shot s = {.trainer = t,
              .model = *t->model,
              .epoch = (double)t->progress.epoch + (double)t->progress.position / (double)t->samples->count};
    s.model.values = (dsc_real *)(uintptr_t)dsc_trainer_values(t); /* only read */
    (void)snprintf(name, sizeof name, "%0*llu", DSC_SNAPSHOT_DIGITS, (unsigned long long)t->progress.epoch);
    /* Not dsc_folder_make: a run's folder that was removed must not come back. */
    dsc_status status = DSC_OK;
    if (mkdir(folder, 0777) && (errno != EEXIST || !dsc_is_folder(folder)))
        status = dsc_fail_system(error, folder, "cannot be made");
    if (!status) status = choose(&s, error);
    if (!status) status = measure(&s, error);
    if (!status)
        status = write_both(folder, due ? name : DSC_SNAPSHOT_NOW, &s, model_bytes <= DSC_SNAPSHOT_MODEL_MOST,
                            error);
    if (!status && due) forget_now(folder);
    clear(&s);
    free(folder);
    return status;
}

uint64_t dsc_run_snapshots_bytes(uint64_t model_bytes) {
    return (DSC_SNAPSHOTS + 2) *
           (DSC_SNAPSHOT_BYTES + (model_bytes <= DSC_SNAPSHOT_MODEL_MOST ? model_bytes : 0));
}

void dsc_run_snapshots_sweep(const char *run) {
    char *folder = dsc_path_join(run, DSC_RUN_SNAPSHOTS);
    DIR *directory = folder ? opendir(folder) : NULL;
    struct dirent *entry;
    while (directory && (entry = readdir(directory))) {
        char *path = dsc_path_join(folder, entry->d_name);
        if (path) dsc_file_remove_dead(path);
        free(path);
    }
    if (directory) (void)closedir(directory);
    free(folder);
}
