/* SPDX-License-Identifier: MIT */
/* source.c: opens the data of --data with fetch_open, and reports progress. */
#include "source.h"

#include "base/error.h"
#include "data/check.h"
#include "data/form.h"
#include "data/images.h"
#include "forms/forms.h"
#include "progress.h"

#include <stdlib.h>
#include <string.h>

/* The state of reports while data are searched and downloaded. */
typedef struct watching {
    const command_call *call;
    command_call *reader; /* the same call, if its data are opened */
    char *place;          /* where the data were found */
    command_progress progress;
    unsigned file; /* the file shown by the bar */
    bool started;
} watching;

static int on_reading(void *user, const char *what, size_t done, size_t count) {
    watching *w = user;
    if (!w->started) command_progress_start(&w->progress, w->call, what, "images", count);
    w->started = true;
    command_progress_show(&w->progress, done);
    return command_should_stop();
}

static int on_progress(void *user, const fetch_progress *now) {
    watching *w = user;
    if (!w->started || w->file != now->index) {
        command_progress_end(&w->progress);
        command_progress_start(&w->progress, w->call, now->name, "B", now->total);
        w->started = true;
        w->file = now->index;
    }
    command_progress_show(&w->progress, now->bytes);
    return command_should_stop();
}

/* Reports substitutions with the reason, also with --quiet, because results depend on them. */
static void on_note(void *user, const char *text) {
    watching *w = user;
    command_progress_wipe(&w->progress);
    command_complain("%s", text);
}

static dsc_status note_file(void *user, const char *path, dsc_error *error) {
    return command_reads(user, path, error);
}

static dsc_status on_open(void *user, const char *place, dsc_error *error) {
    watching *w = user;
    free(w->place);
    w->place = strdup(place);
    if (!w->place) return dsc_fail_memory(error, strlen(place), place);
    return dsc_data_form_visit(&forms_registry, place, note_file, w->reader, error);
}

dsc_status command_data_open(command_data *data, command_call *call, const command_source *source,
                             dsc_error *error) {
    *data = (command_data){0};
    watching w = {.call = call, .reader = call};
    dsc_opening opening = {.reading = &source->reading,
                           .forms = &forms_registry,
                           .keep_order = source->keep_order,
                           .on_progress = on_reading,
                           .user = &w};
    fetch_source from = {.data = source->data,
                         .offline = source->offline,
                         .on_progress = on_progress,
                         .on_note = on_note,
                         .on_open = on_open,
                         .opening = &opening,
                         .user = &w};
    dsc_status status = fetch_open(&data->train, &data->test, data->name, &from, error);
    char share[32];
    command_progress_end(&w.progress);
    data->place = w.place;
    data->understood = opening.understood;
    data->remarks = opening.remarks;
    const bool untested = source->may_be_untested && !(source->reading.test_share > 0);
    if (!status && !data->test && !source->packs && !(source->reading.test_share > 0) && !untested)
        status =
            dsc_fail(error, DSC_ERROR_ARGUMENT,
                     "%s: has no test set, and a --test-share of 0 holds no images out as one; name other "
                     "data with --data%s, or hold some out: --test-share 0.15 (not if the model was trained "
                     "on all of these images)",
                     data->name, source->instead ? source->instead : "");
    else if (!status && !data->test && !source->packs && !untested)
        status = dsc_fail(error, DSC_ERROR_ARGUMENT,
                          "%s: has no test set, and a share of %s of its %zu images would be empty; give a "
                          "larger --test-share%s",
                          data->name, dsc_format_shortest(share, source->reading.test_share),
                          dsc_dataset_count(data->train),
                          source->may_be_untested ? ", or 0 to train on all images and measure nothing" : "");
    for (size_t i = 0; i < opening.remarks.count && !status; i++) {
        if (source->packs)
            command_remark(call, "%s", opening.remarks.line[i]);
        else
            command_complain("%s", opening.remarks.line[i]);
    }
    return status;
}

command_source command_source_of(char *data, const dsc_reading *reading, bool offline) {
    return (command_source){.data = data, .reading = *reading, .offline = offline};
}

void command_tell_remarks(const dsc_remarks *remarks) {
    for (size_t i = 0; i < remarks->count; i++) command_complain("%s", remarks->line[i]);
}

json_t *command_remarks_json(const dsc_remarks *remarks) {
    json_t *list = json_array();
    for (size_t i = 0; i < remarks->count; i++)
        (void)json_array_append_new(list, dsc_json_text(remarks->line[i]));
    return list;
}

json_t *command_understood_json(const dsc_understood *understood) {
    json_t *json = json_object();
    for (size_t i = 0; i < understood->count; i++)
        (void)json_object_set_new(json, understood->line[i].what, dsc_json_text(understood->line[i].how));
    return json;
}

void command_compare_images(const dsc_images *train, const dsc_images *test) {
    dsc_remarks remarks = {0};
    dsc_images_compare(&remarks, train, "the training set", test, "the test set");
    command_tell_remarks(&remarks);
}

static void tell_finding(void *user, dsc_check_level level, const char *message) {
    (void)user;
    if (level != DSC_CHECK_NOTE) command_complain("%s", message);
}

void command_compare_sets(const command_data *data) {
    dsc_images train, test;
    dsc_check_counts counts = {0};
    if (!data->train || !data->test) return;
    dsc_dataset_describe(&train, data->train);
    dsc_dataset_describe(&test, data->test);
    command_compare_images(&train, &test);
    /* Without memory nothing is reported; later work does. */
    (void)dsc_data_check_overlap(&counts, data->train, data->test, tell_finding, NULL, NULL);
}

dsc_status command_fetch(char **used, const dsc_known_data *known, const char *folder,
                         const command_call *call, bool offline, dsc_error *error) {
    watching w = {.call = call};
    fetch_source from = {.offline = offline, .on_progress = on_progress, .on_note = on_note, .user = &w};
    dsc_status status = fetch_data(used, known, folder, &from, error);
    command_progress_end(&w.progress);
    return status;
}

void command_data_close(command_data *data) {
    dsc_dataset_free(data->train);
    dsc_dataset_free(data->test);
    free(data->place);
    *data = (command_data){0};
}
