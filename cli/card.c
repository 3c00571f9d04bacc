/* SPDX-License-Identifier: MIT */
/* card.c: `descender card`: a model card of a run. */
#include "command.h"

#include "base/file.h"
#include "base/memory.h"
#include "evaluation.h"
#include "progress.h"
#include "report/card.h"
#include "report/questions.h"
#include "run/run.h"
#include "subject.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct values {
    command_source source;
    int64_t samples, threads;
    double seconds;
    char *out;
    bool json, quiet;
} values;

/* One call. */
typedef struct session {
    command_call *call;
    const values *how;
    command_subject subject;
    dsc_recipe recipe;
    char *name;
    dsc_run_facts facts;
    command_data data;
    report_exam exam;
    report_data_facts test;
    report_speed speed;
    report_slice slices[REPORT_TRAITS][REPORT_SLICES];
    size_t *crossed;
    report_trial trials[REPORT_TRIALS];
    char model_sha256[FETCH_SHA256_HEX];
    command_progress progress;
    const char *shown;
} session;

static int on_progress(void *user, const char *what, size_t done, size_t total) {
    session *s = user;
    if (s->shown != what) {
        command_progress_end(&s->progress);
        command_progress_start(&s->progress, s->call, what, "", total);
        s->shown = what;
    }
    command_progress_show(&s->progress, done);
    return command_should_stop();
}

static dsc_status open_all(session *s, dsc_error *error) {
    const char *run = s->call->operands[0];
    dsc_error why = {0};
    dsc_status status = command_subject_open(&s->subject, run, error);
    if (!status && !s->subject.is_run)
        status = dsc_fail(
            error, DSC_ERROR_ARGUMENT,
            "%s: is a model's file; a card tells how it was trained too: give the folder of its run", run);
    if (!status) status = dsc_run_recipe(&s->recipe, &s->name, run, error);
    if (status) return status;
    status = dsc_run_facts_read(&s->facts, run, &why);
    if (status == DSC_ERROR_IO)
        command_complain("%s; when and where it was trained stays open", why.message);
    else if (status && error)
        *error = why;
    if (status && status != DSC_ERROR_IO) return status;
    command_source source = command_subject_source(&s->subject, s->call, &s->how->source);
    return command_data_open(&s->data, s->call, &source, error);
}

static dsc_status measure(session *s, dsc_error *error) {
    const report_watch watch = {on_progress, s};
    const dsc_model *model = s->subject.model;
    unsigned threads = (unsigned)s->how->threads;
    s->crossed = dsc_allocate(dsc_model_classes(model),
                              (size_t)REPORT_TRAITS * REPORT_SLICES * 2 * sizeof *s->crossed);
    if (!s->crossed) return dsc_fail_memory(error, dsc_model_classes(model), "a card");
    dsc_status status = report_learn_data(&s->test, s->data.test, error);
    if (!status) status = command_subject_match(&s->data.test, &s->subject, error);
    if (!status) status = report_examine(&s->exam, model, s->data.test, threads, &watch, error);
    if (!status) status = report_slice_up(s->slices, s->crossed, &s->exam, error);
    if (!status)
        status = report_try_all(s->trials, &s->exam, (size_t)s->how->samples, threads, &watch, error);
    command_progress_end(&s->progress);
    if (!status)
        status = report_measure_speed(&s->speed, model, s->data.test, s->subject.model_path, threads,
                                      s->how->seconds, error);
    if (!status && fetch_sha256_available())
        status = fetch_sha256_file(s->model_sha256, NULL, s->subject.model_path, error);
    return status;
}

/* ---- results ---- */

static json_t *share_json(size_t correct, size_t count) {
    double ends[2];
    dsc_wilson_interval(ends, correct, count);
    return json_pack("{s:I, s:o, s:[f, f]}", "samples", (json_int_t)count, "accuracy",
                     count ? json_real((double)correct / (double)count) : json_null(), "accuracy_interval",
                     ends[0], ends[1]);
}

static json_t *slices_json(const session *s) {
    json_t *list = json_array();
    for (size_t t = 0; t < REPORT_TRAITS; t++)
        for (size_t i = 0; i < REPORT_SLICES; i++) {
            const report_slice *slice = &s->slices[t][i];
            json_t *json = share_json(slice->correct, slice->count);
            (void)json_object_update_new(json, json_pack("{s:s, s:s, s:f, s:f}", "trait",
                                                         report_trait_names[t], "unit", report_trait_units[t],
                                                         "from", slice->from, "to", slice->to));
            (void)json_array_append_new(list, json);
        }
    return list;
}

static json_t *trials_json(const session *s) {
    json_t *list = json_array();
    for (size_t i = 0; i < REPORT_TRIALS; i++) {
        json_t *json = share_json(s->trials[i].correct, s->trials[i].count);
        (void)json_object_update_new(json,
                                     json_pack("{s:s, s:s, s:f, s:I}", "change", s->trials[i].name, "unit",
                                               s->trials[i].unit, "strength", s->trials[i].strength,
                                               "not_finite", (json_int_t)s->trials[i].not_finite));
        (void)json_array_append_new(list, json);
    }
    return list;
}

