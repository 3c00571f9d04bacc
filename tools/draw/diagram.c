/* SPDX-License-Identifier: MIT */
/* diagram.c: the diagram as a picture. */
#include "draw/diagram.h"

#include "base/error.h"

#include <stdio.h>

static const double MARGIN = 14, BOX_WIDTH = 132, BOX_HEIGHT = 32, PITCH = 56, LANE_GAP = 22, WIRE_LANE = 16,
                    BEND = 8, TITLE = 26, TEXT_SIZE = 9.5;

typedef struct scene {
    const draw_diagram *diagram;
    draw_layout layout;
} scene;

/* The left side of a lane; for the index after the last, the right end of the picture. */
static double lane_left(const scene *s, size_t lane) {
    double x = MARGIN;
    for (size_t i = 0; i < lane; i++) x += s->layout.has_blocks[i] ? BOX_WIDTH + LANE_GAP : WIRE_LANE;
    return x;
}

static double lane_middle(const scene *s, size_t lane) {
    return lane_left(s, lane) + (s->layout.has_blocks[lane] ? BOX_WIDTH / 2 : WIRE_LANE / 2);
}

static double row_top(const scene *s, size_t row) {
    return MARGIN + (s->diagram->title ? TITLE : 0) + (double)row * PITCH;
}

static void paint_wire(draw_canvas *canvas, const scene *s, const draw_wire *wire) {
    const draw_layout *l = &s->layout;
    draw_pen pen = {0x606060, 1, DRAW_SOLID};
    double x0 = lane_middle(s, l->lane[wire->from]), x1 = lane_middle(s, wire->via),
           x2 = lane_middle(s, l->lane[wire->to]);
    double y0 = row_top(s, l->row[wire->from]) + BOX_HEIGHT, y3 = row_top(s, l->row[wire->to]);
    double points[] = {x0, y0,    x0, y0 + BEND, x1, y0 + BEND, x1, y3 - BEND - 4, x2, y3 - BEND - 4,
                       x2, y3 - 4};
    draw_lines(canvas, points, 6, &pen);
    double head[] = {x2, y3, x2 - 3, y3 - 6, x2 + 3, y3 - 6};
    draw_polygon(canvas, head, 3, 0x606060, NULL);
}

static void paint_block(draw_canvas *canvas, const scene *s, size_t index) {
    static const int32_t fills[] = {0xFFFFFF, 0xBBD7EA, 0xF5D3B3};
    const draw_block *block = &s->diagram->blocks[index];
    double x = lane_left(s, s->layout.lane[index]), y = row_top(s, s->layout.row[index]);
    draw_pen edge = {DRAW_INK, 1, DRAW_SOLID};
    draw_font strong = {TEXT_SIZE, DRAW_INK, DRAW_CENTRE, true, false};
    draw_font plain = {TEXT_SIZE - 1, DRAW_INK, DRAW_CENTRE, false, false};
    draw_rectangle(canvas, x, y, BOX_WIDTH, BOX_HEIGHT, fills[block->kind], &edge);
    draw_label_fitting(canvas, x + BOX_WIDTH / 2, y + (block->note ? 13 : 20), BOX_WIDTH - 8, block->name,
                       &strong);
    if (block->note)
        draw_label_fitting(canvas, x + BOX_WIDTH / 2, y + 26, BOX_WIDTH - 8, block->note, &plain);
}

static void paint(draw_canvas *canvas, const void *data) {
    const scene *s = data;
    draw_font title = {13, DRAW_INK, DRAW_LEFT, true, false};
    if (s->diagram->title)
        draw_label_fitting(canvas, MARGIN, MARGIN + 11, lane_left(s, s->layout.lanes) - MARGIN,
                           s->diagram->title, &title);
    for (size_t i = 0; i < s->layout.wire_count; i++) paint_wire(canvas, s, &s->layout.wires[i]);
    for (size_t i = 0; i < s->diagram->count; i++) paint_block(canvas, s, i);
}

dsc_status draw_diagram_save(const char *path, const draw_diagram *diagram, dsc_error *error) {
    scene s = {.diagram = diagram};
    dsc_status status = draw_diagram_lay_out(&s.layout, diagram, error);
    if (status) return status;
    draw_picture picture = {
        .width =
            lane_left(&s, s.layout.lanes) + MARGIN - (s.layout.has_blocks[s.layout.lanes - 1] ? LANE_GAP : 0),
        .height = row_top(&s, s.layout.rows - 1) + BOX_HEIGHT + MARGIN,
        .title = diagram->title,
        .description = diagram->description,
        .paint = paint,
        .data = &s,
    };
    status = draw_save(path, &picture, error);
    draw_layout_clear(&s.layout);
    return status;
}
