/* SPDX-License-Identifier: MIT */
/* network.h: a diagram of a network of dense layers: a column of circles per layer, lines for the weights; on
 * a terminal a row of boxes. */
#ifndef DRAW_NETWORK_H
#define DRAW_NETWORK_H

#include "draw/canvas.h"
#include "draw/terminal.h"

typedef struct draw_layer {
    const char *name; /* "hidden layer" */
    size_t units;
    const char *what;    /* what the units are: "pixels"; NULL: "units" */
    const char *note;    /* "ReLU, dropout"; NULL: none */
    const char *weights; /* of the connections from the previous layer: "weights_1"; NULL: unnamed */
    const char *const *unit_names; /* one beside each circle, if all are shown; NULL: none */
} draw_layer;

typedef struct draw_network {
    const char *title;       /* NULL: none */
    const char *description; /* SVG only */
    const draw_layer *layers;
    size_t count; /* 2 to 32 */
} draw_network;

dsc_status draw_network_check(const draw_network *network, dsc_error *error);
dsc_status draw_network_save(const char *path, const draw_network *network, dsc_error *error);
draw_picture draw_network_picture(const draw_network *network);

/* Appends boxes joined by arrows, side by side if the terminal is wide enough, otherwise one below the
 * other. */
dsc_status draw_network_text(dsc_text *text, const draw_network *network, const draw_terminal *terminal,
                             dsc_error *error);

#endif
