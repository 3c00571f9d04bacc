/* SPDX-License-Identifier: MIT */
/* network_text.c: a network as boxes and arrows of characters. */
#include "draw/network.h"

#include "draw/utf8.h"

#include "base/error.h"

#include <stdio.h>

enum { LINES = 3, TEXT_SIZE = 64 };

typedef struct box {
    char lines[LINES][TEXT_SIZE]; /* name, units, note */
    char arrow[2][TEXT_SIZE];     /* above and below the arrow to this box */
    size_t width, arrow_width;    /* of the texts */
} box;

static size_t longer(size_t width, const char *text) {
    size_t length = draw_utf8_length(text);
    return length > width ? length : width;
}

static void fill_box(box *b, const draw_layer *layer, const draw_layer *before) {
    (void)snprintf(b->lines[0], TEXT_SIZE, "%s", layer->name ? layer->name : "");
    (void)snprintf(b->lines[1], TEXT_SIZE, "%zu %s", layer->units, layer->what ? layer->what : "units");
    (void)snprintf(b->lines[2], TEXT_SIZE, "%s", layer->note ? layer->note : "");
    (void)snprintf(b->arrow[0], TEXT_SIZE, "%s", before && layer->weights ? layer->weights : "");
    b->arrow[1][0] = '\0';
    if (before) (void)snprintf(b->arrow[1], TEXT_SIZE, "%zu \xC3\x97 %zu", before->units, layer->units);
    b->width = b->arrow_width = 0;
    for (size_t i = 0; i < LINES; i++) b->width = longer(b->width, b->lines[i]);
    for (size_t i = 0; i < 2; i++) b->arrow_width = longer(b->arrow_width, b->arrow[i]);
}

/* Draws a frame with centred texts; (x, y) is its upper left corner. */
static void put_box(draw_screen *screen, size_t x, size_t y, size_t width, const box *b) {
    size_t right = x + width + 3, bottom = y + LINES + 1;
    for (size_t i = x + 1; i < right; i++) {
        draw_screen_put(screen, i, y, 0x2500, DRAW_NO_COLOUR, DRAW_NO_COLOUR);
        draw_screen_put(screen, i, bottom, 0x2500, DRAW_NO_COLOUR, DRAW_NO_COLOUR);
    }
    for (size_t i = y + 1; i < bottom; i++) {
        draw_screen_put(screen, x, i, 0x2502, DRAW_NO_COLOUR, DRAW_NO_COLOUR);
        draw_screen_put(screen, right, i, 0x2502, DRAW_NO_COLOUR, DRAW_NO_COLOUR);
    }
    static const uint32_t corners[2][2] = {{0x250C, 0x2510}, {0x2514, 0x2518}};
    for (size_t i = 0; i < 4; i++)
        draw_screen_put(screen, i % 2 ? right : x, i / 2 ? bottom : y, corners[i / 2][i % 2], DRAW_NO_COLOUR,
                        DRAW_NO_COLOUR);
    for (size_t i = 0; i < LINES; i++)
        draw_screen_centre(screen, x + 2, y + 1 + i, width, b->lines[i], DRAW_NO_COLOUR);
}

static size_t row_width(const box *boxes, size_t count) {
    size_t width = 0;
    for (size_t i = 0; i < count; i++) width += boxes[i].width + 4 + (i ? boxes[i].arrow_width + 3 : 0);
    return width;
}

static void put_row(draw_screen *screen, size_t top, const box *boxes, size_t count) {
    size_t x = 0;
    for (size_t i = 0; i < count; i++) {
        if (i) {
            size_t length = boxes[i].arrow_width + 3, y = top + 2;
            draw_screen_centre(screen, x, y - 1, length, boxes[i].arrow[0], DRAW_NO_COLOUR);
            draw_screen_centre(screen, x, y + 1, length, boxes[i].arrow[1], DRAW_NO_COLOUR);
            for (size_t j = 0; j + 1 < length; j++)
                draw_screen_put(screen, x + j, y, 0x2500, DRAW_NO_COLOUR, DRAW_NO_COLOUR);
            draw_screen_put(screen, x + length - 1, y, 0x25B6, DRAW_NO_COLOUR, DRAW_NO_COLOUR);
            x += length;
        }
        put_box(screen, x, top, boxes[i].width, &boxes[i]);
        x += boxes[i].width + 4;
    }
}

static void put_column(draw_screen *screen, size_t top, const box *boxes, size_t count) {
    size_t width = 0, y = top;
    for (size_t i = 0; i < count; i++) width = boxes[i].width > width ? boxes[i].width : width;
    for (size_t i = 0; i < count; i++) {
        if (i) {
            size_t middle = (width + 4) / 2;
            draw_screen_put(screen, middle, y, 0x2502, DRAW_NO_COLOUR, DRAW_NO_COLOUR);
            draw_screen_put(screen, middle, y + 1, 0x25BC, DRAW_NO_COLOUR, DRAW_NO_COLOUR);
            draw_screen_write(screen, middle + 2, y, boxes[i].arrow[0], DRAW_NO_COLOUR);
            draw_screen_write(screen, middle + 2, y + 1, boxes[i].arrow[1], DRAW_NO_COLOUR);
            y += 2;
        }
        put_box(screen, 0, y, width, &boxes[i]);
        y += LINES + 2;
    }
}

dsc_status draw_network_text(dsc_text *text, const draw_network *n, const draw_terminal *terminal,
                             dsc_error *error) {
    box boxes[32];
    dsc_status status = draw_network_check(n, error);
    if (status) return status;
    for (size_t i = 0; i < n->count; i++) fill_box(&boxes[i], &n->layers[i], i ? &n->layers[i - 1] : NULL);
    bool row = row_width(boxes, n->count) <= terminal->width;
    size_t top = n->title ? 1 : 0, height = row ? LINES + 2 : n->count * (LINES + 4) - 2;
    draw_screen *screen = draw_screen_create(terminal->width, top + height);
    if (n->title) draw_screen_write(screen, 0, 0, n->title, DRAW_NO_COLOUR);
    if (row)
        put_row(screen, top, boxes, n->count);
    else
        put_column(screen, top, boxes, n->count);
    draw_screen_append(text, screen, terminal);
    draw_screen_free(screen);
    return text->failed ? dsc_fail(error, DSC_ERROR_MEMORY, "out of memory for the diagram of a network")
                        : DSC_OK;
}
