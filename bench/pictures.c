/* SPDX-License-Identifier: MIT */
/* pictures.c: time of the tutorial's pictures: the first one, which reads the fonts, and the median of 21. */
#include "base/clock.h"
#include "draw/chart.h"
#include "draw/grid.h"
#include "draw/network.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { EPOCHS = 20, ROUNDS = 21 };

static int compare(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double measure(const char *name, const draw_picture *picture, draw_format format) {
    double times[ROUNDS], first = 0;
    size_t size = 0;
    for (int i = 0; i < ROUNDS; i++) {
        unsigned char *bytes;
        dsc_error error;
        double start = dsc_clock();
        if (draw_render(&bytes, &size, picture, format, &error)) {
            (void)fprintf(stderr, "%s\n", error.message);
            exit(1);
        }
        times[i] = 1e3 * (dsc_clock() - start);
        if (i == 0) first = times[0];
        free(bytes);
    }
    qsort(times, ROUNDS, sizeof *times, compare);
    printf("%-16s %s  %7.2f ms first  %6.2f ms then  %7zu bytes\n", name, format == DRAW_SVG ? "SVG" : "PNG",
           first, times[ROUNDS / 2], size);
    return first;
}

int main(void) {
    double accuracy[EPOCHS], error[EPOCHS], sum = 0;
    for (int i = 0; i < EPOCHS; i++) {
        accuracy[i] = 0.8 - 0.4 * exp(-0.4 * i);
        error[i] = 0.43 + 0.47 * exp(-0.4 * i);
    }
    draw_series series[] = {{.name = "accuracy", .y = accuracy, .count = EPOCHS},
                            {.name = "error", .y = error, .count = EPOCHS}};
    draw_panel panel = {.title = "Training set",
                        .x = {.label = "epoch"},
                        .y = {.label = "share"},
                        .series = series,
                        .series_count = 2};
    draw_panel panels[2] = {panel, panel};
    draw_chart chart = {.panels = panels, .panel_count = 2};
    uint8_t pixels[28 * 28];
    for (int i = 0; i < 28 * 28; i++) pixels[i] = (uint8_t)(i % 28 > 8 && i % 28 < 20 ? i * 11 : 0);
    draw_tile tiles[5];
    for (int i = 0; i < 5; i++) tiles[i] = (draw_tile){pixels, "label: 5"};
    draw_grid five = {.tiles = tiles, .count = 5, .width = 28, .height = 28};
    draw_grid one = {.tiles = tiles, .count = 1, .width = 28, .height = 28};
    draw_layer layers[] = {{.name = "input layer", .units = 784},
                           {.name = "hidden layer", .units = 100},
                           {.name = "output layer", .units = 10}};
    draw_network network = {.layers = layers, .count = 3};
    const struct {
        const char *name;
        draw_picture picture;
    } pictures[] = {{"one image", draw_grid_picture(&one)},
                    {"five images", draw_grid_picture(&five)},
                    {"network", draw_network_picture(&network)},
                    {"curves", draw_chart_picture(&chart)}};
    for (size_t i = 0; i < 4; i++)
        for (draw_format format = DRAW_SVG; format <= DRAW_PNG; format++)
            sum += measure(pictures[i].name, &pictures[i].picture, format);
    printf("all, drawn once  %7.2f ms\n", sum);
    return 0;
}
