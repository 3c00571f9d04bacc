/* SPDX-License-Identifier: MIT */
/* runs.c: the runs of one folder, by name; see parts.h. A name from outside becomes part of a path only if it
 * has no separator and the folder contains it. */
#include "serve/parts.h"

#include "base/file.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/visible.h"
#include "run/facts.h"
#include "run/log.h"
#include "run/run.h"
#include "run/snapshot.h"

#include <dirent.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#define SERVE_REPORT "report/report.html"

enum {
    POINTS_MOST = 2000,
    REPORT_MOST = 64 << 20,
    SNAPSHOTS_MOST = 100,
    SNAPSHOT_BYTES_MOST = 4 << 20,
    LIVE_SECONDS = 60,
    RUNS_MOST = 200
};

/* Names are UTF-8, because JSON holds them, without control characters. */
static bool is_name(const char *id) {
    const size_t length = strlen(id);
    if (!length || *id == '.' || length > 200 || dsc_utf8_check(id, length) < length) return false;
    for (const char *c = id; *c; c++)
        if (*c == '/' || (unsigned char)*c < ' ' || *c == 127) return false;
    return true;
}

static bool has_file(const char *folder, const char *name, struct stat *info) {
    char *path = dsc_path_join(folder, name);
    const bool there = path && !stat(path, info) && S_ISREG(info->st_mode);
    free(path);
    return there;
}

/* Symbolic links are not followed. */
char *serve_run_folder(const char *folder, const char *id) {
    struct stat info;
    if (!is_name(id)) return NULL;
    char *path = dsc_path_join(folder, id);
    if (path && !lstat(path, &info) && S_ISDIR(info.st_mode) && has_file(path, DSC_RUN_RECIPE, &info))
        return path;
    free(path);
    return NULL;
}

/* ---- networks and snapshots ---- */

static bool is_snapshot(const char *name) {
    return !strcmp(name, DSC_SNAPSHOT_NOW) ||
           (strlen(name) == DSC_SNAPSHOT_DIGITS && strspn(name, "0123456789") == DSC_SNAPSHOT_DIGITS);
}

/* RUN/snapshots/NAME.ending as a new text, if the file exists. */
static char *snapshot_file(const char *run, const char *name, const char *ending) {
    char file[64];
    struct stat info;
    char *folder = is_snapshot(name) ? dsc_path_join(run, DSC_RUN_SNAPSHOTS) : NULL;
    if (!folder) return NULL;
    (void)snprintf(file, sizeof file, "%s%s", name, ending);
    const bool there = has_file(folder, file, &info);
    char *path = there ? dsc_path_join(folder, file) : NULL;
    free(folder);
    return path;
}

static int by_name(const void *a, const void *b) { return strcmp(a, b); }

/* Their names in order, `now` last: digits sort before letters. */
static size_t snapshot_names(char names[SNAPSHOTS_MOST][DSC_SNAPSHOT_DIGITS + 1], const char *run) {
    char *folder = dsc_path_join(run, DSC_RUN_SNAPSHOTS);
    DIR *directory = folder ? opendir(folder) : NULL;
    struct dirent *entry;
    size_t count = 0;
    free(folder);
    while (directory && count < SNAPSHOTS_MOST && (entry = readdir(directory))) {
        char *dot = strrchr(entry->d_name, '.');
        if (!dot || strcmp(dot, ".json") != 0) continue;
        *dot = '\0';
        if (is_snapshot(entry->d_name)) (void)strcpy(names[count++], entry->d_name);
    }
    if (directory) (void)closedir(directory);
    if (count) qsort(names, count, sizeof *names, by_name);
    return count;
}

/* A snapshot's file. While a run trains, the snapshot of a whole epoch takes the place of `now`; who asks for
 * `now` then gets the newest. */
static char *snapshot_or_newest(const char *run, const char *name, const char *ending) {
    char names[SNAPSHOTS_MOST][DSC_SNAPSHOT_DIGITS + 1], *path = snapshot_file(run, name, ending);
    if (path || strcmp(name, DSC_SNAPSHOT_NOW) != 0) return path;
    size_t count = snapshot_names(names, run);
    while (count && !path) path = snapshot_file(run, names[--count], ending);
    return path;
}

