/* SPDX-License-Identifier: MIT */
/* facts.c: reads the lines of log.jsonl about the whole run. */
#include "run/facts.h"

#include "base/error.h"
#include "base/file.h"
#include "run/run.h"

#include <stdlib.h>
#include <string.h>

enum { LOG_MOST = 1 << 30 };

static void note_number(double *to, const json_t *line, const char *key) {
    const json_t *value = json_object_get(line, key);
    if (json_is_number(value)) *to = json_number_value(value);
}

static bool take(dsc_run_facts *facts, json_t *line) {
    const char *event = json_string_value(json_object_get(line, "event"));
    if (!event) return true;
    if (!strcmp(event, "start")) return !json_object_update(facts->start, line);
    if (!strcmp(event, "resume")) facts->resumed++;
    if (!strcmp(event, "end")) facts->ended = true;
    if (!strcmp(event, "stop") || !strcmp(event, "error")) facts->stopped = true;
    if (!strcmp(event, "test")) {
        json_decref(facts->test);
        facts->test = json_incref(line);
    }
    if (!strcmp(event, "warning")) {
        json_t *message = json_object_get(line, "message");
        return !json_is_string(message) || !json_array_append(facts->warnings, message);
    }
    if (!strcmp(event, "step") || !strcmp(event, "epoch") || !strcmp(event, "end")) {
        note_number(&facts->epochs, line, "epoch");
        note_number(&facts->seconds, line, "seconds");
        note_number(&facts->kept_epoch, line, "kept_epoch");
    }
    return true;
}

dsc_status dsc_run_facts_read(dsc_run_facts *facts, const char *folder, dsc_error *error) {
    *facts = (dsc_run_facts){.start = json_object(), .warnings = json_array()};
    char *path = dsc_path_join(folder, DSC_RUN_LOG);
    if (!path || !facts->start || !facts->warnings) {
        free(path);
        return dsc_fail_memory(error, strlen(folder), folder);
    }
    unsigned char *bytes = NULL;
    size_t size = 0;
    dsc_status status = dsc_file_read(&bytes, &size, path, LOG_MOST, error);
    const char *text = (const char *)bytes, *end;
    for (const char *at = text; !status && at < text + size; at = end + 1) {
        end = memchr(at, '\n', size - (size_t)(at - text));
        if (!end) break;
        json_t *line = json_loadb(at, (size_t)(end - at), 0, NULL);
        if (line && !take(facts, line)) status = dsc_fail_memory(error, size, path);
        json_decref(line);
    }
    free(bytes);
    free(path);
    return status;
}

void dsc_run_facts_clear(dsc_run_facts *facts) {
    json_decref(facts->start);
    json_decref(facts->test);
    json_decref(facts->warnings);
    *facts = (dsc_run_facts){0};
}
