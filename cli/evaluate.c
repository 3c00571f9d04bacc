/* SPDX-License-Identifier: MIT */
/* evaluate.c: `descender evaluate`: measures a trained model. */
#include "command.h"

#include "base/file.h"
#include "data/dataset.h"
#include "evaluate_parts.h"
#include "evaluation.h"
#include "measure/refusal.h"
#include "measure/score.h"
#include "members.h"
#include "others.h"
#include "progress.h"
#include "report/baselines.h"
#include "subject.h"

#include <stdio.h>
#include <string.h>

enum { SPLIT_TEST, SPLIT_TRAIN };

typedef struct values {
    command_source source;
    int split;
    int64_t top, threads, shifts;
    char *per_sample, *others;
    bool json, quiet;
} values;

/* One evaluation. */
typedef struct examination {
    command_call *call;
    const values *how;
    command_subject subject;
    command_data data;
    dsc_metrics metrics;
    command_members members;         /* of each member, if the model is an ensemble */
    size_t majority, majority_right; /* most frequent training class; its images in the test set */
    bool has_majority;
    evaluate_parts parts;
    dsc_refusals answers, refused; /* of the data; of the images of no class */
    command_others others;
    command_progress progress;
    dsc_file_writer *table; /* for --per-sample */
    dsc_text line;
    dsc_status table_status;
    dsc_error table_error;
} examination;

/* ---- one line per sample ---- */

/* Appends a name as a CSV field (RFC 4180), quoted if necessary. */
static void append_field(dsc_text *line, const char *name) {
    if (!strpbrk(name, ",\"\r\n")) {
        dsc_text_append(line, "%s", name);
        return;
    }
    dsc_text_append(line, "\"");
    for (; *name; name++) dsc_text_append(line, *name == '"' ? "\"\"" : "%c", *name);
    dsc_text_append(line, "\"");
}

static void write_line(examination *x) {
    if (x->line.failed)
        x->table_status = dsc_fail_memory(&x->table_error, 0, x->how->per_sample);
    else
        x->table_status = dsc_file_writer_append(x->table, x->line.data, x->line.length, &x->table_error);
    x->line.length = 0;
}

static void write_heading(examination *x) {
    dsc_text_append(&x->line, "sample,label,prediction,right,loss");
    for (size_t k = 0; k < dsc_model_classes(x->subject.model); k++) {
        dsc_text_append(&x->line, ",");
        append_field(&x->line, dsc_model_class_name(x->subject.model, k));
    }
    if (x->members.members) dsc_text_append(&x->line, ",agree");
    dsc_text_append(&x->line, "\n");
    write_line(x);
}

static int on_answer(void *user, const dsc_answer *answer) {
    examination *x = user;
    command_progress_show(&x->progress, answer->sample + 1);
    dsc_refusals_add(&x->answers, answer);
    evaluate_parts_add(&x->parts, answer);
    command_members_add(&x->members, answer);
    if (!x->table) return command_should_stop();
    char number[32];
    dsc_text_append(&x->line, "%zu,", answer->sample);
    append_field(&x->line, dsc_model_class_name(x->subject.model, answer->label));
    dsc_text_append(&x->line, ",");
    /* An answer that is not finite has empty fields. */
    if (answer->is_finite) append_field(&x->line, dsc_model_class_name(x->subject.model, answer->prediction));
    dsc_text_append(&x->line, ",%d,%s", answer->label == answer->prediction,
                    answer->is_finite ? dsc_format_shortest(number, answer->loss) : "");
    for (size_t k = 0; k < dsc_model_classes(x->subject.model); k++)
        dsc_text_append(&x->line, ",%s",
                        answer->is_finite
                            ? dsc_format_fixed(number, sizeof number, (double)answer->probabilities[k], 6)
                            : "");
    if (answer->members && answer->is_finite)
        dsc_text_append(&x->line, ",%zu",
                        dsc_members_agree(NULL, answer->prediction, answer->members, answer->member_count,
                                          x->members.classes));
    else if (answer->members)
        dsc_text_append(&x->line, ",");
    dsc_text_append(&x->line, "\n");
    write_line(x);
    return x->table_status || command_should_stop_saving();
}

/* ---- images of no class ---- */

static int on_other(void *user, const dsc_answer *answer) {
    examination *x = user;
    command_progress_show(&x->progress, answer->sample + 1);
    dsc_refusals_add(&x->refused, answer);
    return command_should_stop();
}

