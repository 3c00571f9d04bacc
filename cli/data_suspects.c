/* SPDX-License-Identifier: MIT */
/* data_suspects.c: `descender data suspects`: finds labels that networks doubt which were not trained on the
 * image. */
#include "study.h"

#include "base/memory.h"
#include "data/dataset.h"
#include "data/folds.h"
#include "draw/grid.h"
#include "measure/doubts.h"
#include "picture/png.h"
#include "report/suspects.h"
#include "report/text.h"
#include "suspects_apply.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TITLE = 80 };

typedef struct values {
    study_values study;
    char *out, *apply, *to;
    int64_t folds, show;
} values;

static dsc_status ask(dsc_study_question *question, command_call *call, dsc_error *error) {
    const values *how = call->values;
    (void)error;
    question->folds = (size_t)how->folds;
    return DSC_OK;
}

static void tell(const command_call *call, const dsc_study *study) {
    study_tell_folds(call, study, "Each image is answered by a network that has not seen it");
}

static void append_row(dsc_text *text, const dsc_study *study, size_t trial) {
    char a[32], b[32];
    if (trial == SIZE_MAX) {
        dsc_text_append(text, "%6s%10s%13s%10s\n", "fold", "held out", "accuracy %", "seconds");
        return;
    }
    const dsc_study_trial *t = dsc_study_trial_at(study, trial);
    dsc_text_append(text, "%6zu%10zu%13s%10s\n", t->fold + 1, t->held_out,
                    t->failed ? "failed" : report_percent(a, (double)t->right / (double)t->held_out, 2),
                    dsc_format_fixed(b, sizeof b, t->seconds, 1));
}

/* ---- on the terminal ---- */

static size_t shown_of(const values *how, const dsc_doubts *d) {
    return (uint64_t)how->show < d->count ? (size_t)how->show : d->count;
}

static void append_table(dsc_text *text, const dsc_doubts *d, size_t count, const dsc_dataset *data) {
    char own[32], other[32];
    dsc_text_append(text, "\n%8s  %-16s%8s  %-16s%8s\n", "image", "label", "sure %", "read as", "sure %");
    for (size_t i = 0; i < count; i++) {
        const dsc_doubt *it = &d->list[i];
        dsc_text_append(text, "%8zu  %-16s%8s  %-16s%8s\n", it->sample, data->class_names[it->label],
                        report_percent(own, (double)it->own, 2), data->class_names[it->answer],
                        report_percent(other, (double)it->other, 2));
    }
    dsc_text_append(text, "\n");
}

static dsc_status append_pictures(dsc_text *text, const dsc_doubts *d, size_t count, const dsc_dataset *data,
                                  dsc_error *error) {
    draw_tile *tiles = dsc_allocate(count, sizeof *tiles);
    char(*titles)[TITLE] = dsc_allocate(count, sizeof *titles);
    dsc_status status =
        tiles && titles ? DSC_OK : dsc_fail_memory(error, count * sizeof *titles, "the grid of images");
    for (size_t i = 0; i < count && !status; i++) {
        const dsc_doubt *it = &d->list[i];
        (void)snprintf(titles[i], TITLE, "%zu: %s, read %s", it->sample, data->class_names[it->label],
                       data->class_names[it->answer]);
        tiles[i] = (draw_tile){dsc_dataset_image(data, it->sample), titles[i]};
    }
    if (!status) {
        const draw_terminal terminal = draw_terminal_detect(1);
        const draw_grid grid = {.tiles = tiles,
                                .count = count,
                                .width = data->shape[2],
                                .height = data->shape[1],
                                .channels = data->shape[0]};
        status = draw_grid_text(text, &grid, &terminal, error);
    }
    free(tiles);
    free(titles);
    return status;
}

static dsc_status print_text(const values *how, const dsc_doubts *d, const dsc_dataset *data,
                             dsc_error *error) {
    dsc_text text = {0};
    char share[32];
    const size_t count = shown_of(how, d);
    const bool drawable = data->shape[0] == 1 || data->shape[0] == 3;
    dsc_status status = DSC_OK;
    dsc_text_append(&text, "\n%zu of %zu labels are doubtful, %s %%\n", d->count, d->answered,
                    report_percent(share, (double)d->count / (double)d->answered, 2));
    if (d->answered < data->count)
        dsc_text_append(&text, "%zu images were not answered because their folds failed\n",
                        data->count - d->answered);
    if (count) append_table(&text, d, count, data);
    if (count && drawable) status = append_pictures(&text, d, count, data, error);
    if (!status) return command_print_text(&text, error);
    dsc_text_free(&text);
    return status;
}

/* ---- JSON ---- */

