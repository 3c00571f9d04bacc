/* SPDX-License-Identifier: MIT */
/* network.c: columns of circles. A layer with more than SHOWN units shows some at the top and bottom and
 * three dots between. */
#include "draw/network.h"

#include "base/error.h"

#include <math.h>
#include <stdio.h>

enum { SHOWN = 10, AT_EACH_END = 4, MOST_LAYERS = 32 };

static const double MARGIN = 14, COLUMN = 110, GAP = 110, STEP = 24, RADIUS = 7, TITLE_SIZE = 12,
                    TEXT_SIZE = 10;

dsc_status draw_network_check(const draw_network *n, dsc_error *error) {
    if (!n->layers || n->count < 2 || n->count > MOST_LAYERS)
        return dsc_fail(error, DSC_ERROR_ARGUMENT, "a network diagram has 2 to %d layers, not %zu",
                        MOST_LAYERS, n->count);
    for (size_t i = 0; i < n->count; i++)
        if (!n->layers[i].units)
            return dsc_fail(error, DSC_ERROR_ARGUMENT, "layer %zu of the network diagram, '%s', has no units",
                            i + 1, n->layers[i].name ? n->layers[i].name : "");
    return DSC_OK;
}

/* Positions of a column: `count` circles and, if not all units are shown, a gap of one step with dots. */
typedef struct column {
    double x, top;
    size_t count;
    bool cut;
} column;

static double title_height(const draw_network *n) { return n->title ? 26 : 0; }

static column column_of(const draw_network *n, size_t layer) {
    column c = {.x = MARGIN + COLUMN / 2 + (double)layer * (COLUMN + GAP),
                .cut = n->layers[layer].units > SHOWN};
    c.count = c.cut ? 2 * AT_EACH_END : n->layers[layer].units;
    double steps = (double)c.count - 1 + (c.cut ? 1 : 0);
    double middle = MARGIN + title_height(n) + (SHOWN - 1) * STEP / 2 + RADIUS;
    c.top = middle - steps * STEP / 2;
    return c;
}

static double circle_y(const column *c, size_t i) {
    return c->top + STEP * (double)(c->cut && i >= AT_EACH_END ? i + 1 : i);
}

/* Draws lines from centre to centre; the circles are drawn over their ends. */
static void draw_weights(draw_canvas *canvas, const column *from, const column *to) {
    draw_pen pen = {0xA8A8A8, 0.5, DRAW_SOLID};
    for (size_t i = 0; i < from->count; i++)
        for (size_t j = 0; j < to->count; j++)
            draw_line(canvas, from->x, circle_y(from, i), to->x, circle_y(to, j), &pen);
}

static void draw_units(draw_canvas *canvas, const draw_layer *layer, const column *c, size_t index) {
    draw_pen edge = {DRAW_INK, 1, DRAW_SOLID};
    draw_font font = {TEXT_SIZE, DRAW_INK, DRAW_LEFT, false, false};
    static const draw_colour fills[3] = {0xFFFFFF, 0xBBD7EA, 0xF5D3B3};
    for (size_t i = 0; i < c->count; i++) {
        double y = circle_y(c, i);
        draw_circle(canvas, c->x, y, RADIUS, (int32_t)fills[index], &edge);
        if (layer->unit_names && !c->cut && layer->unit_names[i])
            draw_label_fitting(canvas, c->x + RADIUS + 6, y + 3.6, COLUMN / 2 - RADIUS - 4,
                               layer->unit_names[i], &font);
    }
    if (!c->cut) return;
    double middle = c->top + STEP * AT_EACH_END;
    for (int i = -1; i <= 1; i++) draw_circle(canvas, c->x, middle + 5 * i, 1.3, DRAW_INK, NULL);
}

static void paint_network(draw_canvas *canvas, const void *data) {
    const draw_network *n = data;
    draw_font title = {TITLE_SIZE + 1, DRAW_INK, DRAW_LEFT, true, false};
    draw_font strong = {TEXT_SIZE + 0.5, DRAW_INK, DRAW_CENTRE, true, false};
    draw_font plain = {TEXT_SIZE, DRAW_INK, DRAW_CENTRE, false, false};
    double width = (double)n->count * (COLUMN + GAP) - GAP;
    if (n->title) draw_label_fitting(canvas, MARGIN, MARGIN + 11, width, n->title, &title);
    double below = MARGIN + title_height(n) + (SHOWN - 1) * STEP + 2 * RADIUS + 20;
    for (size_t i = 0; i + 1 < n->count; i++) {
        column from = column_of(n, i), to = column_of(n, i + 1);
        draw_weights(canvas, &from, &to);
    }
    for (size_t i = 0; i < n->count; i++) {
        const draw_layer *layer = &n->layers[i];
        column c = column_of(n, i);
        char text[96];
        draw_units(canvas, layer, &c, i == 0 ? 0 : i + 1 < n->count ? 1 : 2);
        if (layer->name) draw_label_fitting(canvas, c.x, below, COLUMN + 10, layer->name, &strong);
        (void)snprintf(text, sizeof text, "%zu %s", layer->units, layer->what ? layer->what : "units");
        draw_label_fitting(canvas, c.x, below + 15, COLUMN + 10, text, &plain);
        if (layer->note) draw_label_fitting(canvas, c.x, below + 30, COLUMN + 10, layer->note, &plain);
        if (i == 0) continue;
        double middle = c.x - (COLUMN + GAP) / 2;
        (void)snprintf(text, sizeof text, "%zu \xC3\x97 %zu", n->layers[i - 1].units, layer->units);
        if (layer->weights) draw_label_fitting(canvas, middle, below, GAP - 16, layer->weights, &plain);
        draw_label_fitting(canvas, middle, below + 15, GAP - 16, text, &plain);
    }
}

draw_picture draw_network_picture(const draw_network *n) {
    return (draw_picture){
        .width = 2 * MARGIN + (double)n->count * (COLUMN + GAP) - GAP,
        .height = 2 * MARGIN + title_height(n) + (SHOWN - 1) * STEP + 2 * RADIUS + 20 + 36 - MARGIN,
        .title = n->title,
        .description = n->description,
        .paint = paint_network,
        .data = n,
    };
}

dsc_status draw_network_save(const char *path, const draw_network *n, dsc_error *error) {
    dsc_status status = draw_network_check(n, error);
    if (status) return status;
    draw_picture picture = draw_network_picture(n);
    return draw_save(path, &picture, error);
}
