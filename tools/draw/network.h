/* SPDX-License-Identifier: MIT */
/* network.h: the diagram of a network of dense layers: a column of circles for each layer, lines for the
 * weights; on a terminal a row of boxes. */
#ifndef DRAW_NETWORK_H
#define DRAW_NETWORK_H

#include "draw/canvas.h"
#include "draw/terminal.h"

typedef struct draw_layer {
    const char *name; /* "hidden layer" */
    size_t units;
    const char *what;    /* what the units are, "pixels"; NULL: "units" */
    const char *note;    /* what happens in it, "ReLU, dropout"; NULL: nothing to say */
    const char *weights; /* of the connections from the layer before, "weights_1"; NULL: not named */
    const char *const *unit_names; /* one beside each circle, if all are shown; NULL: none */
} draw_layer;

typedef struct draw_network {
    const char *title;       /* NULL: none */
    const char *description; /* SVG alone */
    const draw_layer *layers;
    size_t count; /* 2 to 32 */
} draw_network;

dsc_status draw_network_check(const draw_network *network, dsc_error *error);
dsc_status draw_network_save(const char *path, const draw_network *network, dsc_error *error);
draw_picture draw_network_picture(const draw_network *network);

/* Appends boxes joined by arrows, side by side if the terminal is wide enough and below each other
 * otherwise. */
dsc_status draw_network_text(dsc_text *text, const draw_network *network, const draw_terminal *terminal,
                             dsc_error *error);

#endif
