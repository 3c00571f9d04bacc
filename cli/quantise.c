/* SPDX-License-Identifier: MIT */
/* quantise.c: `descender quantise`: converts a trained network to integers. */
#include "command.h"

#include "base/file.h"
#include "measure/score.h"
#include "progress.h"
#include "quant/quantise.h"
#include "quant/round.h"
#include "subject.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The largest loss of accuracy, in percentage points. The other macros make a text of it, for the help. */
#define LOSS_MOST     0.05
#define AS_TEXT(x)    #x
#define TEXT_OF(name) AS_TEXT(name)

typedef struct values {
    command_source source;
    char *out;
    int bits;
    int64_t samples, threads;
    bool force, json, quiet;
} values;

/* One conversion. */
typedef struct work {
    command_call *call;
    const values *how;
    command_subject subject;
    command_data data;
    dsc_model *quantised;
    dsc_quantised_report report;
    dsc_metrics before, after;
    command_progress progress;
    size_t answers; /* test images answered, by each model in turn */
    size_t *labels; /* the first model's answers */
    size_t differ;
    bool second;
} work;

static int on_answer(void *user, const dsc_answer *answer) {
    work *w = user;
    command_progress_show(&w->progress, ++w->answers);
    if (w->second)
        w->differ += w->labels[answer->sample] != answer->prediction;
    else
        w->labels[answer->sample] = answer->prediction;
    return command_should_stop();
}

static dsc_status measure(work *w, dsc_error *error) {
    const size_t count = dsc_dataset_count(w->data.test);
    const unsigned threads = (unsigned)w->how->threads;
    w->labels = calloc(count + 1, sizeof *w->labels);
    if (!w->labels) return dsc_fail_memory(error, count * sizeof *w->labels, "the answers");
    command_progress_start(&w->progress, w->call, "evaluating", "images", 2 * count);
    dsc_status status =
        dsc_model_measure(&w->before, w->subject.model, w->data.test, threads, on_answer, w, error);
    w->second = true;
    if (!status)
        status = dsc_model_measure(&w->after, w->quantised, w->data.test, threads, on_answer, w, error);
    command_progress_end(&w->progress);
    return status;
}

static double points_lost(const work *w) {
    return 100 * (dsc_metrics_accuracy(&w->before) - dsc_metrics_accuracy(&w->after));
}

/* --- output --- */

static void append_layer(dsc_text *text, const dsc_quantised_layer *layer) {
    const char *name = dsc_node_name(layer->weight), *end = strstr(name, ".weight");
    char shown[DSC_VISIBLE], share[32];
    dsc_text_append(text, "%-16.*s %9zu %5u %8zu %9s\n", end ? (int)(end - name) : (int)strlen(name),
                    dsc_visible(shown, sizeof shown, name), layer->weights, layer->bits, layer->bytes,
                    isnan(layer->clipped) ? "-"
                                          : dsc_format_fixed(share, sizeof share, 100 * layer->clipped, 3));
}

static dsc_status report_text(const work *w, dsc_error *error) {
    const dsc_quantised_report *r = &w->report;
    dsc_text text = {0};
    char number[32], other[32], lost[32];
    dsc_text_append(&text, "%-16s %9s %5s %8s %9s\n", "layer", "weights", "bits", "bytes", "clipped %");
    for (size_t i = 0; i < r->count; i++) append_layer(&text, &r->layers[i]);
    dsc_text_append(&text, "%-16s %9zu %5s %8zu\n", "total", r->weights, "", r->bytes);
    dsc_text_append(&text, "Biases, multipliers and shifts: %zu bytes more.\n", r->more_bytes);
    dsc_text_append(&text,
                    "Test set: %s %% before, %s %% after (%s points lost); %zu of %zu answers differ.\n",
                    dsc_format_fixed(number, sizeof number, 100 * dsc_metrics_accuracy(&w->before), 2),
                    dsc_format_fixed(other, sizeof other, 100 * dsc_metrics_accuracy(&w->after), 2),
                    dsc_format_fixed(lost, sizeof lost, points_lost(w), 2), w->differ, w->after.count);
    return command_print_text(&text, error);
}

static json_t *layers_json(const dsc_quantised_report *r) {
    json_t *json = json_array();
    for (size_t i = 0; json && i < r->count; i++) {
        const dsc_quantised_layer *l = &r->layers[i];
        if (json_array_append_new(
                json, json_pack("{s:s, s:I, s:i, s:I, s:o}", "weight", dsc_node_name(l->weight), "weights",
                                (json_int_t)l->weights, "bits", (int)l->bits, "bytes", (json_int_t)l->bytes,
                                "clipped", isnan(l->clipped) ? json_null() : json_real(l->clipped)))) {
            json_decref(json);
            return NULL;
        }
    }
    return json;
}

static dsc_status report_json(const work *w, dsc_error *error) {
    const dsc_quantised_report *r = &w->report;
    return command_print_json(
        json_pack("{s:o, s:o, s:I, s:I, s:I, s:f, s:f, s:I, s:o, s:o}", "model",
                  dsc_json_text(w->subject.model_path), "data", dsc_json_text(w->data.name), "weights",
                  (json_int_t)r->weights, "bytes", (json_int_t)r->bytes, "more_bytes",
                  (json_int_t)r->more_bytes, "accuracy_before", dsc_metrics_accuracy(&w->before), "accuracy",
                  dsc_metrics_accuracy(&w->after), "answers_differ", (json_int_t)w->differ, "layers",
                  layers_json(r), "out", w->how->out ? dsc_json_text(w->how->out) : json_null()),
        error);
}

