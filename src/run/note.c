/* SPDX-License-Identifier: MIT */
/* note.c: writes the lines of log.jsonl: machine, data and progress. */
#include "run/note.h"

#include "base/error.h"
#include "base/machine.h"
#include "data/class_match.h"
#include "data/dataset.h"
#include "data/images.h"
#include "kernel/kernel.h"
#include "model/title.h"
#include "run/facts.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <time.h>

/* --- machine, program and data --- */

static void note_time(dsc_run_log *log) {
    char text[32];
    time_t seconds = time(NULL);
    struct tm utc;
    if (!gmtime_r(&seconds, &utc) || !strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &utc)) return;
    dsc_run_log_text(log, "time", text);
}

static void note_machine(dsc_run_log *log, const dsc_trainer *t) {
    struct utsname names;
    char processor[DSC_PROCESSOR_NAME];
    dsc_processor_name(processor);
    dsc_run_log_text(log, "version", dsc_version());
    note_time(log);
    dsc_run_log_group(log, "machine");
    if (!uname(&names)) {
        dsc_run_log_text(log, "system", names.sysname);
        dsc_run_log_text(log, "architecture", names.machine);
    }
    if (*processor) dsc_run_log_text(log, "processor", processor);
    dsc_run_log_count(log, "processors", dsc_threads_available());
    dsc_run_log_group_end(log);
    dsc_run_log_text(log, "kernels", t->parts.choice.kernels->name);
    dsc_run_log_text(log, "kernels_chosen", t->parts.choice.reason);
    dsc_run_log_text(log, "precision", t->parts.bf16 ? "bf16" : "f32");
    dsc_run_log_count(log, "threads", dsc_executor_threads(t->executor));
}

static void note_checksum(dsc_run_log *log, const char *key, uint32_t crc) {
    char hex[16];
    (void)snprintf(hex, sizeof hex, "%08x", (unsigned)crc);
    dsc_run_log_text(log, key, hex);
}

/* Checksums of the training images and labels in their order, as bytes without a header. */
static void note_data(dsc_run_log *log, dsc_trainer *t, const char *name) {
    const dsc_dataset *data = t->training;
    const dsc_fingerprint *print = &dsc_trainer_prints(t)->training;
    dsc_images expected;
    dsc_run_log_group(log, "data");
    dsc_run_log_text(log, "name", name ? name : data->name);
    dsc_run_log_count(log, "training", data->count);
    dsc_run_log_count(log, "validation", t->validation ? t->validation->count : 0);
    dsc_run_log_count(log, "channels", data->shape[0]);
    dsc_run_log_count(log, "height", data->shape[1]);
    dsc_run_log_count(log, "width", data->shape[2]);
    dsc_run_log_count(log, "classes", t->model->classes);
    dsc_model_describe(&expected, t->model);
    dsc_run_log_text(log, "preparation", dsc_preparation_name(expected.preparation));
    dsc_run_log_text(log, "ground", dsc_ground_name(expected.ground));
    dsc_run_log_text(log, "fit", dsc_fit_name(expected.fit));
    note_checksum(log, "images_crc32", (uint32_t)(print->images >> 32));
    note_checksum(log, "labels_crc32", (uint32_t)(print->labels >> 32));
    if (t->held_others) {
        dsc_run_log_text(log, "others_name", t->recipe.others_data->name);
        dsc_run_log_count(log, "others", t->others->count - t->held_others->count);
        dsc_run_log_count(log, "others_held_out", t->held_others->count);
        note_checksum(log, "others_crc32", (uint32_t)(dsc_trainer_prints(t)->others.images >> 32));
    }
    dsc_run_log_group_end(log);
}

static void note_title(dsc_run_log *log, const dsc_trainer *t, const char *data_name) {
    dsc_text title = {0};
    dsc_model_title(&title, t->model, data_name ? data_name : t->training->name);
    if (!title.failed) dsc_run_log_text(log, "title", title.data);
    dsc_text_free(&title);
}

dsc_status dsc_run_note_start(dsc_run_log *log, dsc_trainer *t, const char *recipe_name,
                              const char *data_name, dsc_error *error) {
    dsc_run_log_begin(log, "start", t->progress.step);
    dsc_run_log_count(log, "format", DSC_RUN_LOG_FORMAT);
    note_machine(log, t);
    dsc_run_log_text(log, "recipe", recipe_name);
    note_title(log, t, data_name);
    dsc_run_log_text(log, "model", t->model->text);
    dsc_run_log_count(log, "parameters", dsc_model_parameters(t->model));
    note_data(log, t, data_name);
    json_t *dataset = dsc_dataset_to_json(t->training);
    dsc_run_log_json(log, "dataset", dataset);
    json_decref(dataset);
    dsc_run_log_count(log, "epochs", dsc_trainer_epochs(t));
    dsc_run_log_count(log, "steps_an_epoch", t->steps_an_epoch);
    dsc_run_log_count(log, "memory_bytes", dsc_trainer_bytes(t));
    return dsc_run_log_end(log, error);
}

dsc_status dsc_run_note_match(dsc_dataset **matched, dsc_remarks *remarks, const char *folder,
                              const dsc_dataset *data, dsc_error *error) {
    dsc_run_facts facts;
    dsc_error why = {0};
    dsc_status status = dsc_run_facts_read(&facts, folder, &why);
    *matched = NULL;
    if (status && status != DSC_ERROR_IO) {
        status = dsc_fail(error, status, "%s", why.message);
    } else {
        status = dsc_dataset_match_json(matched, remarks, data, json_object_get(facts.start, "dataset"),
                                        "the run", error);
    }
    dsc_run_facts_clear(&facts);
    return status;
}

