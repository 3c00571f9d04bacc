/* SPDX-License-Identifier: MIT */
/* pictures.c: figures of images and weights: mistakes with their attribution, first filters, and the last
 * hidden layer in two dimensions. */
#include "report/figures.h"

#include "base/error.h"
#include "base/memory.h"
#include "draw/grid.h"
#include "draw/overlay.h"
#include "draw/scatter.h"
#include "measure/hidden.h"
#include "measure/plane.h"
#include "model/inspector.h"
#include "report/text.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MISTAKES_MOST = 24, FILTERS_MOST = 64, POINTS_MOST = 2000, NUMBERS_MOST = 1 << 24 };

/* --- mistakes --- */

/* Tiles in pairs, the image and its attribution, as RGB. */
typedef struct gallery {
    uint8_t *pixels;
    dsc_text *titles; /* one per tile */
    draw_tile *tiles;
    size_t count; /* of pairs */
} gallery;

static dsc_status hang(gallery *g, const report_exam *exam, dsc_inspector *inspector, uint32_t sample,
                       dsc_error *error) {
    const dsc_dataset *data = exam->data;
    const report_answer *answer = &exam->answers[sample];
    const uint8_t *image = dsc_dataset_image(data, sample);
    size_t each = 3 * data->shape[1] * data->shape[2], at = 2 * g->count++;
    char confidence[32];
    dsc_status status = dsc_inspector_run(inspector, image, answer->label, error);
    if (status) return status;
    draw_overlay(g->pixels + at * each, image, data->shape, NULL, DRAW_ON_WHITE);
    draw_overlay(g->pixels + (at + 1) * each, image, data->shape, dsc_inspector_shares(inspector),
                 DRAW_ON_WHITE);
    if (answer->prediction < exam->model->classes) {
        dsc_text_append(&g->titles[at], "is %s, read as %s", dsc_model_class_name(exam->model, answer->label),
                        dsc_model_class_name(exam->model, answer->prediction));
        dsc_text_append(&g->titles[at + 1], "%s %% sure",
                        report_percent(confidence, (double)answer->confidence, 1));
    } else {
        dsc_text_append(&g->titles[at], "is %s", dsc_model_class_name(exam->model, answer->label));
        dsc_text_append(&g->titles[at + 1], "no finite answer");
    }
    for (size_t i = at; i < at + 2; i++) {
        if (g->titles[i].failed) return dsc_fail_memory(error, 64, "a gallery of mistakes");
        g->tiles[i] = (draw_tile){g->pixels + i * each, g->titles[i].data};
    }
    return DSC_OK;
}

static dsc_status draw_gallery(report_figures *figures, const gallery *g, const report_exam *exam,
                               dsc_error *error) {
    draw_grid grid = {.title = "The most confident mistakes",
                      .tiles = g->tiles,
                      .count = 2 * g->count,
                      .width = exam->data->shape[2],
                      .height = exam->data->shape[1],
                      .channels = 3,
                      .columns = 8,
                      .tile_size = 84};
    dsc_status status = draw_grid_check(&grid, error);
    if (status) return status;
    draw_picture picture = draw_grid_picture(&grid);
    picture.description = "Each image is titled with its label and the answer. Beside it are the pixels that "
                          "led to the answer: orange for the label, blue against it.";
    return report_add_figure(figures, "mistakes", &picture, true, error);
}

dsc_status report_draw_mistakes(report_figures *figures, const report_exam *exam, dsc_error *error) {
    uint32_t worst[MISTAKES_MOST];
    size_t count = report_worst(worst, MISTAKES_MOST, exam);
    const size_t *shape = exam->data->shape;
    if (!count) return report_miss_figure(figures, "mistakes", "the model made no mistake", error);
    if (shape[0] != 1 && shape[0] != 3)
        return report_miss_figure(figures, "mistakes", "images of 1 or 3 channels can be shown", error);
    gallery g = {.pixels = dsc_allocate(2 * count, 3 * shape[1] * shape[2]),
                 .titles = dsc_allocate(2 * count, sizeof *g.titles),
                 .tiles = dsc_allocate(2 * count, sizeof *g.tiles)};
    dsc_inspector *inspector = NULL;
    dsc_status status = DSC_OK;
    if (!g.pixels || !g.titles || !g.tiles) status = dsc_fail_memory(error, count, "a gallery of mistakes");
    if (!status) status = dsc_inspector_create(&inspector, exam->model, false, error);
    for (size_t i = 0; i < count && !status; i++) status = hang(&g, exam, inspector, worst[i], error);
    if (!status) status = draw_gallery(figures, &g, exam, error);
    dsc_inspector_free(inspector);
    free(g.pixels);
    for (size_t i = 0; g.titles && i < 2 * count; i++) dsc_text_free(&g.titles[i]);
    free(g.titles);
    free(g.tiles);
    return status;
}

/* --- filters --- */

/* Orange below zero, white at zero, blue above; the largest weight of a filter has the full colour. */
static void colour_filter(uint8_t *out, const dsc_real *weights, size_t count) {
    static const double blue[3] = {0, 114, 178}, orange[3] = {213, 94, 0};
    double largest = 0;
    for (size_t i = 0; i < count; i++) { /* no fmax: GCC 12 for aarch64 crashes when it vectorises it */
        const double x = fabs((double)weights[i]);
        if (x > largest) largest = x;
    }
    for (size_t i = 0; i < count; i++) {
        double share = largest > 0 ? (double)weights[i] / largest : 0;
        for (size_t c = 0; c < 3; c++)
            out[c * count + i] = draw_mix(255, share < 0 ? orange[c] : blue[c], fabs(share));
    }
}

