/* SPDX-License-Identifier: MIT */
/* card.c: `descender card`: writes a model card of a run or a model. */
#include "command.h"

#include "base/file.h"
#include "base/memory.h"
#include "draw/claim.h"
#include "evaluation.h"
#include "model/title.h"
#include "progress.h"
#include "report/card.h"
#include "report/figures.h"
#include "report/questions.h"
#include "run/run.h"
#include "subject.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define FIGURE "confusion" /* the name in report_draw_confusion */

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
    dsc_run_facts facts;
    command_data data;
    report_exam exam;
    report_data_facts test;
    report_speed speed;
    report_slice slices[REPORT_TRAITS][REPORT_SLICES];
    size_t *crossed;
    report_trial trials[REPORT_TRIALS];
    char model_sha256[FETCH_SHA256_HEX];
    report_figures figures;
    dsc_text title, data_title, prefix; /* prefix: of the figure's files, which are beside the card */
    command_watch watch;
} session;

/* Names the figure after the card, so that two cards in one folder have separate figures. Characters other
 * than letters, digits, '.' and '_' become '-', because they could have a meaning in a link. */
static void name_figure(dsc_text *prefix, const char *out) {
    const char *slash = strrchr(out, '/'), *name = slash ? slash + 1 : out;
    const char *dot = strrchr(name, '.');
    size_t length = dot && dot > name ? (size_t)(dot - name) : strlen(name);
    const size_t most = REPORT_FIGURE_FILE - sizeof "-" FIGURE ".svg";
    for (size_t i = 0; i < length && i < most; i++) {
        const unsigned char c = (unsigned char)name[i];
        dsc_text_append(prefix, "%c", c < 128 && (isalnum(c) || c == '.' || c == '_') ? c : '-');
    }
    dsc_text_append(prefix, "-");
}

/* Called before measuring: fails if the figure would replace a file that is not the program's. A card written
 * to a pipe, a descriptor or a link has no folder for a figure; it has none, as without cairo. */
static dsc_status claim_figure(session *s, char **folder, dsc_error *error) {
    struct stat info;
    if (!DESCENDER_WITH_CAIRO || (!lstat(s->how->out, &info) && !S_ISREG(info.st_mode))) return DSC_OK;
    const char *slash = strrchr(s->how->out, '/');
    size_t length = slash ? (size_t)(slash - s->how->out) : 0;
    *folder = slash ? strndup(s->how->out, length ? length : 1) : strdup(".");
    name_figure(&s->prefix, s->how->out);
    dsc_text name = {0};
    dsc_text_append(&name, "%s" FIGURE, s->prefix.data ? s->prefix.data : "");
    dsc_status status = *folder && !name.failed && !s->prefix.failed
                            ? DSC_OK
                            : dsc_fail_memory(error, strlen(s->how->out), s->how->out);
    if (!status)
        status = draw_claim(*folder, (const char *const[]){name.data, NULL}, command_warn_in_place, error);
    dsc_text_free(&name);
    return status;
}

static dsc_status draw_figure(session *s, const char *folder, dsc_error *error) {
    s->figures = (report_figures){.folder = folder, .prefix = s->prefix.data};
    return report_draw_confusion(&s->figures, &s->exam, error);
}

static dsc_status open_all(session *s, dsc_error *error) {
    const char *run = s->call->operands[0];
    dsc_error why = {0};
    dsc_status status = command_subject_open(&s->subject, run, error);
    if (!status && s->subject.is_run) status = dsc_run_recipe(&s->recipe, NULL, run, error);
    if (status) return status;
    if (!s->subject.is_run)
        command_remark(s->call,
                       "The card leaves open how the model was trained: its file does not say, but the "
                       "folder of its run does");
    else
        status = dsc_run_facts_read(&s->facts, run, &why);
    if (status == DSC_ERROR_IO)
        command_complain("%s; the card leaves open when and where the model was trained", why.message);
    else if (status && error)
        *error = why;
    if (status && status != DSC_ERROR_IO) return status;
    command_source source = command_subject_source(&s->subject, s->call, &s->how->source);
    status = command_data_open(&s->data, s->call, &source, error);
    if (!status) command_subject_tell_split(&s->subject, &s->data, s->call);
    return status;
}