static bool is_checksum(const json_t *data, const char *key, uint64_t print) {
    char hex[16];
    const char *noted = json_string_value(json_object_get(data, key));
    (void)snprintf(hex, sizeof hex, "%08x", (unsigned)(print >> 32));
    return !noted || !strcmp(noted, hex);
}

dsc_status dsc_run_note_compare(const char *folder, dsc_trainer *t, dsc_error *error) {
    dsc_run_facts facts;
    dsc_status status = dsc_run_facts_read(&facts, folder, error);
    if (!status) {
        const json_t *data = json_object_get(facts.start, "data");
        const dsc_fingerprint *print = &dsc_trainer_prints(t)->training;
        const bool images = is_checksum(data, "images_crc32", print->images),
                   labels = is_checksum(data, "labels_crc32", print->labels);
        if (!images || !labels)
            status = dsc_fail(error, DSC_ERROR_MISMATCH,
                              "%s: was begun with other training data: %s differs in the %s; use the data "
                              "that the run began with, or start a new run",
                              folder, t->training->name, images ? "labels" : "images");
        const bool same = t->others
                              ? json_object_get(data, "others_crc32") &&
                                    is_checksum(data, "others_crc32", dsc_trainer_prints(t)->others.images)
                              : !json_object_get(data, "others_crc32");
        if (!status && !same)
            status = dsc_fail(error, DSC_ERROR_MISMATCH,
                              "%s: was begun with other images of no class; use the data that the run began "
                              "with, or start a new run",
                              folder);
    }
    dsc_run_facts_clear(&facts);
    return status == DSC_ERROR_IO ? DSC_OK : status;
}

dsc_status dsc_run_note_resume(dsc_run_log *log, const dsc_trainer *t, dsc_error *error) {
    dsc_run_log_begin(log, "resume", t->progress.step);
    note_machine(log, t);
    return dsc_run_log_end(log, error);
}

/* --- how it went --- */

dsc_status dsc_run_note_event(dsc_run_log *log, const dsc_trainer *t, const dsc_event *event,
                              dsc_error *error) {
    static const char *const names[] = {[DSC_EVENT_START] = "start",
                                        [DSC_EVENT_STEP] = "step",
                                        [DSC_EVENT_EPOCH] = "epoch",
                                        [DSC_EVENT_WARNING] = "warning",
                                        [DSC_EVENT_END] = "end"};
    dsc_run_log_begin(log, names[event->kind], t->progress.step);
    if (event->kind == DSC_EVENT_WARNING) {
        dsc_run_log_text(log, "message", event->message);
        return dsc_run_log_end(log, error);
    }
    if (event->kind == DSC_EVENT_STEP || event->kind == DSC_EVENT_EPOCH) {
        bool step = event->kind == DSC_EVENT_STEP;
        double share = event->steps ? (double)event->step / (double)event->steps : 1;
        dsc_run_log_real(log, "epoch", step ? (double)(event->epoch - 1) + share : (double)event->epoch);
        dsc_run_log_real(log, "loss", event->loss);
        dsc_run_log_real(log, "accuracy", event->accuracy);
        if (!step) {
            dsc_run_log_real(log, "validation_loss", event->validation_loss);
            dsc_run_log_real(log, "validation_accuracy", event->validation_accuracy);
            if (event->message) dsc_run_log_text(log, "message", event->message);
        }
        dsc_run_log_real(log, "learning_rate", event->learning_rate);
    }
    if (event->kind == DSC_EVENT_END && dsc_trainer_kept_epoch(t))
        dsc_run_log_count(log, "kept_epoch", dsc_trainer_kept_epoch(t));
    if (event->kind == DSC_EVENT_END && t->recipe.calibrate)
        dsc_run_log_real(log, "temperature", t->temperature);
    if (event->kind == DSC_EVENT_END && t->held_others) {
        dsc_run_log_group(log, "refusal");
        dsc_run_log_real(log, "below", t->refusal.below);
        dsc_run_log_count(log, "images", t->refusal.images);
        dsc_run_log_count(log, "answered", t->refusal.answered);
        dsc_run_log_count(log, "others", t->refusal.others);
        dsc_run_log_count(log, "refused", t->refusal.refused);
        dsc_run_log_group_end(log);
    }
    dsc_run_log_real(log, "seconds", event->seconds);
    return dsc_run_log_end(log, error);
}

dsc_status dsc_run_note_metrics(dsc_run_log *log, uint64_t step, const dsc_metrics *metrics,
                                dsc_error *error) {
    double interval[2];
    dsc_wilson_interval(interval, metrics->top[0], metrics->count);
    dsc_run_log_begin(log, "test", step);
    dsc_run_log_count(log, "count", metrics->count);
    dsc_run_log_real(log, "loss", dsc_metrics_loss(metrics));
    dsc_run_log_real(log, "accuracy", dsc_metrics_accuracy(metrics));
    dsc_run_log_real(log, "accuracy_low", interval[0]);
    dsc_run_log_real(log, "accuracy_high", interval[1]);
    if (metrics->not_finite) dsc_run_log_count(log, "not_finite", metrics->not_finite);
    return dsc_run_log_end(log, error);
}
