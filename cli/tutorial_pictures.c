/* SPDX-License-Identifier: MIT */
/* tutorial_pictures.c: the tutorial's figures, each described once for terminal and files. */
#include "tutorial_pictures.h"

#include "base/error.h"
#include "base/file.h"
#include "base/memory.h"
#include "command.h"
#include "data/dataset.h"
#include "draw/chart.h"
#include "draw/claim.h"
#include "draw/grid.h"
#include "draw/network.h"
#include "model/title.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TITLE = 160, IMAGE_NAME = 48 };

dsc_status tutorial_figures_make(tutorial_figures *figures, const tutorial_options *options,
                                 const dsc_dataset *train, const char *data_name, dsc_error *error) {
    *figures = (tutorial_figures){.options = options, .train = train};
    dsc_public_name(&figures->data_title, data_name);
    if (figures->data_title.failed) return dsc_fail_memory(error, strlen(data_name), "a figure's title");
    return tutorial_choose_examples(figures->examples, &figures->example_count, options, train, error);
}

/* Losses or counts of all epochs, per image. */
static double *shares(const double *losses, const size_t *counts, size_t epochs, size_t sample) {
    double *share = dsc_allocate(epochs, sizeof *share);
    for (size_t j = 0; share && j < epochs; j++) {
        if (losses) share[j] = losses[j] / (double)sample;
        if (counts) share[j] = (double)counts[j] / (double)sample;
    }
    return share;
}

dsc_status tutorial_figures_add_result(tutorial_figures *figures, const tutorial_result *r,
                                       dsc_error *error) {
    figures->result = r;
    figures->curves[0] = shares(NULL, r->store_training_accurate_pred, r->epochs, r->training_sample);
    figures->curves[1] = shares(r->store_training_loss, NULL, r->epochs, r->training_sample);
    figures->curves[2] = shares(NULL, r->store_test_accurate_pred, r->epochs, r->test_sample);
    figures->curves[3] = shares(r->store_test_loss, NULL, r->epochs, r->test_sample);
    for (size_t i = 0; i < 4; i++)
        if (!figures->curves[i]) return dsc_fail_memory(error, r->epochs * sizeof(double), "the curves");
    /* As in the tutorial, printed lines count epochs from 0, curves from 1. */
    figures->epochs = dsc_allocate(r->epochs, sizeof *figures->epochs);
    if (!figures->epochs) return dsc_fail_memory(error, r->epochs * sizeof(double), "the curves");
    for (size_t j = 0; j < r->epochs; j++) figures->epochs[j] = (double)(j + 1);
    return DSC_OK;
}

void tutorial_figures_free(tutorial_figures *figures) {
    for (size_t i = 0; i < 4; i++) free(figures->curves[i]);
    dsc_text_free(&figures->data_title);
    free(figures->epochs);
    *figures = (tutorial_figures){0};
}

/* ---- the figures. Each function builds a description on its stack, which points into its arguments, and
 * passes it to `use`, which draws it; `how` is a path or a text. ---- */

typedef struct target {
    const char *folder; /* write name.svg and name.png there, or: */
    dsc_text *text;     /* append it */
} target;

/* "FOLDER/NAME.svg" and "FOLDER/NAME.png". */
static dsc_status save_both(const target *to, const char *name, const void *figure,
                            dsc_status (*save)(const char *, const void *, dsc_error *), dsc_error *error) {
    static const char *const endings[] = {".svg", ".png"};
    dsc_status status = DSC_OK;
    for (size_t i = 0; !status && i < 2; i++) {
        dsc_text path = {0};
        dsc_text_append(&path, "%s/%s%s", to->folder, name, endings[i]);
        status = path.failed ? dsc_fail_memory(error, strlen(name), name) : save(path.data, figure, error);
        dsc_text_free(&path);
    }
    return status;
}

static dsc_status save_grid(const char *path, const void *grid, dsc_error *error) {
    return draw_grid_save(path, grid, error);
}
static dsc_status save_network(const char *path, const void *network, dsc_error *error) {
    return draw_network_save(path, network, error);
}
static dsc_status save_chart(const char *path, const void *chart, dsc_error *error) {
    return draw_chart_save(path, chart, error);
}

static dsc_status grid(const target *to, const char *name, const tutorial_figures *figures,
                       const int64_t *indices, size_t count, dsc_error *error) {
    char titles[TUTORIAL_EXAMPLES][TITLE], title[TITLE];
    draw_tile tiles[TUTORIAL_EXAMPLES];
    size_t shape[3];
    dsc_dataset_shape(figures->train, shape);
    for (size_t i = 0; i < count; i++) {
        size_t index = (size_t)indices[i];
        (void)snprintf(titles[i], TITLE, count == 1 ? "image %zu: %s" : "%zu: %s", index,
                       dsc_dataset_class_name(figures->train, dsc_dataset_label(figures->train, index)));
        tiles[i] = (draw_tile){dsc_dataset_image(figures->train, index), titles[i]};
    }
    (void)snprintf(title, TITLE, "%s", figures->data_title.data);
    draw_grid images = {.title = to->folder ? title : NULL,
                        .tiles = tiles,
                        .count = count,
                        .width = shape[2],
                        .height = shape[1],
                        .channels = shape[0]};
    if (to->folder) return save_both(to, name, &images, save_grid, error);
    draw_terminal terminal = draw_terminal_detect(1);
    return draw_grid_text(to->text, &images, &terminal, error);
}