json_t *serve_run_snapshots(const char *folder, const char *id) {
    char *run = serve_run_folder(folder, id), names[SNAPSHOTS_MOST][DSC_SNAPSHOT_DIGITS + 1];
    if (!run) return NULL;
    json_t *list = json_array();
    const size_t count = snapshot_names(names, run);
    for (size_t i = 0; i < count; i++) {
        char *network = snapshot_file(run, names[i], ".safetensors");
        (void)json_array_append_new(list,
                                    json_pack("{s:s, s:b}", "name", names[i], "network", network != NULL));
        free(network);
    }
    free(run);
    return list;
}

json_t *serve_run_snapshot(const char *folder, const char *id, const char *name) {
    char *run = serve_run_folder(folder, id), *path = run ? snapshot_or_newest(run, name, ".json") : NULL;
    unsigned char *bytes = NULL;
    size_t size;
    json_t *json = NULL;
    if (path && !dsc_file_read(&bytes, &size, path, SNAPSHOT_BYTES_MOST, NULL))
        json = json_loadb((const char *)bytes, size, 0, NULL);
    free(bytes);
    free(path);
    free(run);
    return json;
}

static char *network_of(const char *run, const char *epoch) {
    struct stat info;
    if (epoch && *epoch) return snapshot_or_newest(run, epoch, ".safetensors");
    if (has_file(run, DSC_RUN_MODEL, &info)) return dsc_path_join(run, DSC_RUN_MODEL);
    return snapshot_or_newest(run, DSC_SNAPSHOT_NOW, ".safetensors");
}

char *serve_run_network(const char *folder, const char *id, const char *epoch) {
    char *run = serve_run_folder(folder, id), *path = run ? network_of(run, epoch) : NULL;
    free(run);
    return path;
}

/* ---- the description of a run ---- */

static json_t *number(double value) { return isfinite(value) ? json_real(value) : json_null(); }

static json_t *point_json(const dsc_run_point *p) {
    return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "epoch", number(p->epoch), "loss",
                     number(p->loss), "accuracy", number(p->accuracy), "validation_loss",
                     number(p->validation_loss), "validation_accuracy", number(p->validation_accuracy),
                     "learning_rate", number(p->learning_rate), "seconds", number(p->seconds));
}

/* finished, training (its log changed recently), or stopped. */
static const char *state_of(const char *path, const dsc_run_facts *facts) {
    struct stat info;
    if (facts->ended) return "finished";
    if (facts->stopped) return "stopped";
    return has_file(path, DSC_RUN_LOG, &info) && time(NULL) - info.st_mtime < LIVE_SECONDS ? "training"
                                                                                           : "stopped";
}

static bool has_report(const char *run) {
    struct stat info;
    return has_file(run, SERVE_REPORT, &info);
}

static json_t *facts_json(const char *path, const char *id) {
    dsc_run_facts facts;
    dsc_recipe recipe;
    dsc_error error;
    double epochs = NAN;
    if (!dsc_run_recipe(&recipe, NULL, path, &error)) {
        epochs = (double)recipe.epochs;
        dsc_recipe_clear(&recipe);
    }
    if (dsc_run_facts_read(&facts, path, &error)) {
        dsc_run_facts_clear(&facts);
        return json_pack("{s:s, s:s}", "id", id, "state", "unreadable");
    }
    char *network = network_of(path, NULL);
    json_t *json = json_pack("{s:s, s:s, s:o, s:o, s:o, s:O*, s:O*, s:O, s:O*, s:b, s:b}", "id", id, "state",
                             state_of(path, &facts), "epoch", number(facts.epochs), "epochs", number(epochs),
                             "seconds", number(facts.seconds), "title", json_object_get(facts.start, "title"),
                             "model", json_object_get(facts.start, "model"), "warnings", facts.warnings,
                             "test", facts.test, "network", network != NULL, "report", has_report(path));
    free(network);
    dsc_run_facts_clear(&facts);
    return json;
}

