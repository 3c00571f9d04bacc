/* SPDX-License-Identifier: MIT */
/* tutorial.c: `descender tutorial`: runs the NumPy tutorial of tutorial/, and prints its output.
 *
 * Standard output has the data's name, the tutorial's own lines and then its errata. Pictures come between
 * them if standard output is a terminal. */
#include "command.h"

#include "base/error.h"
#include "base/file.h"
#include "base/param.h"
#include "base/visible.h"
#include "data/dataset.h"
#include "data/find.h"
#include "data/npy.h"
#include "draw/terminal.h"
#include "fetch/known.h"
#include "progress.h"
#include "source.h"
#include "tutorial_pictures.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct values {
    tutorial_options options;
    command_source source;
    char *out, *save;
    bool json, quiet;
} values;

/* One run. */
typedef struct lesson {
    command_call *call;
    const values *how;
    command_data data;
    tutorial_figures figures;
    tutorial_result result;
    command_progress progress;
    bool shows; /* pictures as text */
} lesson;

/* Sections 1 and 2: the data. */
static dsc_status present_data(lesson *l, dsc_error *error) {
    dsc_text text = {0};
    dsc_text_append(&text, "Data: ");
    dsc_text_append_visible(&text, l->data.name);
    dsc_text_append(&text, "\n");
    tutorial_print_shapes(&text, l->data.train, l->data.test);
    dsc_status status = DSC_OK;
    if (l->shows) status = tutorial_show_image(&text, &l->figures, error);
    tutorial_print_label(&text, l->data.train);
    if (!status && l->shows) status = tutorial_show_examples(&text, &l->figures, error);
    if (!status) status = tutorial_print_preprocessing(&text, l->data.train, error);
    if (status) {
        dsc_text_free(&text);
        return status;
    }
    return command_print_text(&text, error);
}

static bool on_epoch(void *user, const tutorial_result *result) {
    lesson *l = user;
    if (!l->call->json) {
        dsc_text text = {0};
        tutorial_print_epoch(&text, result, result->epochs - 1);
        command_progress_wipe(&l->progress);
        (void)command_print_text(&text, NULL);
        (void)fflush(stdout);
    }
    if (result->epochs < (size_t)l->how->options.epochs) command_progress_show(&l->progress, result->epochs);
    /* With files to save, training continues without a reader of standard output. */
    return !(l->how->save || l->how->out ? command_should_stop_saving() : command_should_stop());
}

/* Section 3: the network. */
static dsc_status train(lesson *l, dsc_error *error) {
    command_progress_start(&l->progress, l->call, "training", "epochs", (uint64_t)l->how->options.epochs);
    command_progress_show(&l->progress, 0);
    dsc_status status =
        tutorial_train(&l->result, &l->how->options, l->data.train, l->data.test, on_epoch, l, error);
    command_progress_end(&l->progress);
    return status;
}

/* Prints the next command to try: a better network for the same data, read in the same way. */
static dsc_status tell_next(const lesson *l, dsc_error *error) {
    static const dsc_param source[] = {COMMAND_SOURCE(values), {0}};
    dsc_text line = {0};
    dsc_text_append(&line, "Next: descender train");
    for (const dsc_param *param = source; param->name; param++) {
        char word[DSC_SHELL_WORD];
        dsc_text value = {0};
        dsc_param_format(&value, param, l->how);
        bool usual = !value.data || !strcmp(value.data, param->initial ? param->initial : "");
        if (!usual && param->type == DSC_PARAM_SWITCH)
            dsc_text_append(&line, " --%s", param->name);
        else if (!usual)
            dsc_text_append(&line, " --%s %s", param->name, dsc_shell_word(word, value.data));
        line.failed = line.failed || value.failed;
        dsc_text_free(&value);
    }
    dsc_status status = line.failed ? dsc_fail_memory(error, line.length, "what to do next") : DSC_OK;
    if (!status) command_remark(l->call, "%s", line.data);
    dsc_text_free(&line);
    return status;
}

