/* SPDX-License-Identifier: MIT */
/* screen.c: characters with colours, written with as few escape sequences as possible. */
#include "draw/terminal.h"
#include "draw/utf8.h"

#include <stdlib.h>

enum { LARGEST = 4096 };

typedef struct cell {
    uint32_t character; /* 0: blank */
    int32_t front, back;
} cell;

struct draw_screen {
    size_t width, height;
    cell cells[];
};

draw_screen *draw_screen_create(size_t width, size_t height) {
    if (width > LARGEST || height > LARGEST) return NULL;
    draw_screen *screen = calloc(1, sizeof *screen + width * height * sizeof(cell));
    if (!screen) return NULL;
    screen->width = width;
    screen->height = height;
    for (size_t i = 0; i < width * height; i++) screen->cells[i] = (cell){0, DRAW_NO_COLOUR, DRAW_NO_COLOUR};
    return screen;
}

void draw_screen_free(draw_screen *screen) { free(screen); }

void draw_screen_put(draw_screen *screen, size_t x, size_t y, uint32_t character, int32_t front,
                     int32_t back) {
    if (!screen || x >= screen->width || y >= screen->height) return;
    screen->cells[y * screen->width + x] = (cell){character, front, back};
}

uint32_t draw_screen_get(const draw_screen *screen, size_t x, size_t y) {
    if (!screen || x >= screen->width || y >= screen->height) return 0;
    return screen->cells[y * screen->width + x].character;
}

size_t draw_screen_write(draw_screen *screen, size_t x, size_t y, const char *text, int32_t front) {
    size_t n = 0;
    for (uint32_t c; (c = draw_utf8_next(&text)); n++)
        draw_screen_put(screen, x + n, y, c, front, DRAW_NO_COLOUR);
    return n;
}

void draw_screen_centre(draw_screen *screen, size_t x, size_t y, size_t width, const char *text,
                        int32_t front) {
    size_t length = draw_utf8_length(text), shown = length < width ? length : width;
    size_t start = x + (width - shown) / 2;
    for (size_t i = 0; i < shown; i++)
        draw_screen_put(screen, start + i, y, draw_utf8_next(&text), front, DRAW_NO_COLOUR);
}

/* The ASCII replacement of a character. */
static char ascii(uint32_t c) {
    static const struct {
        uint32_t first, last;
        char stands;
    } ranges[] = {
        {0x20, 0x7E, 0},       {0xD7, 0xD7, 'x'},     {0x2010, 0x2014, '-'}, {0x2018, 0x2019, '\''},
        {0x201C, 0x201D, '"'}, {0x2026, 0x2026, '.'}, {0x2190, 0x2190, '<'}, {0x2192, 0x2192, '>'},
        {0x2212, 0x2212, '-'}, {0x2500, 0x2501, '-'}, {0x2502, 0x2503, '|'}, {0x254C, 0x254D, '-'},
        {0x2504, 0x2505, '-'}, {0x250C, 0x254B, '+'}, {0x256D, 0x2570, '+'}, {0x25B6, 0x25B6, '>'},
        {0x25CB, 0x25CB, 'o'}, {0x25CF, 0x25CF, 'o'}, {0x22EE, 0x22EE, ':'}, {0x2588, 0x2588, '#'},
    };
    for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++)
        if (c >= ranges[i].first && c <= ranges[i].last) return ranges[i].stands ? ranges[i].stands : (char)c;
    return '?';
}

static void append_colour(dsc_text *text, draw_colours colours, int32_t colour, int base) {
    if (colour == DRAW_NO_COLOUR)
        dsc_text_append(text, "\033[%dm", base + 1); /* 39, 49: the terminal's default */
    else if (colours == DRAW_COLOURS_256)
        dsc_text_append(text, "\033[%d;5;%um", base, draw_colour_256((draw_colour)colour));
    else
        dsc_text_append(text, "\033[%d;2;%d;%d;%dm", base, colour >> 16 & 0xFF, colour >> 8 & 0xFF,
                        colour & 0xFF);
}

static void append_line(dsc_text *text, const cell *cells, size_t width, const draw_terminal *terminal) {
    bool coloured = terminal->colours != DRAW_COLOURS_NONE;
    while (width && (cells[width - 1].character == 0 || cells[width - 1].character == ' ') &&
           (!coloured || cells[width - 1].back == DRAW_NO_COLOUR))
        width--;
    int32_t front = DRAW_NO_COLOUR, back = DRAW_NO_COLOUR;
    for (size_t x = 0; x < width; x++) {
        uint32_t c = cells[x].character ? cells[x].character : ' ';
        if (coloured && cells[x].back != back)
            append_colour(text, terminal->colours, back = cells[x].back, 48);
        if (coloured && cells[x].front != front && c != ' ')
            append_colour(text, terminal->colours, front = cells[x].front, 38);
        if (terminal->utf8)
            draw_utf8_append(text, c);
        else
            dsc_text_append(text, "%c", ascii(c));
    }
    if (front != DRAW_NO_COLOUR || back != DRAW_NO_COLOUR) dsc_text_append(text, "\033[0m");
    dsc_text_append(text, "\n");
}

void draw_screen_append(dsc_text *text, const draw_screen *screen, const draw_terminal *terminal) {
    if (!screen) {
        text->failed = true;
        return;
    }
    for (size_t y = 0; y < screen->height; y++)
        append_line(text, screen->cells + y * screen->width, screen->width, terminal);
}