static dsc_status open_others(examination *x, const command_source *source, dsc_error *error) {
    dsc_status status = command_others_open(&x->others, x->call, x->how->others, &source->reading,
                                            source->offline, x->how->split == SPLIT_TEST, error);
    if (!status && x->others.data && !(dsc_model_refuse_below(x->subject.model) > 0))
        command_complain("the model has no threshold below which it refuses; train it with --others");
    return status;
}

static dsc_status measure_others(examination *x, dsc_error *error) {
    dsc_metrics metrics = {0};
    if (!x->others.data) return DSC_OK;
    const size_t count = dsc_dataset_count(x->others.data);
    const char *const name[1] = {dsc_model_class_name(x->subject.model, 0)}; /* any class of the model */
    const uint16_t map[256] = {0};
    dsc_dataset *data = NULL;
    dsc_status status = dsc_refusals_initialise(&x->refused, count, error);
    if (!status) status = dsc_dataset_renumber(&data, x->others.data, map, 1, name, error);
    command_progress_start(&x->progress, x->call, "evaluating others", "images", count);
    if (!status)
        status = dsc_model_measure(&metrics, x->subject.model, data, (unsigned)x->how->threads, on_other, x,
                                   error);
    command_progress_end(&x->progress);
    if (!status) dsc_refusals_order(&x->refused);
    dsc_metrics_clear(&metrics);
    dsc_dataset_free(data);
    return status;
}

/* Whether refusals are shown: the model has a threshold, or the user gave images of no class. */
static bool tells_refusals(const examination *x) {
    return dsc_model_refuse_below(x->subject.model) > 0 || x->others.data;
}

static void append_refusals(dsc_text *text, const examination *x) {
    char a[32], b[32], c[32], shown[DSC_VISIBLE];
    const double below = dsc_model_refuse_below(x->subject.model);
    const dsc_refusals *r = &x->answers;
    const size_t refused = dsc_refusals_below(r, below), others = dsc_refusals_below(&x->refused, below);
    if (!tells_refusals(x)) return;
    dsc_text_append(text,
                    "\nrefused (below %s): %zu of %zu, %s %%; of the remaining answers, %s %% are right\n",
                    dsc_format_shortest(a, below), refused, r->count,
                    dsc_format_fixed(b, sizeof b, 100 * (double)refused / (double)r->count, 2),
                    dsc_format_fixed(c, sizeof c, 100 * (1 - dsc_refusals_error(r, refused)), 2));
    if (x->others.data)
        dsc_text_append(text, "of no class (%s): %zu of %zu refused, %s %%\n",
                        dsc_visible(shown, sizeof shown, dsc_dataset_name(x->others.data)), others,
                        x->refused.count,
                        dsc_format_fixed(a, sizeof a, 100 * (double)others / (double)x->refused.count, 2));
}

static void add_refusals(json_t *json, const examination *x) {
    const double below = dsc_model_refuse_below(x->subject.model);
    const size_t refused = dsc_refusals_below(&x->answers, below);
    if (!json || !tells_refusals(x)) return;
    json_t *refusal = json_pack("{s:f, s:I, s:I, s:f}", "below", below, "refused", (json_int_t)refused,
                                "answered", (json_int_t)(x->answers.count - refused), "accuracy_answered",
                                1 - dsc_refusals_error(&x->answers, refused));
    if (refusal && x->others.data)
        (void)json_object_update_new(refusal,
                                     json_pack("{s:o, s:I, s:I}", "others_data",
                                               dsc_json_text(dsc_dataset_name(x->others.data)), "others",
                                               (json_int_t)x->refused.count, "others_refused",
                                               (json_int_t)dsc_refusals_below(&x->refused, below)));
    (void)json_object_set_new(json, "refusal", refusal);
}

/* ---- the evaluation ---- */

/* Finds the accuracy of always answering the most frequent class, for comparison, on images not used for
 * training. A training set with classes unknown to the model is not the model's, and is not used. */
static dsc_status find_majority(examination *x, dsc_error *error) {
    dsc_dataset *training;
    if (x->how->split == SPLIT_TRAIN) return DSC_OK;
    dsc_status status = dsc_dataset_match(&training, NULL, x->data.train, x->subject.model, error);
    if (status) return status == DSC_ERROR_MISMATCH ? DSC_OK : status;
    x->has_majority = true;
    x->majority = dsc_majority_class(training);
    x->majority_right = dsc_metrics_of_class(&x->metrics, x->majority).support;
    dsc_dataset_free(training);
    return DSC_OK;
}