static dsc_status network(const target *to, const tutorial_figures *figures, dsc_error *error) {
    const tutorial_result *r = figures->result;
    const char *classes[256];
    for (size_t i = 0; i < r->num_labels && i < 256; i++)
        classes[i] = dsc_dataset_class_name(figures->train, i);
    draw_layer layers[] = {
        {.name = "input layer", .units = r->pixels_per_image, .what = "pixels"},
        {.name = "hidden layer", .units = r->hidden_size, .note = "ReLU, dropout", .weights = "weights_1"},
        {.name = "output layer",
         .units = r->num_labels,
         .what = "classes",
         .weights = "weights_2",
         .unit_names = classes},
    };
    char title[TITLE];
    (void)snprintf(title, TITLE, "The tutorial's network, for %s", figures->data_title.data);
    draw_network diagram = {.title = title,
                            .description = "A feedforward network of one hidden layer.",
                            .layers = layers,
                            .count = 3};
    if (to->folder) return save_both(to, "network", &diagram, save_network, error);
    draw_terminal terminal = draw_terminal_detect(1);
    return draw_network_text(to->text, &diagram, &terminal, error);
}

static dsc_status curves(const target *to, const tutorial_figures *figures, dsc_error *error) {
    size_t epochs = figures->result->epochs;
    draw_series series[4];
    for (size_t i = 0; i < 4; i++)
        series[i] = (draw_series){.name = i % 2 ? "error" : "accuracy",
                                  .x = figures->epochs,
                                  .y = figures->curves[i],
                                  .count = epochs};
    /* One scale for both, so that they can be compared. */
    double most = 1;
    for (size_t j = 0; j < epochs; j++) {
        if (figures->curves[1][j] > most) most = figures->curves[1][j];
        if (figures->curves[3][j] > most) most = figures->curves[3][j];
    }
    draw_axis x = {.label = "epoch", .whole = true}, y = {.label = "accuracy and error", .maximum = most};
    draw_panel panels[] = {
        {.title = "Training set", .x = x, .y = y, .series = series, .series_count = 2},
        {.title = "Test set", .x = x, .y = y, .series = series + 2, .series_count = 2},
    };
    char title[TITLE];
    (void)snprintf(title, TITLE, "%s: %zu training and %zu test images", figures->data_title.data,
                   figures->result->training_sample, figures->result->test_sample);
    draw_chart chart = {.title = title,
                        .description = "Accuracy and error against epochs, on the training and the test set.",
                        .panels = panels,
                        .panel_count = 2};
    if (to->folder) return save_both(to, "curves", &chart, save_chart, error);
    draw_terminal terminal = draw_terminal_detect(1);
    return draw_chart_text(to->text, &chart, 0, &terminal, error);
}

/* ---- requests ---- */

dsc_status tutorial_show_image(dsc_text *text, const tutorial_figures *figures, dsc_error *error) {
    int64_t index = (int64_t)tutorial_image_index(figures->train);
    return grid(&(target){.text = text}, NULL, figures, &index, 1, error);
}

dsc_status tutorial_show_examples(dsc_text *text, const tutorial_figures *figures, dsc_error *error) {
    return grid(&(target){.text = text}, NULL, figures, figures->examples, figures->example_count, error);
}

dsc_status tutorial_show_curves(dsc_text *text, const tutorial_figures *figures, dsc_error *error) {
    return curves(&(target){.text = text}, figures, error);
}

dsc_status tutorial_pictures_possible(dsc_error *error) {
    if (DESCENDER_WITH_CAIRO) return draw_possible(error);
    return dsc_fail(error, DSC_ERROR_UNSUPPORTED,
                    "--out: this build lacks cairo, which draws SVG and PNG; build with cairo, or omit --out "
                    "and see the pictures in the terminal");
}

static void name_of_image(char name[IMAGE_NAME], const dsc_dataset *train) {
    (void)snprintf(name, IMAGE_NAME, "image-%lld", (long long)tutorial_image_index(train));
}

dsc_status tutorial_claim_pictures(const char *folder, const dsc_dataset *train, dsc_error *error) {
    char image[IMAGE_NAME];
    name_of_image(image, train);
    return draw_claim(folder, (const char *const[]){image, "random-images", "network", "curves", NULL},
                      command_warn_in_place, error);
}

dsc_status tutorial_save_pictures(const char *folder, const tutorial_figures *figures, dsc_error *error) {
    target to = {.folder = folder};
    int64_t index = (int64_t)tutorial_image_index(figures->train);
    char name[IMAGE_NAME];
    name_of_image(name, figures->train);
    dsc_status status = grid(&to, name, figures, &index, 1, error);
    if (!status)
        status = grid(&to, "random-images", figures, figures->examples, figures->example_count, error);
    if (!status) status = network(&to, figures, error);
    return status ? status : curves(&to, figures, error);
}