static dsc_status measure(session *s, dsc_error *error) {
    const report_watch watch = {command_watch_step, &s->watch};
    const dsc_model *model = s->subject.model;
    unsigned threads = (unsigned)s->how->threads;
    s->crossed = dsc_allocate(dsc_model_classes(model),
                              (size_t)REPORT_TRAITS * REPORT_SLICES * 2 * sizeof *s->crossed);
    if (!s->crossed) return dsc_fail_memory(error, dsc_model_classes(model), "a card");
    dsc_status status = report_learn_data(&s->test, s->data.test, error);
    if (!status) status = command_subject_match(&s->data.test, &s->subject, s->call, error);
    if (!status) status = report_examine(&s->exam, model, s->data.test, threads, &watch, error);
    if (!status) status = report_slice_up(s->slices, s->crossed, &s->exam, error);
    if (!status)
        status = report_try_all(s->trials, &s->exam, (size_t)s->how->samples, threads, &watch, error);
    command_progress_end(&s->watch.progress);
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
        for (size_t i = 0; i < REPORT_SLICES && report_trait_applies(t, &s->test.images); i++) {
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
    dsc_text figure = {0};
    if (s->figures.count && s->figures.figures[0].bytes)
        dsc_text_append(&figure, "%s" FIGURE ".png", s->prefix.data);
    dsc_model_title(&s->title, s->subject.model, s->data.name);
    dsc_public_name(&s->data_title, s->data.name);
    if (figure.failed || s->title.failed || s->data_title.failed) {
        dsc_text_free(&figure);
        return dsc_fail_memory(error, DSC_MESSAGE_SIZE, "a card's title");
    }
    const char *slash = strrchr(s->subject.name, '/');
    const report_card card = {.title = s->title.data,
                              .model_sha256 = s->model_sha256,
                              .file = s->subject.is_run ? NULL
                                      : slash           ? slash + 1
                                                        : s->subject.name,
                              .recipe = s->subject.is_run ? &s->recipe : NULL,
                              .facts = &s->facts,
                              .exam = &s->exam,
                              .data_title = s->data_title.data,
                              .figure = figure.data,
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
    if (!status && !s->how->out && !s->call->json) status = command_print_document(&text, error);
    if (!status && s->how->out) command_remark(s->call, "Saved the card: %s", s->how->out);
    if (!status)
        command_remark(s->call, "%zu questions are left for a person: search the card for 'To be answered'",
                       questions);
    dsc_text_free(&text);
    dsc_text_free(&figure);
    return status;
}

static dsc_status run(command_call *call, dsc_error *error) {
    session s = {.call = call, .how = call->values, .watch = {.call = call}};
    command_warn_of_kernels();
    dsc_status status = open_all(&s, error);
    char *folder = NULL;
    if (!status) status = command_rehearse(call, s.how->out, error);
    if (!status && s.how->out) status = claim_figure(&s, &folder, error);
    if (!status) status = measure(&s, error);
    if (!status && folder) status = draw_figure(&s, folder, error);
    if (!status) status = write_card(&s, error);
    command_progress_end(&s.watch.progress);
    if (!status) command_warn_of_answers(&s.exam.metrics);
    report_exam_clear(&s.exam);
    command_data_close(&s.data);
    dsc_run_facts_clear(&s.facts);
    dsc_recipe_clear(&s.recipe);
    command_subject_close(&s.subject);
    free(s.crossed);
    report_figures_clear(&s.figures);
    dsc_text_free(&s.title);
    dsc_text_free(&s.data_title);
    dsc_text_free(&s.prefix);
    free(folder);
    return status;
}

static const dsc_param options[] = {
    COMMAND_SOURCE(values),
    {"out", DSC_PARAM_TEXT, offsetof(values, out), NULL, 0, 0, NULL,
     "file for the card; its figure goes beside it, unless the file is a pipe or a link; default: print the "
     "card"},
    {"samples", DSC_PARAM_INT, offsetof(values, samples), "2000", 0, 1e9, NULL,
     "number of test images to change for the robustness test; 0: all"},
    {"seconds", DSC_PARAM_REAL, offsetof(values, seconds), "0.5", 0.01, 600, NULL,
     "approximate time for measuring the speed"},
    {"threads", DSC_PARAM_INT, offsetof(values, threads), "0", 0, 1024, NULL,
     "number of threads; 0: all cores"},
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
    {.name = "RUN|MODEL", .help = "folder of a finished run, or a model's file"},
    {0},
};

static const command_example examples[] = {
    {"card runs/0001-mnist-cnn-109k", "Print the card of a run."},
    {"card runs/0001-mnist-cnn-109k --out runs/0001-mnist-cnn-109k/README.md",
     "Write it beside the model, under the name that model hubs display."},
    {"card model.safetensors --data ./letters",
     "Print the card of a model's file; the card then leaves open how the model was trained."},
    {0},
};

const command command_card = {
    .name = "card",
    .help = "write a model card: measurements, and questions for a person to answer",
    .about = "Writes a card in Markdown with the sections of Mitchell et al., \"Model Cards for Model "
             "Reporting\", and front matter for the Hugging Face Hub. The run supplies: how to use the model "
             "from the command line, Python and C; network, recipe, machine, data and checksums; metrics by "
             "class and by brightness and contrast (for handwriting: by stroke thickness, slant and size); "
             "robustness to rotation, shift, noise, blur and low contrast; speed.\n\nThe card asks the "
             "questions that take judgement, such as whom the model serves and whom it may harm, and never "
             "answers them: search it for 'To be answered'.",
    .operands = operands,
    .options = options,
    .extras = extras,
    .examples = examples,
    .values_size = sizeof(values),
    .stops = true,
    .run = run,
};