static dsc_status report_text(lesson *l, dsc_error *error) {
    dsc_text text = {0};
    dsc_status status = l->shows ? tutorial_show_curves(&text, &l->figures, error) : DSC_OK;
    if (status) {
        dsc_text_free(&text);
        return status;
    }
    tutorial_print_slips(&text, &l->how->options);
    status = command_print_text(&text, error);
    double each =
        1e6 * l->result.training_seconds / ((double)l->result.epochs * (double)l->result.training_sample);
    char seconds[32], microseconds[32];
    command_remark(l->call, "Trained in %s seconds, %s microseconds an image.",
                   dsc_format_fixed(seconds, sizeof seconds, l->result.training_seconds, 3),
                   dsc_format_fixed(microseconds, sizeof microseconds, each, 2));
    if (l->how->save) command_remark(l->call, "Saved the weights: %s", l->how->save);
    if (l->how->out) command_remark(l->call, "Saved the pictures: %s", l->how->out);
    return status ? status : tell_next(l, error);
}

/* The options of the tutorial, under their names. */
static json_t *options_json(const tutorial_options *options) {
    json_t *json = json_object();
    for (const dsc_param *param = tutorial_parameters; param->name; param++)
        (void)json_object_set_new(json, param->name, dsc_param_to_json(param, options));
    return json;
}

static json_t *epochs_json(const tutorial_result *r) {
    json_t *list = json_array();
    double train = (double)r->training_sample, test = (double)r->test_sample;
    for (size_t j = 0; j < r->epochs; j++)
        (void)json_array_append_new(
            list, json_pack("{s:I, s:f, s:f, s:f, s:f}", "epoch", (json_int_t)j, "training_error",
                            r->store_training_loss[j] / train, "training_accuracy",
                            (double)r->store_training_accurate_pred[j] / train, "test_error",
                            r->store_test_loss[j] / test, "test_accuracy",
                            (double)r->store_test_accurate_pred[j] / test));
    return list;
}

static dsc_status report_json(const lesson *l, dsc_error *error) {
    size_t index = tutorial_image_index(l->data.train);
    return command_print_json(
        json_pack("{s:o, s:I, s:I, s:{s:I, s:i}, s:o, s:o, s:f, s:o*, s:o*}", "data",
                  dsc_json_text(l->data.name), "training_images",
                  (json_int_t)dsc_dataset_count(l->data.train), "test_images",
                  (json_int_t)dsc_dataset_count(l->data.test), "image", "index", (json_int_t)index, "label",
                  (int)dsc_dataset_label(l->data.train, index), "options", options_json(&l->how->options),
                  "epochs", epochs_json(&l->result), "training_seconds", l->result.training_seconds,
                  "pictures", l->how->out ? dsc_json_text(l->how->out) : NULL, "weights",
                  l->how->save ? dsc_json_text(l->how->save) : NULL),
        error);
}

/* numpy.load(path)["weights_1"] is (pixels, hidden), ["weights_2"] (hidden, classes). */
static dsc_status save_weights(const char *path, const tutorial_result *r, dsc_error *error) {
    dsc_array weights_1 = {DSC_F64, 2, {r->pixels_per_image, r->hidden_size}, r->weights_1};
    dsc_array weights_2 = {DSC_F64, 2, {r->hidden_size, r->num_labels}, r->weights_2};
    dsc_npz_entry entries[] = {{"weights_1", &weights_1}, {"weights_2", &weights_2}};
    return dsc_npz_write(path, entries, 2, error);
}

/* With --plain, tutorial/files.c reads data known by content from the place where they were found. Other data
 * stay as they are. */