static json_t *doubts_json(const dsc_doubts *d, const dsc_dataset *data) {
    json_t *list = json_array();
    for (size_t i = 0; i < d->count; i++) {
        const dsc_doubt *it = &d->list[i];
        (void)json_array_append_new(
            list, json_pack("{s:I, s:I, s:s, s:f, s:I, s:s, s:f}", "index", (json_int_t)it->sample, "label",
                            (json_int_t)it->label, "class", data->class_names[it->label], "probability",
                            (double)it->own, "answer", (json_int_t)it->answer, "answer_class",
                            data->class_names[it->answer], "answer_probability", (double)it->other));
    }
    return list;
}

static json_t *thresholds_json(const dsc_doubts *d, size_t classes) {
    json_t *list = json_array();
    for (size_t k = 0; k < classes; k++) (void)json_array_append_new(list, study_real(d->thresholds[k]));
    return list;
}

static dsc_status print_json(const dsc_study *study, const dsc_doubts *d, dsc_error *error) {
    const dsc_study_question *q = dsc_study_question_of(study);
    const dsc_dataset *data = dsc_study_data(study);
    json_t *fingerprint = dsc_fingerprint_to_json(&q->data);
    if (fingerprint) (void)json_object_set_new(fingerprint, "name", dsc_json_text(q->data_name));
    return command_print_json(
        json_pack("{s:o, s:o, s:o, s:I, s:I, s:I, s:o, s:o}", "study", dsc_json_text(dsc_study_folder(study)),
                  "recipe", dsc_json_text(q->name), "data", fingerprint, "folds", (json_int_t)q->folds,
                  "samples", (json_int_t)data->count, "answered", (json_int_t)d->answered, "thresholds",
                  thresholds_json(d, data->classes), "suspects", doubts_json(d, data)),
        error);
}

/* ---- the page ---- */

static dsc_status write_page(const command_call *call, const dsc_study *study, const dsc_doubts *d,
                             dsc_error *error) {
    const values *how = call->values;
    const dsc_study_question *q = dsc_study_question_of(study);
    dsc_text words = {0};
    char word[DSC_SHELL_WORD];
    dsc_status status = command_rehearse(call, how->out, error);
    if (status) return status;
    dsc_text_append(&words,
                    "Each image was answered by one of %zu networks, none of which was trained on it (recipe "
                    "%s). A label is doubtful if the image counts as one of another class.",
                    q->folds, q->name);
    const report_suspects page = {.data = dsc_study_data(study),
                                  .data_name = q->data_name,
                                  .fingerprint = &q->data,
                                  .doubts = d,
                                  .how = words.data};
    status =
        words.failed ? dsc_fail_memory(error, 256, "a page") : report_suspects_write(how->out, &page, error);
    dsc_text_free(&words);
    if (!status)
        command_remark(call,
                       "Saved: %s. The page saves your decisions as decisions.json; apply them with: "
                       "descender data suspects --resume %s --apply decisions.json --to FOLDER",
                       how->out, dsc_shell_word(word, dsc_study_folder(study)));
    return status;
}

/* ---- the command ---- */

static dsc_status report(const command_call *call, const dsc_study *study, dsc_error *error) {
    const values *how = call->values;
    const dsc_dataset *data = dsc_study_data(study);
    const size_t numbers = data->count * data->classes;
    float *answers = dsc_allocate(numbers, sizeof *answers);
    dsc_doubts doubts = {0};
    char word[DSC_SHELL_WORD];
    dsc_status status = answers ? dsc_study_answers(answers, study, error)
                                : dsc_fail_memory(error, numbers * sizeof *answers, "the answers");
    if (!status) status = dsc_doubts_find(&doubts, answers, data->labels, data->count, data->classes, error);
    if (!status)
        status = call->json ? print_json(study, &doubts, error) : print_text(how, &doubts, data, error);
    if (!status && how->out) status = write_page(call, study, &doubts, error);
    if (!status && !how->out && doubts.count)
        command_remark(
            call, "Decide on each image in a page: descender data suspects --resume %s --out suspects.html",
            dsc_shell_word(word, dsc_study_folder(study)));
    free(answers);
    dsc_doubts_clear(&doubts);
    return status;
}

/* The data are those with which the study was started. */
static dsc_status apply(command_call *call, dsc_error *error) {
    const values *how = call->values;
    const study_values *study = &how->study;
    dsc_study_question question = {0};
    dsc_status status = DSC_OK;
    if (study->resume) status = dsc_study_open(&question, study->resume, DSC_STUDY_ANSWERS, error);
    if (!status) {
        const dsc_recipe *recipe = study->resume ? &question.recipe : &study->recipe;
        char *data = command_given(call, "data") ? study->recipe.data : recipe->data;
        const command_source source = command_source_of(data, &recipe->reading, study->offline);
        status = suspects_apply(call, how->apply, how->to, &source, error);
    }
    dsc_study_question_clear(&question);
    return status;
}

