/* SPDX-License-Identifier: MIT */
/* log.c: writes log.jsonl, and removes the lines that a resumed run will write again. */
#include "run/log.h"

#include "base/error.h"
#include "base/file.h"
#include "base/json.h"
#include "base/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PENDING_MOST = 1 << 20, LOG_MOST = 1 << 30 };

dsc_status dsc_run_log_open(dsc_run_log *log, const char *path, dsc_error *error) {
    *log = (dsc_run_log){.descriptor = -1, .path = strdup(path)};
    if (!log->path) return dsc_fail_memory(error, strlen(path), path);
    log->descriptor = dsc_open_at(AT_FDCWD, path, O_WRONLY | O_CREAT, 0666);
    struct stat info;
    if (log->descriptor < 0 || fstat(log->descriptor, &info)) {
        dsc_status status = dsc_fail_system(error, path, "cannot be opened");
        dsc_run_log_close(log);
        return status;
    }
    log->end = (uint64_t)info.st_size;
    return DSC_OK;
}

void dsc_run_log_close(dsc_run_log *log) {
    if (log->descriptor >= 0) (void)close(log->descriptor);
    free(log->path);
    dsc_text_free(&log->line);
    dsc_text_free(&log->pending);
    *log = (dsc_run_log){.descriptor = -1};
}

/* --- a line --- */

static void append_key(dsc_run_log *log, const char *key) {
    dsc_text *line = &log->line;
    bool first = line->length && line->data[line->length - 1] == '{';
    dsc_text_append(line, "%s\"%s\":", first ? "" : ",", key);
}

void dsc_run_log_begin(dsc_run_log *log, const char *event, uint64_t step) {
    log->line.length = 0;
    dsc_text_append(&log->line, "{\"event\":\"%s\"", event);
    dsc_run_log_count(log, "step", step);
}

void dsc_run_log_count(dsc_run_log *log, const char *key, uint64_t value) {
    append_key(log, key);
    dsc_text_append(&log->line, "%llu", (unsigned long long)value);
}

void dsc_run_log_real(dsc_run_log *log, const char *key, double value) {
    char number[32];
    append_key(log, key);
    dsc_text_append(&log->line, "%s", isfinite(value) ? dsc_format_shortest(number, value) : "null");
}

void dsc_run_log_json(dsc_run_log *log, const char *key, const json_t *value) {
    append_key(log, key);
    char *dump = value ? json_dumps(value, JSON_ENCODE_ANY) : NULL;
    if (dump)
        dsc_text_append(&log->line, "%s", dump);
    else
        log->line.failed = true;
    free(dump);
}

void dsc_run_log_text(dsc_run_log *log, const char *key, const char *value) {
    json_t *json = value ? json_string(value) : json_null();
    if (!json) json = dsc_json_text(value); /* a path that is not UTF-8 */
    dsc_run_log_json(log, key, json);
    json_decref(json);
}

void dsc_run_log_group(dsc_run_log *log, const char *key) {
    append_key(log, key);
    dsc_text_append(&log->line, "{");
}

void dsc_run_log_group_end(dsc_run_log *log) { dsc_text_append(&log->line, "}"); }

/* --- writing --- */

/* Writes all pending lines or none: cuts off what a full disk took in part. */
static dsc_status write_pending(dsc_run_log *log, dsc_error *error) {
    size_t done = 0;
    while (done < log->pending.length) {
        ssize_t n = pwrite(log->descriptor, log->pending.data + done, log->pending.length - done,
                           (off_t)(log->end + done));
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) {
            dsc_status status = dsc_fail_system(error, log->path, "cannot be written");
            if (ftruncate(log->descriptor, (off_t)log->end)) return status; /* resuming repairs the file */
            return status;
        }
        done += (size_t)n;
    }
    log->end += done;
    log->pending.length = 0;
    return DSC_OK;
}

dsc_status dsc_run_log_end(dsc_run_log *log, dsc_error *error) {
    bool failed = log->line.failed;
    if (!failed && log->pending.length < PENDING_MOST) {
        dsc_text_append(&log->line, "}\n");
        dsc_text_append_bytes(&log->pending, log->line.data, log->line.length);
        failed = log->line.failed || log->pending.failed;
    }
    if (failed) {
        dsc_text_free(&log->line);
        dsc_text_free(&log->pending);
        return dsc_fail_memory(error, 0, log->path);
    }
    return write_pending(log, error);
}

/* --- rewinding --- */

static bool stays(const json_t *line, uint64_t step, bool from_start) {
    const char *event = json_string_value(json_object_get(line, "event"));
    if (!event) return false;
    if (!strcmp(event, "start")) return true;
    if (from_start || !strcmp(event, "end") || !strcmp(event, "test") || !strcmp(event, "error") ||
        !strcmp(event, "stop"))
        return false;
    const json_t *at = json_object_get(line, "step");
    return json_is_integer(at) && json_integer_value(at) >= 0 && (uint64_t)json_integer_value(at) <= step;
}

static void append_staying(dsc_text *kept, const char *text, size_t size, uint64_t step, bool from_start) {
    for (const char *end, *line = text; line < text + size; line = end + 1) {
        end = memchr(line, '\n', size - (size_t)(line - text));
        if (!end) return; /* cut off while being written */
        json_t *json = json_loadb(line, (size_t)(end - line), 0, NULL);
        if (json && stays(json, step, from_start))
            dsc_text_append_bytes(kept, line, (size_t)(end - line) + 1);
        json_decref(json);
    }
}

dsc_status dsc_run_log_rewind(bool *empty, const char *path, uint64_t step, bool from_start,
                              dsc_error *error) {
    *empty = true;
    if (access(path, F_OK) && errno == ENOENT) return DSC_OK;
    unsigned char *bytes;
    size_t size;
    dsc_status status = dsc_file_read(&bytes, &size, path, LOG_MOST, error);
    if (status) return status;
    dsc_text kept = {0};
    append_staying(&kept, (const char *)bytes, size, step, from_start);
    free(bytes);
    *empty = kept.length == 0;
    if (kept.failed)
        status = dsc_fail_memory(error, size, path);
    else if (kept.length < size)
        status = dsc_file_write(path, kept.data ? kept.data : "", kept.length, error);
    dsc_text_free(&kept);
    return status;
}
