/* SPDX-License-Identifier: MIT */
/* terminal.h: the capabilities of the terminal, and a screen of characters to draw on. Nothing here prints:
 * pictures become text, with escape sequences if the terminal has colours. */
#ifndef DRAW_TERMINAL_H
#define DRAW_TERMINAL_H

#include "draw/colour.h"

#include "base/text.h"

typedef enum draw_colours { DRAW_COLOURS_NONE, DRAW_COLOURS_256, DRAW_COLOURS_24_BIT } draw_colours;

typedef struct draw_terminal {
    draw_colours colours;
    bool utf8;      /* block and braille characters are available; otherwise only ASCII */
    bool live;      /* a terminal, not a file or a pipe: lines can be overwritten */
    unsigned width; /* in characters; 80 if unknown */
    unsigned height;
} draw_terminal;

/* Detects the terminal behind a file descriptor (1: standard output, 2: standard error) with isatty, its size
 * and the environment: TERM, COLORTERM, NO_COLOR (no-color.org), COLUMNS, LC_ALL, LC_CTYPE, LANG. */
draw_terminal draw_terminal_detect(int descriptor);

/* The same from given facts. `lookup` behaves like getenv; `columns` and `rows` 0: unknown. */
draw_terminal draw_terminal_decide(bool is_terminal, unsigned columns, unsigned rows,
                                   const char *(*lookup)(void *context, const char *name), void *context);

/* --- a screen: coloured characters at any position, written line by line --- */

enum { DRAW_NO_COLOUR = -1 }; /* the terminal's default; otherwise a draw_colour */

typedef struct draw_screen draw_screen;

/* Creates a blank screen; NULL without memory or if a side exceeds 4,096. Every function accepts NULL and
 * does nothing; draw_screen_append then sets text->failed, so one check at the end suffices. */
draw_screen *draw_screen_create(size_t width, size_t height);
void draw_screen_free(draw_screen *screen);

/* Characters outside the screen are ignored. */
void draw_screen_put(draw_screen *screen, size_t x, size_t y, uint32_t character, int32_t front,
                     int32_t back);
uint32_t draw_screen_get(const draw_screen *screen, size_t x, size_t y);

/* Writes a text from x; returns its length in characters. */
size_t draw_screen_write(draw_screen *screen, size_t x, size_t y, const char *text, int32_t front);

/* Writes a text centred in [x, x + width), truncated to it. */
void draw_screen_centre(draw_screen *screen, size_t x, size_t y, size_t width, const char *text,
                        int32_t front);

/* Appends all lines, each with a newline and without trailing blanks. Without UTF-8, characters beyond ASCII
 * become their nearest ASCII equivalents; colours become the nearest that the terminal has. */
void draw_screen_append(dsc_text *text, const draw_screen *screen, const draw_terminal *terminal);

#endif