/* ---- the list ---- */

static int newest_first(const void *a, const void *b) {
    return -strcmp(*(char *const *)a, *(char *const *)b);
}

/* Names of runs, newest first; the caller frees each and the array. */
static char **run_names(size_t *count, const char *folder) {
    char **names = NULL;
    size_t capacity = 0;
    struct dirent *entry;
    DIR *directory = opendir(folder);
    *count = 0;
    while (directory && (entry = readdir(directory))) {
        char *path = serve_run_folder(folder, entry->d_name);
        if (!path) continue;
        free(path);
        char *name = strdup(entry->d_name);
        if (!name || !dsc_grow(&names, &capacity, *count + 1, sizeof *names)) {
            free(name);
            break;
        }
        names[(*count)++] = name;
    }
    if (directory) (void)closedir(directory);
    if (*count) qsort(names, *count, sizeof *names, newest_first);
    return names;
}

json_t *serve_runs_list(const char *folder) {
    json_t *list = json_array();
    size_t count;
    char **names = run_names(&count, folder);
    for (size_t i = 0; i < count; i++) {
        char *path = i < RUNS_MOST ? serve_run_folder(folder, names[i]) : NULL;
        if (path) (void)json_array_append_new(list, facts_json(path, names[i]));
        free(path);
        free(names[i]);
    }
    free(names);
    return list;
}

static bool has_text(const json_t *list, const char *text) {
    size_t i;
    const json_t *one;
    json_array_foreach(list, i, one) {
        const char *there = json_string_value(one);
        if (there && !strcmp(there, text)) return true;
    }
    return false;
}

void serve_runs_data(json_t *data, const char *folder) {
    size_t count;
    char **names = run_names(&count, folder);
    for (size_t i = 0; i < count; i++) {
        char *path = i < RUNS_MOST ? serve_run_folder(folder, names[i]) : NULL;
        dsc_recipe recipe;
        if (path && !dsc_run_recipe(&recipe, NULL, path, NULL)) {
            if (!has_text(data, recipe.data)) (void)json_array_append_new(data, dsc_json_text(recipe.data));
            dsc_recipe_clear(&recipe);
        }
        free(path);
        free(names[i]);
    }
    free(names);
}

/* Thins the points of a long run. */
static json_t *points_json(const dsc_run_point *points, size_t count, size_t since) {
    json_t *json = json_array();
    const size_t apart = count / POINTS_MOST + 1;
    for (size_t i = since; i < count; i++)
        if (i % apart == 0 || i + 1 == count) (void)json_array_append_new(json, point_json(&points[i]));
    return json;
}

json_t *serve_run_points(bool *found, const char *folder, const char *id, size_t since) {
    char *path = serve_run_folder(folder, id);
    *found = path != NULL;
    if (!path) return NULL;
    dsc_run_history history = {0};
    char *log = dsc_path_join(path, DSC_RUN_LOG);
    if (log) (void)dsc_run_history_read(&history, log, NULL);
    json_t *json = facts_json(path, id);
    if (json) {
        (void)json_object_set_new(json, "steps", points_json(history.steps, history.step_count, since));
        (void)json_object_set_new(json, "epochs_done", points_json(history.epochs, history.epoch_count, 0));
        (void)json_object_set_new(json, "points", json_integer((json_int_t)history.step_count));
    }
    dsc_run_history_free(&history);
    free(log);
    free(path);
    return json;
}

unsigned char *serve_run_report(size_t *size, const char *folder, const char *id) {
    char *path = serve_run_folder(folder, id), *inside = path ? dsc_path_join(path, SERVE_REPORT) : NULL;
    unsigned char *bytes = NULL;
    if (!inside || dsc_file_read(&bytes, size, inside, REPORT_MOST, NULL)) bytes = NULL;
    free(inside);
    free(path);
    return bytes;
}
