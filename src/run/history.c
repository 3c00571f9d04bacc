/* SPDX-License-Identifier: MIT */
/* history.c: reads the curves of a log.jsonl. */
#include "run/log.h"

#include "base/error.h"
#include "base/file.h"
#include "base/memory.h"

#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { LOG_MOST = 1 << 30 };

static double number(const json_t *line, const char *key) {
    const json_t *value = json_object_get(line, key);
    return json_is_number(value) ? json_number_value(value) : (double)NAN;
}

/* Replaces the mean over the epoch so far by the mean since the point before. The log has means m_f over the
 * fraction f of the epoch, and m_g over g at the point before; the mean between them is (f m_f - g m_g) / (f
 * - g). */
static void take_apart(dsc_run_point *point, dsc_run_point *before) {
    double f = point->epoch - (ceil(point->epoch) - 1), g = before->epoch - (ceil(point->epoch) - 1);
    dsc_run_point whole = *point;
    if (g > 0 && g < f) {
        point->loss = (f * point->loss - g * before->loss) / (f - g);
        point->accuracy = (f * point->accuracy - g * before->accuracy) / (f - g);
    }
    *before = whole;
}

static bool add(dsc_run_history *h, const json_t *line, dsc_run_point *before) {
    const char *event = json_string_value(json_object_get(line, "event"));
    dsc_run_point point = {.epoch = number(line, "epoch"),
                           .loss = number(line, "loss"),
                           .accuracy = number(line, "accuracy"),
                           .validation_loss = number(line, "validation_loss"),
                           .validation_accuracy = number(line, "validation_accuracy"),
                           .learning_rate = number(line, "learning_rate"),
                           .seconds = number(line, "seconds")};
    if (event && !strcmp(event, "step")) {
        if (!dsc_grow(&h->steps, &h->step_capacity, h->step_count + 1, sizeof point)) return false;
        take_apart(&point, before);
        h->steps[h->step_count++] = point;
    } else if (event && !strcmp(event, "epoch")) {
        if (!dsc_grow(&h->epochs, &h->epoch_capacity, h->epoch_count + 1, sizeof point)) return false;
        h->epochs[h->epoch_count++] = point;
    }
    return true;
}

dsc_status dsc_run_history_read(dsc_run_history *history, const char *path, dsc_error *error) {
    *history = (dsc_run_history){0};
    unsigned char *bytes;
    size_t size;
    dsc_status status = dsc_file_read(&bytes, &size, path, LOG_MOST, error);
    if (status) return status;
    dsc_run_point before = {.epoch = NAN};
    const char *text = (const char *)bytes, *end;
    for (const char *line = text; line < text + size; line = end + 1) {
        end = memchr(line, '\n', size - (size_t)(line - text));
        if (!end) break;
        json_t *json = json_loadb(line, (size_t)(end - line), 0, NULL);
        bool added = !json || add(history, json, &before);
        json_decref(json);
        if (!added) {
            status = dsc_fail_memory(error, size, "the curves");
            break;
        }
    }
    free(bytes);
    if (status) dsc_run_history_free(history);
    return status;
}

void dsc_run_history_free(dsc_run_history *history) {
    free(history->steps);
    free(history->epochs);
    *history = (dsc_run_history){0};
}