dsc_status report_draw_filters(report_figures *figures, const report_exam *exam, dsc_error *error) {
    const dsc_model *model = exam->model;
    const dsc_node *weight = dsc_model_first_weights(model);
    if (!weight)
        return report_miss_figure(figures, "filters", "the first layer's weights do not form images", error);
    bool dense = weight->shape.rank == 2;
    const size_t *image = model->image->shape.size, *size = weight->shape.size;
    size_t height = dense ? image[1] : size[2], width = dense ? image[2] : size[3];
    size_t all = dsc_shape_count(&weight->shape) / (height * width),
           count = all < FILTERS_MOST ? all : FILTERS_MOST;
    uint8_t *pixels = dsc_allocate(count, 3 * height * width);
    draw_tile *tiles = dsc_allocate(count, sizeof *tiles);
    char title[96];
    (void)snprintf(title, sizeof title, "The first %s: %zu of %zu",
                   dense ? "layer's weights" : "layer's filters", count, all);
    dsc_status status = pixels && tiles ? DSC_OK : dsc_fail_memory(error, count * height * width, "filters");
    for (size_t i = 0; i < count && !status; i++) {
        colour_filter(pixels + 3 * i * height * width, model->values + weight->offset + i * height * width,
                      height * width);
        tiles[i].pixels = pixels + 3 * i * height * width;
    }
    draw_grid grid = {.title = title,
                      .tiles = tiles,
                      .count = count,
                      .width = width,
                      .height = height,
                      .channels = 3,
                      .columns = 16,
                      .tile_size = 40};
    if (!status) status = draw_grid_check(&grid, error);
    if (!status) {
        draw_picture picture = draw_grid_picture(&grid);
        picture.description =
            "Weights above zero are blue, below zero orange; each filter has its own scale.";
        status = report_add_figure(figures, "filters", &picture, true, error);
    }
    free(pixels);
    free(tiles);
    return status;
}

/* --- the last hidden layer --- */

typedef struct cloud {
    size_t count;
    uint32_t *samples;
    float *rows;
    double *places, share[2];
    size_t *groups;
    bool *wrong;
    const char **names;
} cloud;

static dsc_status fill_cloud(cloud *c, const report_exam *exam, const dsc_node *node, dsc_error *error) {
    c->samples = dsc_allocate(c->count, sizeof *c->samples);
    c->places = dsc_allocate(c->count, 2 * sizeof *c->places);
    c->groups = dsc_allocate(c->count, sizeof *c->groups);
    c->wrong = dsc_allocate(c->count, sizeof *c->wrong);
    c->names = report_class_names(exam->model);
    if (!c->samples || !c->places || !c->groups || !c->wrong || !c->names)
        return dsc_fail_memory(error, c->count * sizeof *c->places, "an embedding");
    report_spread(c->samples, c->count, exam->data);
    for (size_t i = 0; i < c->count; i++) {
        const report_answer *answer = &exam->answers[c->samples[i]];
        c->groups[i] = answer->label;
        c->wrong[i] = answer->label != answer->prediction;
    }
    dsc_status status =
        dsc_hidden_values(&c->rows, exam->model, node, exam->data, c->samples, c->count, error);
    if (status) return status;
    return dsc_plane_find(c->places, c->share, c->rows, c->count, dsc_shape_count(&node->shape), error);
}

static dsc_status draw_cloud(report_figures *figures, const cloud *c, const report_exam *exam, size_t width,
                             dsc_error *error) {
    char title[96], x[64], y[64], share[32];
    (void)snprintf(title, sizeof title, "The last hidden layer, %zu numbers, in two dimensions", width);
    (void)snprintf(x, sizeof x, "first component, %s %% of the variance",
                   report_percent(share, c->share[0], 1));
    (void)snprintf(y, sizeof y, "second component, %s %%", report_percent(share, c->share[1], 1));
    draw_scatter scatter = {.title = title,
                            .description = "Each point is an image, at its first two principal components.",
                            .places = c->places,
                            .groups = c->groups,
                            .ringed = c->wrong,
                            .count = c->count,
                            .group_names = c->names,
                            .group_count = exam->model->classes,
                            .x_label = x,
                            .y_label = y,
                            .note = "a ring: the model was wrong"};
    dsc_status status = draw_scatter_check(&scatter, error);
    if (status) return status;
    draw_picture picture = draw_scatter_picture(&scatter);
    return report_add_figure(figures, "embedding", &picture, false, error);
}

dsc_status report_draw_embedding(report_figures *figures, const report_exam *exam, dsc_error *error) {
    const dsc_node *node = dsc_model_hidden(exam->model);
    if (!node) return report_miss_figure(figures, "embedding", "the network has no hidden layer", error);
    size_t width = dsc_shape_count(&node->shape);
    cloud c = {.count = exam->metrics.count < POINTS_MOST ? exam->metrics.count : POINTS_MOST};
    if (c.count > NUMBERS_MOST / width) c.count = NUMBERS_MOST / width + 1;
    dsc_error why = {0};
    dsc_status status = fill_cloud(&c, exam, node, &why);
    const bool diverged = status == DSC_ERROR_DIVERGED;
    if (diverged)
        status = report_miss_figure(figures, "embedding", why.message, error);
    else if (status && error)
        *error = why;
    if (!status && !diverged) status = draw_cloud(figures, &c, exam, width, error);
    free(c.samples);
    free(c.rows);
    free(c.places);
    free(c.groups);
    free(c.wrong);
    free(c.names);
    return status;
}