static dsc_status check_options(command_call *call, const values *how, dsc_error *error) {
    const char *dot = how->out ? strrchr(how->out, '.') : NULL;
    if (!how->apply != !how->to)
        return command_wrong_usage(
            call, error, "--apply and --to go together: give the file of decisions and the folder to write");
    if (how->apply && how->out)
        return command_wrong_usage(
            call, error,
            "--apply carries out decisions, --out writes a page to make them; give one of the two");
    if (how->out && (!dot || (strcmp(dot, ".html") != 0 && strcmp(dot, ".htm") != 0)))
        return command_wrong_usage(call, error, "--out: expected a name that ends in .html, found '%s'",
                                   how->out);
    if (how->out && !picture_png_available())
        return dsc_fail(error, DSC_ERROR_UNSUPPORTED,
                        "--out: the page contains pictures, for which this build lacks libpng; use --json "
                        "for the list of doubtful labels");
    return DSC_OK;
}

static dsc_status run(command_call *call, dsc_error *error) {
    static const char *const own[] = {"folds", "study", NULL};
    static const study_command self = {DSC_STUDY_ANSWERS, "data suspects", own, ask, tell,
                                       append_row,        report};
    const values *how = call->values;
    dsc_status status = check_options(call, how, error);
    if (!status && how->apply) return apply(call, error);
    if (!status) status = command_rehearse(call, how->out, error); /* fails before the work */
    return status ? status : study_run(&self, call, error);
}

static const dsc_param options[] = {
    {"folds", DSC_PARAM_INT, offsetof(values, folds), "5", 2, DSC_FOLDS_MOST, NULL,
     "number of folds; one network is trained per fold"},
    {"show", DSC_PARAM_INT, offsetof(values, show), "20", 0, 1000, NULL,
     "number of images to list and show, the most doubtful first"},
    {"out", DSC_PARAM_TEXT, offsetof(values, out), NULL, 0, 0, NULL,
     "write a page (.html) to decide on each image: keep, change or drop"},
    {"apply", DSC_PARAM_TEXT, offsetof(values, apply), NULL, 0, 0, NULL,
     "apply the decisions in this file, which the page saved; nothing is trained"},
    {"to", DSC_PARAM_TEXT, offsetof(values, to), NULL, 0, 0, NULL,
     "with --apply: folder for the corrected data, as four IDX files"},
    {"study", DSC_PARAM_TEXT, offsetof(values, study.out), NULL, 0, 0, NULL,
     "folder of the study; default: the next free one in runs/"},
    STUDY_OPTIONS(values),
    {0},
};

static const command_option extras[] = {
    COMMAND_SOURCE_EXTRA,         {"recipe", 'r', "NAME|FILE", false}, {"model", 'm', NULL, false},
    {"epochs", 'e', NULL, false}, {"threads", 't', NULL, false},       {"folds", 'k', NULL, false},
    {"out", 'o', "FILE", true},   {"apply", 0, "FILE", true},          {"to", 0, "DIR", true},
    {"study", 0, "DIR", true},    {"resume", 0, "STUDY", false},       {0}};

static const command_example examples[] = {
    {"data suspects --data photos/ --size 64x64 --fit crop --out suspects.html",
     "Find pictures that are probably in the wrong folder, and decide in the page."},
    {"data suspects --recipe mnist-98 --folds 2", "Check MNIST quickly."},
    {"data suspects --resume runs/0001-suspects-auto --apply decisions.json --to corrected",
     "Write corrected data from the decisions made in the page."},
    {0},
};

const command command_data_suspects = {
    .name = "suspects",
    .help = "find images whose labels are probably wrong, and correct the labels",
    .about = "Cuts the training set into folds and, for each fold, trains the recipe on the others, so that "
             "every image is answered by a network that was not trained on it. An image counts as one of a "
             "class if its probability for that class is at least the mean over the images with that label "
             "(confident learning: Northcutt, Jiang and Chuang, 2021). If that class is not the label, the "
             "label is doubtful. The "
             "images whose label got the lowest probability come first.\n\nThe command changes no data: look "
             "at each image, because some labels are right and the images just hard. --out writes a page as "
             "one file that works without a server and saves your decisions as decisions.json. --apply "
             "writes the data with these decisions to another folder. The study's folder keeps the answers: "
             "--resume remakes the list or the page in a moment, and continues an interrupted study.",
    .shared = dsc_recipe_params,
    .options = options,
    .extras = extras,
    .examples = examples,
    .values_size = sizeof(values),
    .defaults_vary = true,
    .stops = true,
    .run = run,
};
