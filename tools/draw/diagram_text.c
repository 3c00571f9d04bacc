/* SPDX-License-Identifier: MIT */
/* diagram_text.c: the diagram as characters. A block is one line of text; two lines below it hold the wires
 * between blocks. Each cell collects the sides at which a wire leaves it and shows the matching character. */
#include "draw/diagram.h"

#include "draw/utf8.h"

#include "base/error.h"
#include "base/memory.h"

#include <stdio.h>
#include <stdlib.h>

enum { LINES = 3, LABEL = 96, GAP = 3, WIRE_LANE = 3 };
enum { UP = 1, DOWN = 2, LEFT = 4, RIGHT = 8 };

typedef struct page {
    const draw_diagram *diagram;
    draw_layout layout;
    bool notes;   /* labels include notes, because they fit the terminal */
    size_t *left; /* of each lane, and the end of the last */
    unsigned char *sides;
    size_t width, height;
} page;

static void label_of(char out[LABEL], const page *p, size_t index) {
    const draw_block *block = &p->diagram->blocks[index];
    bool note = p->notes && block->note;
    (void)snprintf(out, LABEL, "%s%s%s", block->name, note ? "  " : "", note ? block->note : "");
}

static void find_lanes(page *p) {
    const draw_layout *l = &p->layout;
    char label[LABEL];
    for (size_t lane = 0; lane < l->lanes; lane++) {
        size_t widest = 0;
        for (size_t i = 0; i < p->diagram->count; i++) {
            if (l->lane[i] != lane) continue;
            label_of(label, p, i);
            size_t length = draw_utf8_length(label);
            if (length > widest) widest = length;
        }
        p->left[lane + 1] = p->left[lane] + (widest ? widest + GAP : WIRE_LANE);
    }
    p->width = p->left[l->lanes];
    p->height = LINES * (l->rows - 1) + 1;
}

/* Wires are below the second letter of a label. */
static size_t wire_x(const page *p, size_t lane) { return p->left[lane] + 1; }

static void mark(page *p, size_t x, size_t y, unsigned sides) {
    p->sides[y * p->width + x] |= (unsigned char)sides;
}

static void mark_across(page *p, size_t y, size_t from, size_t to) {
    size_t low = from < to ? from : to, high = from < to ? to : from;
    for (size_t x = low; x < high; x++) {
        mark(p, x, y, RIGHT);
        mark(p, x + 1, y, LEFT);
    }
}

static void mark_wire(page *p, const draw_wire *wire) {
    const draw_layout *l = &p->layout;
    size_t x0 = wire_x(p, l->lane[wire->from]), x1 = wire_x(p, wire->via), x2 = wire_x(p, l->lane[wire->to]);
    size_t leave = LINES * l->row[wire->from] + 1, enter = LINES * l->row[wire->to] - 1;
    mark(p, x0, leave, UP);
    mark_across(p, leave, x0, x1);
    for (size_t y = leave; y < enter; y++) {
        mark(p, x1, y, DOWN);
        mark(p, x1, y + 1, UP);
    }
    mark_across(p, enter, x1, x2);
    mark(p, x2, enter, DOWN);
}

static uint32_t glyph(unsigned sides) {
    static const uint32_t glyphs[16] = {' ',    0x2502, 0x2502, 0x2502, 0x2500, 0x2518, 0x2510, 0x2524,
                                        0x2500, 0x2514, 0x250C, 0x251C, 0x2500, 0x2534, 0x252C, 0x253C};
    return glyphs[sides & 15];
}

static void put_all(draw_screen *screen, page *p) {
    char label[LABEL];
    for (size_t i = 0; i < p->layout.wire_count; i++) mark_wire(p, &p->layout.wires[i]);
    for (size_t y = 0; y < p->height; y++)
        for (size_t x = 0; x < p->width; x++)
            if (p->sides[y * p->width + x])
                draw_screen_put(screen, x, y, glyph(p->sides[y * p->width + x]), DRAW_NO_COLOUR,
                                DRAW_NO_COLOUR);
    for (size_t i = 0; i < p->diagram->count; i++) {
        label_of(label, p, i);
        draw_screen_write(screen, p->left[p->layout.lane[i]], LINES * p->layout.row[i], label,
                          DRAW_NO_COLOUR);
    }
}

dsc_status draw_diagram_text(dsc_text *text, const draw_diagram *diagram, const draw_terminal *terminal,
                             dsc_error *error) {
    page p = {.diagram = diagram, .notes = true};
    dsc_status status = draw_diagram_lay_out(&p.layout, diagram, error);
    if (status) return status;
    p.left = dsc_allocate(p.layout.lanes + 1, sizeof *p.left);
    if (p.left) {
        find_lanes(&p);
        if (p.width > terminal->width) {
            p.notes = false;
            find_lanes(&p);
        }
        p.sides = dsc_allocate(p.width * p.height, 1);
    }
    draw_screen *screen = p.left && p.sides ? draw_screen_create(p.width, p.height) : NULL;
    if (screen) {
        put_all(screen, &p);
        draw_screen_append(text, screen, terminal);
    }
    if (!screen || text->failed) status = dsc_fail_memory(error, p.width * p.height, "a diagram");
    draw_screen_free(screen);
    free(p.sides);
    free(p.left);
    draw_layout_clear(&p.layout);
    return status;
}