static dsc_status print_json(const session *s, const dsc_text *card, dsc_error *error) {
    json_t *json = json_pack(
        "{s:o, s:o, s:I, s:o, s:o, s:o, s:o, s:o*}", "run", dsc_json_text(s->subject.name), "data",
        dsc_json_text(s->data.name), "questions", (json_int_t)report_count_questions(card->data), "test",
        command_metrics_json(&s->exam.metrics, s->subject.model, 1), "slices", slices_json(s), "robustness",
        trials_json(s), "remarks", command_remarks_json(&s->subject.remarks), "card",
        s->how->out ? dsc_json_text(s->how->out) : NULL);
    return command_print_json(json, error);
}

static dsc_status write_card(session *s, dsc_error *error) {
    const report_card card = {.name = s->name,
                              .model_sha256 = s->model_sha256,
                              .recipe = &s->recipe,
                              .facts = &s->facts,
                              .exam = &s->exam,
                              .data_name = s->data.name,
                              .test = &s->test,
                              .speed = &s->speed,
                              .slices = (const report_slice(*)[REPORT_SLICES])s->slices,
                              .crossed = s->crossed,
                              .trials = s->trials};
    dsc_text text = {0};
    report_append_card(&text, &card);
    dsc_status status = text.failed ? dsc_fail_memory(error, text.capacity, "a card") : DSC_OK;
    size_t questions = status ? 0 : report_count_questions(text.data);
    if (!status && s->how->out) status = dsc_file_write(s->how->out, text.data, text.length, error);
    if (!status && s->call->json) status = print_json(s, &text, error);
    if (!status && !s->how->out && !s->call->json) status = command_print_text(&text, error);
    if (!status && s->how->out) command_remark(s->call, "Saved the card: %s", s->how->out);
    if (!status)
        command_remark(s->call, "%zu questions are left for a person: look for 'To be answered'", questions);
    dsc_text_free(&text);
    return status;
}

static dsc_status run(command_call *call, dsc_error *error) {
    session s = {.call = call, .how = call->values};
    command_warn_of_kernels();
    dsc_status status = open_all(&s, error);
    if (!status) status = command_rehearse(call, s.how->out, error);
    if (!status) status = measure(&s, error);
    if (!status) status = write_card(&s, error);
    command_progress_end(&s.progress);
    if (!status) command_warn_of_answers(&s.exam.metrics);
    report_exam_clear(&s.exam);
    command_data_close(&s.data);
    dsc_run_facts_clear(&s.facts);
    dsc_recipe_clear(&s.recipe);
    command_subject_close(&s.subject);
    free(s.crossed);
    free(s.name);
    return status;
}

static const dsc_param options[] = {
    COMMAND_SOURCE(values),
    {"out", DSC_PARAM_TEXT, offsetof(values, out), NULL, 0, 0, NULL,
     "write the card there; without it, it is printed"},
    {"samples", DSC_PARAM_INT, offsetof(values, samples), "2000", 0, 1e9, NULL,
     "change so many test images to measure robustness; 0: all"},
    {"seconds", DSC_PARAM_REAL, offsetof(values, seconds), "0.5", 0.01, 600, NULL,
     "measure the speed for about so long"},
    {"threads", DSC_PARAM_INT, offsetof(values, threads), "0", 0, 1024, NULL, "0: all cores"},
    COMMAND_JSON(values),
    COMMAND_QUIET(values),
    {0},
};

static const command_option extras[] = {
    COMMAND_SOURCE_EXTRA,
    {"out", 'o', "FILE.md", true},
    {"threads", 't', NULL, false},
    {0},
};

static const command_operand operands[] = {
    {.name = "RUN", .help = "the folder of a finished run"},
    {0},
};

static const command_example examples[] = {
    {"card runs/0001-mnist-cnn-166k", "The card of a run, printed."},
    {"card runs/0001-mnist-cnn-166k --out runs/0001-mnist-cnn-166k/README.md",
     "Beside the model, under the name that model hubs show."},
    {0},
};

const command command_card = {
    .name = "card",
    .help = "write a model card: what was measured, and what a person must answer",
    .about = "A card in Markdown with the sections of Mitchell et al., \"Model Cards for Model Reporting\", "
             "and front "
             "matter for the Hugging Face Hub. Filled in from the run: network, recipe, machine, data and "
             "checksums; "
             "metrics by class, by stroke thickness, slant and size; robustness to rotation, shift, noise, "
             "blur and "
             "low contrast; speed.\n\n"
             "What takes judgement, such as whom the model serves and whom it may harm, is asked and never "
             "answered: look for 'To be answered'.",
    .operands = operands,
    .options = options,
    .extras = extras,
    .examples = examples,
    .values_size = sizeof(values),
    .stops = true,
    .run = run,
};