static dsc_status read_plainly(lesson *l, dsc_error *error) {
    command_data *data = &l->data;
    bool known = false;
    const dsc_known_data *which = dsc_dataset_known(data->train);
    if (!l->how->options.plain || !data->place || !dsc_mnist_is_place(data->place)) return DSC_OK;
    if (!which || !dsc_known_by_content(which)) return DSC_OK;
    dsc_status status = fetch_is_known(&known, data->train, data->test, data->place, which->files, error);
    if (status || !known) return status;
    dsc_dataset *train, *test;
    status = tutorial_read_files(&train, &test, data->place, error);
    if (status) return status;
    dsc_dataset_free(data->train);
    dsc_dataset_free(data->test);
    data->train = train;
    data->test = test;
    return DSC_OK;
}

static dsc_status learn(lesson *l, dsc_error *error) {
    dsc_status status = command_data_open(&l->data, l->call, &l->how->source, error);
    if (!status) status = read_plainly(l, error);
    if (!status) status = tutorial_check(&l->how->options, l->data.train, l->data.test, error);
    /* Fails before the work if a file cannot be written. */
    if (!status && l->how->out) status = tutorial_pictures_possible(error);
    if (!status && l->how->out) status = tutorial_claim_pictures(l->how->out, l->data.train, error);
    if (!status) status = command_rehearse(l->call, l->how->save, error);
    if (!status)
        status = tutorial_figures_make(&l->figures, &l->how->options, l->data.train, l->data.name, error);
    if (!status && !l->call->json) status = present_data(l, error);
    if (!status) status = train(l, error);
    if (status) return status;
    status = tutorial_figures_add_result(&l->figures, &l->result, error);
    if (!status && l->how->save) status = save_weights(l->how->save, &l->result, error);
    if (!status && l->how->out) status = tutorial_save_pictures(l->how->out, &l->figures, error);
    if (status) return status;
    return l->call->json ? report_json(l, error) : report_text(l, error);
}

static dsc_status run(command_call *call, dsc_error *error) {
    lesson l = {.call = call, .how = call->values};
    l.shows = !call->json && !call->quiet && draw_terminal_detect(1).live;
    dsc_status status = learn(&l, error);
    tutorial_result_clear(&l.result);
    tutorial_figures_free(&l.figures);
    command_data_close(&l.data);
    return status;
}

static const dsc_param options[] = {
    COMMAND_SOURCE(values),
    {"out", DSC_PARAM_TEXT, offsetof(values, out), NULL, 0, 0, NULL,
     "folder for the pictures: sample images, the network, the curves; each as SVG and PNG"},
    {"save", DSC_PARAM_TEXT, offsetof(values, save), NULL, 0, 0, NULL,
     "file for the trained weights, for numpy.load: weights_1 and weights_2"},
    COMMAND_JSON(values),
    COMMAND_QUIET(values),
    {0},
};

static const command_option extras[] = {
    COMMAND_SOURCE_EXTRA,
    {"out", 'o', "DIR", false},
    {"save", 's', "FILE.npz", false},
    {"epochs", 'e', NULL, false},
    {0},
};

static const command_example examples[] = {
    {"tutorial", "Run the tutorial as it is, number for number."},
    {"tutorial --out pictures --save weights.npz", "Also save its figures and the trained weights."},
    {"tutorial --corrected --epochs 40 --training-sample 5000",
     "Run without the tutorial's slips, longer, and on more images."},
    {0},
};

const command command_tutorial = {
    .name = "tutorial",
    .help = "train the network of NumPy's tutorial \"Deep learning on MNIST\"",
    .about = "Does the steps of https://numpy.org/numpy-tutorials/tutorial-deep-learning-on-mnist/ in C and "
             "prints the same numbers: looks at the images, prepares them, trains a network with one hidden "
             "layer image by image, and tests the network after every epoch.",
    .shared = tutorial_parameters,
    .options = options,
    .extras = extras,
    .examples = examples,
    .values_size = sizeof(values),
    .stops = true,
    .run = run,
};
