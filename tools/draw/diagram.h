/* SPDX-License-Identifier: MIT */
/* diagram.h: a diagram of a network by layers: one box each, from top to bottom, branches side by side,
 * connected by lines that avoid the boxes between. */
#ifndef DRAW_DIAGRAM_H
#define DRAW_DIAGRAM_H

#include "draw/canvas.h"
#include "draw/terminal.h"

enum { DRAW_BLOCK_INPUTS = 16, DRAW_BLOCKS_MOST = 170 };

typedef enum draw_block_kind { DRAW_BLOCK_PLAIN, DRAW_BLOCK_LEARNS, DRAW_BLOCK_JOINS } draw_block_kind;

typedef struct draw_block {
    const char *name; /* "conv1" */
    const char *note; /* "32 x 26 x 26"; NULL: none */
    draw_block_kind kind;
    size_t inputs[DRAW_BLOCK_INPUTS], input_count; /* earlier blocks, by index */
} draw_block;

typedef struct draw_diagram {
    const char *title;       /* NULL: none */
    const char *description; /* SVG only */
    const draw_block *blocks;
    size_t count; /* 1 to 170 */
} draw_diagram;

dsc_status draw_diagram_save(const char *path, const draw_diagram *diagram, dsc_error *error);

/* Appends the diagram as text. */
dsc_status draw_diagram_text(dsc_text *text, const draw_diagram *diagram, const draw_terminal *terminal,
                             dsc_error *error);

/* --- layout, shared by both renderings --- */

/* A line from block `from` to block `to`, through lane `via` in the rows between. */
typedef struct draw_wire {
    size_t from, to, via;
} draw_wire;

typedef struct draw_layout {
    size_t rows, lanes;
    size_t *row, *lane; /* of each block */
    bool *has_blocks;   /* of each lane; the other lanes have only wires */
    draw_wire *wires;
    size_t wire_count;
} draw_layout;

dsc_status draw_diagram_lay_out(draw_layout *layout, const draw_diagram *diagram, dsc_error *error);
void draw_layout_clear(draw_layout *layout);

#endif
