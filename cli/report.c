/* SPDX-License-Identifier: MIT */
/* report.c: `descender report`: what a model answers, where it errs, and how certain that is. */
#include "command.h"

#include "data/split.h"
#include "evaluation.h"
#include "progress.h"
#include "report/baselines.h"
#include "report/report.h"
#include "report_runs.h"
#include "report_show.h"
#include "subject.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef report_values values;

/* One call about one model, or two for comparison. */
typedef struct session {
    command_call *call;
    const values *how;
    size_t count;
    command_subject subjects[2];
    command_data data;
    report_exam exams[2];
    report_speed speeds[2];
    report_subject about[2];
    dsc_run_facts facts[2];
    report_baselines baselines;
    report_figures figures;
    command_watch watch;
} session;

static dsc_status open_all(session *s, dsc_error *error) {
    size_t expected = s->how->compare ? 2 : 1;
    if (s->call->operand_count != expected)
        return command_wrong_usage(s->call, error,
                                   "--compare takes two: `descender report --compare RUN RUN`; without it, "
                                   "`descender report RUN...` takes any number");
    for (; s->count < expected; s->count++) {
        dsc_status status = command_subject_open(&s->subjects[s->count], s->call->operands[s->count], error);
        if (status) return status;
    }
    command_source source = command_subject_source(&s->subjects[0], s->call, &s->how->source);
    const char *other = s->count > 1 ? s->subjects[1].data : NULL;
    if (other && strcmp(other, source.data) != 0 && !command_given(s->call, "data"))
        command_complain("%s was trained on %s; both are measured on %s", s->subjects[1].name, other,
                         source.data);
    dsc_status status = command_data_open(&s->data, s->call, &source, error);
    for (size_t i = 0; i < s->count && !status && s->how->split != REPORT_SPLIT_TRAIN; i++)
        command_subject_tell_split(&s->subjects[i], &s->data, s->call);
    return status;
}

/* Keeps only the part of the training set that the run used. */
static dsc_status take_part(dsc_dataset **training, const session *s, dsc_error *error) {
    const size_t part = s->subjects->training_samples;
    dsc_dataset *first;
    if (!part || part >= (*training)->count || command_given(s->call, "data")) return DSC_OK;
    dsc_status status = dsc_dataset_first(&first, *training, part, error);
    if (status) return status;
    dsc_dataset_free(*training);
    *training = first;
    return DSC_OK;
}

/* Measures the baselines, for one model, on images that no baseline was trained on. A training set with
 * classes unknown to the model is not the model's, and there is no comparison. */
static dsc_status measure_baselines(session *s, const report_watch *watch, dsc_error *error) {
    dsc_dataset *training = NULL;
    if (s->how->compare || s->how->split == REPORT_SPLIT_TRAIN) return DSC_OK;
    dsc_status status = dsc_dataset_match(&training, NULL, s->data.train, s->subjects->model, error);
    if (status == DSC_ERROR_MISMATCH) return DSC_OK;
    s->watch.shown = NULL;
    if (!status) status = take_part(&training, s, error);
    if (!status)
        status = report_baselines_measure(&s->baselines, s->exams, training, (unsigned)s->how->threads, watch,
                                          error);
    if (!status) s->about->baselines = &s->baselines;
    dsc_dataset_free(training);
    return status;
}

static dsc_status examine(session *s, dsc_error *error) {
    const report_watch watch = {command_watch_step, &s->watch};
    dsc_dataset **set = s->how->split == REPORT_SPLIT_TRAIN ? &s->data.train : &s->data.test;
    dsc_status status = command_subject_match(set, &s->subjects[0], s->call, error);
    for (size_t i = 0; i < s->count && !status; i++) {
        const command_subject *subject = &s->subjects[i];
        s->about[i] = (report_subject){.name = subject->name,
                                       .run = subject->is_run ? subject->name : NULL,
                                       .data_name = s->data.name,
                                       .split = report_split_name(s->how),
                                       .threads = (unsigned)s->how->threads};
        status = report_learn_of_training(&s->about[i], &s->facts[i], error);
        if (status) return status;
        s->watch.shown = NULL;
        const unsigned threads = (unsigned)s->how->threads;
        status = i ? report_examine_beside(&s->exams[i], subject->model, s->exams, threads, &watch, error)
                   : report_examine(s->exams, subject->model, *set, threads, &watch, error);
        if (status == DSC_ERROR_MISMATCH) return dsc_error_context(error, status, "%s", subject->name);
        if (status) return status;
        command_progress_wipe(&s->watch.progress);
        status = report_measure_speed(&s->speeds[i], subject->model, *set, subject->model_path, threads,
                                      s->how->seconds, error);
    }
    return status ? status : measure_baselines(s, &watch, error);
}

static dsc_status write_out(session *s, dsc_error *error) {
    const report_watch watch = {command_watch_step, &s->watch};
    if (!s->how->out) return DSC_OK;
    if (s->how->compare)
        return report_write_comparison(&s->figures, s->how->out, s->about, s->exams, s->speeds, &watch,
                                       error);
    return report_write(&s->figures, s->how->out, s->about, s->exams, s->speeds, &watch, error);
}