static dsc_status measure(examination *x, dsc_error *error) {
    dsc_dataset **set = x->how->split == SPLIT_TRAIN ? &x->data.train : &x->data.test;
    dsc_status status = command_subject_match(set, &x->subject, x->call, error);
    const dsc_dataset *data = *set;
    if (!status) status = evaluate_parts_start(&x->parts, data, x->how->split == SPLIT_TEST, error);
    if (status) return status;
    if (x->how->per_sample) status = dsc_file_writer_open(&x->table, x->how->per_sample, error);
    if (!status) status = command_members_begin(&x->members, x->subject.model, error);
    if (status) return status;
    if (x->table) write_heading(x);
    if (!x->table_status)
        x->table_status = dsc_refusals_initialise(&x->answers, dsc_dataset_count(data), &x->table_error);
    command_progress_start(&x->progress, x->call, "evaluating", "images", dsc_dataset_count(data));
    if (!x->table_status)
        status = dsc_model_measure(&x->metrics, x->subject.model, data, (unsigned)x->how->threads, on_answer,
                                   x, error);
    command_progress_end(&x->progress);
    if (x->table_status) {
        status = x->table_status;
        if (error) *error = x->table_error;
    }
    if (!status) dsc_refusals_order(&x->answers);
    if (!x->table) return status;
    if (status) {
        dsc_file_writer_abort(x->table);
        return status;
    }
    return dsc_file_writer_commit(x->table, error);
}

static void append_majority(dsc_text *text, const examination *x) {
    if (!x->has_majority) return;
    dsc_text_append(text, "\n");
    report_append_majority(text, dsc_model_class_name(x->subject.model, x->majority),
                           (double)x->majority_right / (double)x->metrics.count);
}

static void add_majority(json_t *json, const examination *x) {
    if (!json || !x->has_majority) return;
    (void)json_object_set_new(json, "majority",
                              json_pack("{s:s, s:f}", "class",
                                        dsc_model_class_name(x->subject.model, x->majority), "accuracy",
                                        (double)x->majority_right / (double)x->metrics.count));
}

static dsc_status report(const examination *x, dsc_error *error) {
    static const char *const splits[] = {"test", "train"};
    if (x->call->json) {
        json_t *json = command_metrics_json(&x->metrics, x->subject.model, (size_t)x->how->top);
        if (json)
            (void)json_object_update_new(
                json, json_pack("{s:o, s:o, s:s, s:o}", "model", dsc_json_text(x->subject.model_path), "data",
                                dsc_json_text(x->data.name), "split", splits[x->how->split], "remarks",
                                command_remarks_json(&x->subject.remarks)));
        if (json && x->members.members)
            (void)json_object_set_new(json, "members", command_members_json(&x->members));
        add_majority(json, x);
        add_refusals(json, x);
        const dsc_status status = evaluate_parts_json(json, &x->parts, error);
        if (!status) return command_print_json(json, error);
        json_decref(json);
        return status;
    }
    dsc_text text = {0};
    char a[DSC_VISIBLE], b[DSC_VISIBLE];
    dsc_text_append(&text, "%s on %s, %s set\n", dsc_visible(a, sizeof a, x->subject.model_path),
                    dsc_visible(b, sizeof b, x->data.name),
                    x->how->split == SPLIT_TRAIN ? "training" : "test");
    command_append_metrics(&text, &x->metrics, x->subject.model, (size_t)x->how->top);
    append_majority(&text, x);
    if (x->members.members) dsc_text_append(&text, "\n");
    command_members_append(&text, &x->members);
    append_refusals(&text, x);
    const dsc_status status = evaluate_parts_append(&text, &x->parts, error);
    if (!status) return command_print_text(&text, error);
    dsc_text_free(&text);
    return status;
}

/* Replaces the model by the mean of its answers to shifted images. */
static dsc_status shift(examination *x, dsc_error *error) {
    dsc_model *shifted;
    if (!x->how->shifts) return DSC_OK;
    dsc_status status = dsc_model_shift(&shifted, x->subject.model, (size_t)x->how->shifts, error);
    if (status) return status;
    dsc_model_free(x->subject.model);
    x->subject.model = shifted;
    return DSC_OK;
}