/* --- the work --- */

static dsc_status convert(work *w, dsc_error *error) {
    const dsc_quantise_options options = {.levels = dsc_round_levels_of(w->how->bits),
                                          .samples = (size_t)w->how->samples};
    dsc_status status = command_subject_match(&w->data.train, &w->subject, w->call, error);
    if (!status) status = command_subject_match(&w->data.test, &w->subject, w->call, error);
    if (!status)
        status = dsc_quantise(&w->quantised, &w->report, w->subject.model, w->data.train, &options, error);
    return status;
}

static dsc_status finish(work *w, dsc_error *error) {
    const double lost = points_lost(w);
    char number[32], most[32];
    dsc_status status = w->call->json ? report_json(w, error) : report_text(w, error);
    if (status) return status;
    if (!w->how->out) return DSC_OK;
    if (lost > LOSS_MOST + 1e-9 && !w->how->force)
        return dsc_fail(error, DSC_ERROR_MISMATCH,
                        "%s points of accuracy are lost, more than %s, so no file is written; train with "
                        "--quantise, use more bits, or give --force",
                        dsc_format_fixed(number, sizeof number, lost, 2),
                        dsc_format_fixed(most, sizeof most, LOSS_MOST, 2));
    status = command_note_accuracy(w->quantised, dsc_metrics_accuracy(&w->after), w->after.count,
                                   w->data.name, error);
    if (!status) status = dsc_model_save(w->quantised, w->how->out, error);
    if (!status) command_remark(w->call, "Saved the quantised network: %s", w->how->out);
    return status;
}

static dsc_status run(command_call *call, dsc_error *error) {
    work w = {.call = call, .how = call->values};
    command_warn_of_kernels();
    dsc_status status = command_subject_open(&w.subject, call->operands[0], error);
    command_source source = command_subject_source(&w.subject, call, &w.how->source);
    if (!status) status = command_data_open(&w.data, call, &source, error);
    if (!status) command_subject_tell_split(&w.subject, &w.data, call);
    if (!status) status = command_rehearse(call, w.how->out, error);
    if (!status) status = convert(&w, error);
    if (!status) status = measure(&w, error);
    if (!status) status = finish(&w, error);
    dsc_metrics_clear(&w.before);
    dsc_metrics_clear(&w.after);
    dsc_model_free(w.quantised);
    dsc_quantised_report_clear(&w.report);
    free(w.labels);
    command_data_close(&w.data);
    command_subject_close(&w.subject);
    return status;
}

static const dsc_param options[] = {
    COMMAND_SOURCE(values),
    {"out", DSC_PARAM_TEXT, offsetof(values, out), NULL, 0, 0, NULL,
     "file of the new model; default: only print the result"},
    {"bits", DSC_PARAM_CHOICE, offsetof(values, bits), "auto", 0, 0, "auto|8|4|3|ternary",
     "bits per weight; auto: the bits that the model was trained with (train --quantise), or else 8"},
    {"samples", DSC_PARAM_INT, offsetof(values, samples), "1000", 1, 1000000, NULL,
     "number of training images used to measure the range of values"},
    {"threads", DSC_PARAM_INT, offsetof(values, threads), "0", 0, 1024, NULL,
     "number of threads; 0: all cores"},
    {"force", DSC_PARAM_SWITCH, offsetof(values, force), "off", 0, 0, NULL,
     "write the model even if more than " TEXT_OF(LOSS_MOST) " points of accuracy are lost"},
    COMMAND_JSON(values),
    COMMAND_QUIET(values),
    {0},
};

static const command_option extras[] = {
    COMMAND_SOURCE_EXTRA,
    {"out", 'o', "FILE.safetensors", true},
    {"threads", 't', NULL, false},
    {0},
};

static const command_operand operands[] = {
    {.name = "RUN|MODEL", .help = "folder of a run, or a model's file"},
    {0},
};

static const command_example examples[] = {
    {"quantise runs/0001-mnist-cnn-109k --out small.safetensors",
     "Write a model with 8-bit weights: a quarter of the bytes, integer arithmetic."},
    {"quantise runs/0002-mnist-cnn-6k --json", "Print what the result would be, as JSON."},
    {0},
};

const command command_quantise = {
    .name = "quantise",
    .help = "convert a trained model to whole numbers, for small machines",
    .about =
        "Converts weights, and all values that the network computes from an image, to whole numbers of 8 "
        "bits or fewer. Batch normalisation is folded into the weights; training images are used to measure "
        "the range of values. The result is a model like any other: you can evaluate, predict with, serve "
        "and export it, and it gives the same answers on every machine.\n\nPrints the bits and bytes of each "
        "layer, the share of its values that 8 bits clip, and the accuracy on the test set before and after.",
    .operands = operands,
    .options = options,
    .extras = extras,
    .examples = examples,
    .values_size = sizeof(values),
    .stops = true,
    .run = run,
};
