/* SPDX-License-Identifier: MIT */
/* report_runs.c: `descender report RUN RUN...`: measures several runs and compares them. */
#include "report_runs.h"

#include "base/memory.h"
#include "evaluation.h"
#include "progress.h"
#include "report/report.h"
#include "report_show.h"
#include "run/facts.h"
#include "subject.h"

#include <stdlib.h>
#include <string.h>

/* One run. */
typedef struct one {
    command_subject subject;
    command_source source;
    size_t opened;    /* index of the data in the session */
    dsc_dataset *set; /* data with the model's class numbers; only in the first run of a group */
    report_exam exam;
    dsc_run_facts facts;
} one;

typedef struct session {
    command_call *call;
    const report_values *how;
    size_t count, data_count, match_count;
    one *ones;
    command_data *data; /* each opened once for all runs that use it */
    report_entry *entries;
    report_match *matches;
    report_figures figures;
    command_watch watch;
} session;

/* ---- opening ---- */

static bool same_reading(const dsc_reading *a, const dsc_reading *b) {
    dsc_text x = {0}, y = {0};
    for (const dsc_param *p = dsc_reading_params; p->name; p++) {
        dsc_param_format(&x, p, a);
        dsc_param_format(&y, p, b);
        dsc_text_append(&x, "\n");
        dsc_text_append(&y, "\n");
    }
    /* Without memory to compare, the data are opened twice. */
    const bool same = !x.failed && !y.failed && x.data && y.data && !strcmp(x.data, y.data);
    dsc_text_free(&x);
    dsc_text_free(&y);
    return same;
}

static bool same_source(const command_source *a, const command_source *b) {
    return !strcmp(a->data, b->data) && same_reading(&a->reading, &b->reading);
}

/* A model's file does not name its data: it is measured on those of the first run. */
static const command_subject *with_data(const session *s, size_t i) {
    for (size_t k = 0; k < s->count && !s->ones[i].subject.data; k++)
        if (s->ones[k].subject.data) return &s->ones[k].subject;
    return &s->ones[i].subject;
}

static dsc_status open_data(session *s, size_t i, dsc_error *error) {
    one *o = &s->ones[i];
    o->source = command_subject_source(with_data(s, i), s->call, &s->how->source);
    for (size_t k = 0; k < i; k++)
        if (s->ones[k].subject.model && same_source(&s->ones[k].source, &o->source)) {
            o->opened = s->ones[k].opened;
            return DSC_OK;
        }
    o->opened = s->data_count++;
    return command_data_open(&s->data[o->opened], s->call, &o->source, error);
}

/* Opens all models first, so that a typing error is reported before the long work. */
static dsc_status open_all(session *s, dsc_error *error) {
    s->ones = dsc_allocate(s->count, sizeof *s->ones);
    s->data = dsc_allocate(s->count, sizeof *s->data);
    s->entries = dsc_allocate(s->count, sizeof *s->entries);
    if (!s->ones || !s->data || !s->entries)
        return dsc_fail_memory(error, s->count * sizeof *s->ones, "a report");
    dsc_status status = DSC_OK;
    for (size_t i = 0; i < s->count && !status; i++) {
        command_subject *subject = &s->ones[i].subject;
        status = command_subject_find(subject, s->call->operands[i], error);
        if (!status) status = command_subject_load(subject, error);
    }
    for (size_t i = 0; i < s->count && !status; i++)
        if (s->ones[i].subject.model) status = open_data(s, i, error);
    return status;
}

/* ---- measuring ---- */

static dsc_dataset *set_of(const session *s, size_t i) {
    const command_data *data = &s->data[s->ones[i].opened];
    return s->how->split == REPORT_SPLIT_TRAIN ? data->train : data->test;
}

/* Whether both sets have the same images and the same class names in the same order. */
static bool same_images(const dsc_dataset *a, const dsc_dataset *b) {
    if (a == b) return true;
    if (a->count != b->count || memcmp(a->shape, b->shape, sizeof a->shape) != 0) return false;
    for (size_t i = 0; i < a->count; i++)
        if (memcmp(dsc_dataset_image(a, i), dsc_dataset_image(b, i), a->image_size) != 0 ||
            strcmp(dsc_dataset_class_name(a, dsc_dataset_label(a, i)),
                   dsc_dataset_class_name(b, dsc_dataset_label(b, i))) != 0)
            return false;
    return true;
}