/* Prints the report. */
static dsc_status print(session *s, dsc_error *error) {
    const report_shown shown = {s->about, s->exams, s->speeds, &s->subjects->remarks,
                                s->how->out ? &s->figures : NULL};
    if (s->call->json)
        return command_print_json(
            s->how->compare ? report_comparison_json(&shown, error) : report_json(&shown), error);
    dsc_text text = {0};
    dsc_status status = DSC_OK;
    if (s->how->compare)
        status = report_append_comparison(&text, &shown, error);
    else
        report_append_summary(&text, &shown);
    if (!status) return command_print_text(&text, error);
    dsc_text_free(&text);
    return status;
}

/* Whether a run has no model yet: it has curves, but no answers. */
static bool lacks_model(const char *operand) {
    command_subject subject;
    const bool lacks = !command_subject_find(&subject, operand, NULL) && !subject.model_path;
    command_subject_close(&subject);
    return lacks;
}

static dsc_status run(command_call *call, dsc_error *error) {
    const values *how = call->values;
    const bool several = call->operand_count > 1 || lacks_model(call->operands[0]);
    if (several && !how->compare) return report_runs(call, how, error);
    session s = {.call = call, .how = call->values, .watch = {.call = call}};
    command_warn_of_kernels();
    dsc_status status = open_all(&s, error);
    if (!status && s.how->out) status = report_claim(s.how->out, command_warn_in_place, error);
    if (!status) status = examine(&s, error);
    if (!status) status = write_out(&s, error);
    command_progress_end(&s.watch.progress);
    if (!status) status = print(&s, error);
    if (!status) report_tell_where(call, how->out, &s.figures);
    for (size_t i = 0; i < s.count && !status; i++) command_warn_of_answers(&s.exams[i].metrics);
    for (size_t i = 0; i < 2; i++) {
        report_exam_clear(&s.exams[i]);
        dsc_run_facts_clear(&s.facts[i]);
        command_subject_close(&s.subjects[i]);
    }
    report_baselines_clear(&s.baselines);
    report_figures_clear(&s.figures);
    command_data_close(&s.data);
    return status;
}

static const dsc_param options[] = {
    COMMAND_SOURCE(values),
    {"split", DSC_PARAM_CHOICE, offsetof(values, split), "test", 0, 0, "test|train",
     "set of the data to use"},
    {"out", DSC_PARAM_TEXT, offsetof(values, out), NULL, 0, 0, NULL,
     "folder for the page report.html and its figures as SVG and PNG"},
    {"compare", DSC_PARAM_SWITCH, offsetof(values, compare), "off", 0, 0, NULL,
     "compare two models image by image"},
    {"seconds", DSC_PARAM_REAL, offsetof(values, seconds), "0.5", 0.01, 600, NULL,
     "approximate time for measuring the speed of one model, or of two that are compared"},
    {"threads", DSC_PARAM_INT, offsetof(values, threads), "0", 0, 1024, NULL,
     "number of threads; 0: all cores"},
    COMMAND_JSON(values),
    COMMAND_QUIET(values),
    {0},
};

static const command_option extras[] = {
    COMMAND_SOURCE_EXTRA,
    {"out", 'o', "DIR", true},
    {"threads", 't', NULL, false},
    {0},
};

static const command_operand operands[] = {
    {.name = "RUN|MODEL",
     .many = true,
     .help = "folder of a run, or a model's file; several are shown side by side"},
    {0},
};

static const command_example examples[] = {
    {"report runs/0001-mnist-cnn-109k", "Print a summary."},
    {"report runs/0001-mnist-cnn-109k --out report",
     "Write the whole report as one page, report/report.html, and its figures."},
    {"report runs/0001-mnist-784-256-10 runs/0002-mnist-cnn-109k --out side-by-side",
     "Show any number of runs: curves, results, and a test between any two."},
    {"report --compare runs/0001-mnist-784-256-10 runs/0002-mnist-cnn-109k --out versus",
     "Test whether the second model is really better."},
    {0},
};

const command command_report = {
    .name = "report",
    .help = "report what a model does, where it errs, and how fast it is",
    .about = "Reports everything that `descender evaluate` prints, plus intervals for each class, the most "
             "frequent confusions, size and speed. Two baselines without a network show what is easy: always "
             "answering the most frequent class, and asking the three nearest training images. --out writes "
             "one HTML page that needs no network connection and can be printed: curves, confusion matrix, "
             "reliability, the most confident mistakes and the pixels that led to them, the first filters, "
             "and the last hidden layer in two dimensions. Each figure is also saved as SVG and PNG.\n\nFor "
             "several runs or models, the report has a table with intervals, all curves in one figure, and a "
             "test between any two that were measured on the same images. Each is measured on the data it "
             "was trained with, or on --data. A model's file is measured on the data of the first run. A run "
             "without a model is shown with its curves, but is not tested.",
    .operands = operands,
    .options = options,
    .extras = extras,
    .examples = examples,
    .values_size = sizeof(values),
    .stops = true,
    .run = run,
};
