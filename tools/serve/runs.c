/* SPDX-License-Identifier: MIT */
/* runs.c: the runs of one folder, by their names; see parts.h. A name from outside is looked for in the folder's list and never made
 * into a path unless it is there, and has no separator. */
#include "serve/parts.h"

#include "base/file.h"
#include "base/memory.h"
#include "run/facts.h"
#include "run/log.h"
#include "run/run.h"

#include <dirent.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

enum { POINTS_MOST = 2000, REPORT_MOST = 64 << 20, MISTAKES_MOST = 4 << 20, LIVE_SECONDS = 60 };

static bool is_name(const char *id) {
    if (!*id || *id == '.' || strlen(id) > 200) return false;
    return strspn(id, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-") == strlen(id);
}

static bool has_file(const char *folder, const char *name, struct stat *info) {
    char *path = dsc_path_join(folder, name);
    const bool there = path && !stat(path, info) && S_ISREG(info->st_mode);
    free(path);
    return there;
}

/* Links are not followed. */
char *serve_run_folder(const char *folder, const char *id) {
    struct stat info;
    if (!is_name(id)) return NULL;
    char *path = dsc_path_join(folder, id);
    if (path && !lstat(path, &info) && S_ISDIR(info.st_mode) && has_file(path, DSC_RUN_RECIPE, &info))
        return path;
    free(path);
    return NULL;
}

static json_t *number(double value) { return isfinite(value) ? json_real(value) : json_null(); }

static json_t *point_json(const dsc_run_point *p) {
    return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "epoch", number(p->epoch), "loss",
                     number(p->loss), "accuracy", number(p->accuracy), "validation_loss",
                     number(p->validation_loss), "validation_accuracy", number(p->validation_accuracy),
                     "learning_rate", number(p->learning_rate), "seconds", number(p->seconds));
}

/* finished, training (its log changed lately), or stopped. */
static const char *state_of(const char *path, const dsc_run_facts *facts) {
    struct stat info;
    if (facts->ended) return "finished";
    return has_file(path, DSC_RUN_LOG, &info) && time(NULL) - info.st_mtime < LIVE_SECONDS ? "training"
                                                                                           : "stopped";
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
    if (dsc_run_facts_read(&facts, path, &error))
        return json_pack("{s:s, s:s}", "id", id, "state", "unreadable");
    json_t *json =
        json_pack("{s:s, s:s, s:o, s:o, s:o, s:O*, s:O*, s:O, s:O*}", "id", id, "state",
                  state_of(path, &facts), "epoch", number(facts.epochs), "epochs", number(epochs), "seconds",
                  number(facts.seconds), "recipe", json_object_get(facts.start, "recipe"), "model",
                  json_object_get(facts.start, "model"), "warnings", facts.warnings, "test", facts.test);
    dsc_run_facts_clear(&facts);
    return json;
}

static int newest_first(const void *a, const void *b) {
    return -strcmp(*(char *const *)a, *(char *const *)b);
}

json_t *serve_runs_list(const char *folder) {
    json_t *list = json_array();
    DIR *directory = opendir(folder);
    if (!directory) return list;
    char **names = NULL;
    size_t count = 0, capacity = 0;
    struct dirent *entry;
    while ((entry = readdir(directory))) {
        char *path = serve_run_folder(folder, entry->d_name);
        if (!path) continue;
        free(path);
        char *name = strdup(entry->d_name);
        if (!name || !dsc_grow(&names, &capacity, count + 1, sizeof *names)) {
            free(name);
            break;
        }
        names[count++] = name;
    }
    (void)closedir(directory);
    if (count) qsort(names, count, sizeof *names, newest_first);
    for (size_t i = 0; i < count; i++) {
        char *path = i < 200 ? serve_run_folder(folder, names[i]) : NULL;
        if (path) (void)json_array_append_new(list, facts_json(path, names[i]));
        free(path);
        free(names[i]);
    }
    free(names);
    return list;
}

/* Of a long run every so many points. */
static json_t *points_json(const dsc_run_point *points, size_t count, size_t since) {
    json_t *json = json_array();
    const size_t apart = count / POINTS_MOST + 1;
    for (size_t i = since; i < count; i++)
        if (i % apart == 0 || i + 1 == count) (void)json_array_append_new(json, point_json(&points[i]));
    return json;
}

/* What the run said of its mistakes last; nothing where that cannot be read. */
static void add_mistakes(json_t *json, const char *path) {
    unsigned char *bytes = NULL;
    size_t size;
    char *file = dsc_path_join(path, DSC_RUN_MISTAKES);
    if (file && !dsc_file_read(&bytes, &size, file, MISTAKES_MOST, NULL)) {
        json_t *mistakes = json_loadb((const char *)bytes, size, 0, NULL);
        if (mistakes) (void)json_object_set_new(json, "mistakes", mistakes);
    }
    free(bytes);
    free(file);
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
        add_mistakes(json, path);
    }
    dsc_run_history_free(&history);
    free(log);
    free(path);
    return json;
}

unsigned char *serve_run_report(size_t *size, const char *folder, const char *id) {
    char *path = serve_run_folder(folder, id),
         *inside = path ? dsc_path_join(path, "report/report.html") : NULL;
    unsigned char *bytes = NULL;
    if (!inside || dsc_file_read(&bytes, size, inside, REPORT_MOST, NULL)) bytes = NULL;
    free(inside);
    free(path);
    return bytes;
}