static dsc_status run(command_call *call, dsc_error *error) {
    examination x = {.call = call, .how = call->values};
    command_warn_of_kernels();
    dsc_status status = command_subject_open(&x.subject, call->operands[0], error);
    if (!status) status = shift(&x, error);
    command_source source = command_subject_source(&x.subject, call, &x.how->source);
    source.may_be_untested = x.how->split == SPLIT_TRAIN;
    source.instead = ", measure on the training images with --split train";
    if (!status) status = command_data_open(&x.data, call, &source, error);
    if (!status && x.how->split != SPLIT_TRAIN) command_subject_tell_split(&x.subject, &x.data, call);
    if (!status) status = open_others(&x, &source, error);
    if (!status) status = command_rehearse(call, x.how->per_sample, error);
    if (!status) status = measure(&x, error);
    if (!status) status = measure_others(&x, error);
    if (!status) status = find_majority(&x, error);
    if (!status) status = report(&x, error);
    if (!status) command_warn_of_answers(&x.metrics);
    if (!status && x.how->per_sample) command_remark(call, "Saved the samples: %s", x.how->per_sample);
    dsc_metrics_clear(&x.metrics);
    command_members_clear(&x.members);
    dsc_refusals_clear(&x.answers);
    dsc_refusals_clear(&x.refused);
    evaluate_parts_clear(&x.parts);
    command_others_close(&x.others);
    command_data_close(&x.data);
    command_subject_close(&x.subject);
    dsc_text_free(&x.line);
    return status;
}

static const dsc_param options[] = {
    COMMAND_SOURCE(values),
    {"split", DSC_PARAM_CHOICE, offsetof(values, split), "test", 0, 0, "test|train",
     "set of the data to evaluate"},
    {"top", DSC_PARAM_INT, offsetof(values, top), "3", 1, DSC_TOP_MOST, NULL,
     "also count an answer as right if the label is among the N most probable classes"},
    {"others", DSC_PARAM_TEXT, offsetof(values, others), NULL, 0, 0, NULL,
     "data whose images belong to no class, separated by commas; reports how many of them the model refuses"},
    {"per-sample", DSC_PARAM_TEXT, offsetof(values, per_sample), NULL, 0, 0, NULL,
     "write label, prediction, loss and probabilities of every sample, as CSV"},
    COMMAND_SHIFTS(values),
    {"threads", DSC_PARAM_INT, offsetof(values, threads), "0", 0, 1024, NULL,
     "number of threads; 0: all cores"},
    COMMAND_JSON(values),
    COMMAND_QUIET(values),
    {0},
};

static const command_option extras[] = {
    COMMAND_SOURCE_EXTRA,
    {"others", 0, "DATA,...", false},
    {"per-sample", 0, "FILE.csv", false},
    {"threads", 't', NULL, false},
    {0},
};

static const command_operand operands[] = {
    {.name = "RUN|MODEL", .help = "folder of a run, or a model's file"},
    {0},
};

static const command_example examples[] = {
    {"evaluate runs/0001-mnist-cnn-109k",
     "Evaluate the model of a run on the test set of the data it was trained with."},
    {"evaluate model.safetensors --data ./letters --json", "Evaluate a model on your own data, as JSON."},
    {"evaluate runs/0001-mnist-cnn-109k --others non-digits",
     "Report how many images of no class it refuses."},
    {"evaluate runs/0001-mnist-cnn-109k --per-sample answers.csv", "Write its answer to each image."},
    {"evaluate runs/0001-mnist-cnn-109k --shifts 1",
     "Average its answers to nine shifted copies of each image."},
    {0},
};

const command command_evaluate = {
    .name = "evaluate",
    .help = "measure how good a trained model is",
    .about = "Runs the data through a model. Prints loss, accuracy with its 95 percent interval, precision, "
             "recall and F1 of each class, the confusion matrix, and how far the model's confidence can be "
             "trusted.\n\nThe command compares data and model first. Classes are matched by name, in any "
             "order. Data of another size, or with classes that the model does not know, are refused. If "
             "ground or preparation differ from the model's training images, there is a warning. If the "
             "labels say who wrote each image, as QMNIST's do, accuracy by population and by writer follows.",
    .operands = operands,
    .options = options,
    .extras = extras,
    .examples = examples,
    .values_size = sizeof(values),
    .stops = true,
    .run = run,
};