/* Measures a run, in the group of the first run with the same images and classes, or in a new group. */
static dsc_status examine(session *s, size_t i, dsc_error *error) {
    const report_watch watch = {command_watch_step, &s->watch};
    const unsigned threads = (unsigned)s->how->threads;
    one *o = &s->ones[i];
    s->watch.shown = NULL;
    for (size_t g = 0; g < i; g++) {
        if (s->entries[g].group != g || !same_images(set_of(s, g), set_of(s, i))) continue;
        dsc_status status =
            report_examine_beside(&o->exam, o->subject.model, &s->ones[g].exam, threads, &watch, error);
        s->entries[i].group = g;
        if (status != DSC_ERROR_MISMATCH) return status;
        report_exam_clear(&o->exam);
    }
    s->entries[i].group = i;
    dsc_status status = dsc_dataset_share(&o->set, set_of(s, i), error);
    if (!status) status = command_subject_match(&o->set, &o->subject, s->call, error);
    return status ? status : report_examine(&o->exam, o->subject.model, o->set, threads, &watch, error);
}

dsc_status report_learn_of_training(report_subject *about, dsc_run_facts *facts, dsc_error *error) {
    dsc_error why = {0};
    dsc_status status = about->run ? dsc_run_facts_read(facts, about->run, &why) : DSC_OK;
    if (about->run && !status) about->facts = facts;
    if (status == DSC_ERROR_IO) {
        command_complain("%s; there is no curve, and the report leaves open how long it was trained",
                         why.message);
        return DSC_OK;
    }
    if (status && error) *error = why;
    return status;
}

/* The data's name; for a run without a model the recipe's, because its data are not opened. */
static const char *data_name(const session *s, size_t i) {
    return s->ones[i].subject.model ? s->data[s->ones[i].opened].name : s->ones[i].subject.data;
}

static dsc_status measure(session *s, dsc_error *error) {
    dsc_status status = DSC_OK;
    for (size_t i = 0; i < s->count && !status; i++) {
        const command_subject *subject = &s->ones[i].subject;
        report_entry *entry = &s->entries[i];
        entry->exam = subject->model ? &s->ones[i].exam : NULL;
        entry->group = REPORT_NO_GROUP;
        entry->about = (report_subject){.name = subject->name,
                                        .run = subject->is_run ? subject->name : NULL,
                                        .data_name = data_name(s, i),
                                        .split = report_split_name(s->how),
                                        .threads = (unsigned)s->how->threads};
        status = report_learn_of_training(&entry->about, &s->ones[i].facts, error);
        if (!status && entry->exam) status = examine(s, i, error);
        if (status == DSC_ERROR_MISMATCH) return dsc_error_context(error, status, "%s", subject->name);
    }
    command_progress_end(&s->watch.progress);
    return status ? status : report_match_up(&s->matches, &s->match_count, s->entries, s->count, error);
}

/* ---- results ---- */

static dsc_status write_out(session *s, dsc_error *error) {
    const report_watch watch = {command_watch_step, &s->watch};
    if (!s->how->out) return DSC_OK;
    return report_write_runs(&s->figures, s->how->out, s->entries, s->count, s->matches, s->match_count,
                             &watch, error);
}

static dsc_status print(const session *s, dsc_error *error) {
    const report_shown_runs shown = {s->entries, s->count, s->matches, s->match_count,
                                     s->how->out ? &s->figures : NULL};
    if (s->call->json) {
        json_t *json = report_runs_json(&shown);
        for (size_t i = 0; i < s->count && json; i++)
            (void)json_object_set_new(json_array_get(json_object_get(json, "runs"), i), "remarks",
                                      command_remarks_json(&s->ones[i].subject.remarks));
        return command_print_json(json, error);
    }
    dsc_text text = {0};
    report_append_runs(&text, &shown, command_width(1));
    return command_print_text(&text, error);
}

static void release(session *s) {
    for (size_t i = 0; i < s->count && s->ones; i++) {
        report_exam_clear(&s->ones[i].exam);
        dsc_run_facts_clear(&s->ones[i].facts);
        dsc_dataset_free(s->ones[i].set);
        command_subject_close(&s->ones[i].subject);
    }
    for (size_t i = 0; i < s->data_count; i++) command_data_close(&s->data[i]);
    report_figures_clear(&s->figures);
    free(s->ones);
    free(s->data);
    free(s->entries);
    free(s->matches);
}

dsc_status report_runs(command_call *call, const report_values *how, dsc_error *error) {
    session s = {.call = call, .how = how, .count = call->operand_count, .watch = {.call = call}};
    if (s.count > REPORT_RUNS_MOST)
        return command_wrong_usage(call, error, "%zu runs are too many for one report; give at most %d",
                                   s.count, REPORT_RUNS_MOST);
    command_warn_of_kernels();
    dsc_status status = open_all(&s, error);
    if (!status && how->out) status = report_claim(how->out, command_warn_in_place, error);
    if (!status) status = measure(&s, error);
    if (!status) status = write_out(&s, error);
    command_progress_end(&s.watch.progress);
    if (!status) status = print(&s, error);
    if (!status) report_tell_where(call, how->out, &s.figures);
    for (size_t i = 0; i < s.count && !status; i++)
        if (s.entries[i].exam) command_warn_of_answers(&s.ones[i].exam.metrics);
    release(&s);
    return status;
}
