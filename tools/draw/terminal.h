/* SPDX-License-Identifier: MIT */
/* terminal.h: what the terminal at hand can show, and a screen of characters to draw on. Nothing here
 * prints: pictures become text, with escape sequences where the terminal has colours. */
#ifndef DRAW_TERMINAL_H
#define DRAW_TERMINAL_H

#include "draw/colour.h"

#include "base/text.h"

typedef enum draw_colours { DRAW_COLOURS_NONE, DRAW_COLOURS_256, DRAW_COLOURS_24_BIT } draw_colours;

typedef struct draw_terminal {
    draw_colours colours;
    bool utf8;      /* block and braille characters can be shown; otherwise ASCII alone */
    bool live;      /* a terminal and not a file or a pipe: a line may be drawn over again */
    unsigned width; /* in characters; 80 if unknown */
    unsigned height;
} draw_terminal;

/* The terminal behind a file descriptor (1: standard output, 2: standard error), from isatty, its size and
 * the environment: TERM, COLORTERM, NO_COLOR (no-color.org), COLUMNS, LC_ALL, LC_CTYPE, LANG. */
draw_terminal draw_terminal_detect(int descriptor);

/* The same from given facts. `lookup` answers as getenv does; `columns` and `rows` 0: unknown. */
draw_terminal draw_terminal_decide(bool is_terminal, unsigned columns, unsigned rows,
                                   const char *(*lookup)(void *context, const char *name), void *context);

/* --- a screen: characters with colours, put anywhere, then written out line by line --- */

enum { DRAW_NO_COLOUR = -1 }; /* the terminal's own; otherwise a draw_colour */

typedef struct draw_screen draw_screen;

/* Blank; NULL if memory is short or the size is absurd (over 4,096 a side). Every function takes NULL and
 * does nothing, and draw_screen_append then sets text->failed: one check, at the end. */
draw_screen *draw_screen_create(size_t width, size_t height);
void draw_screen_free(draw_screen *screen);

/* What lies outside is left out. */
void draw_screen_put(draw_screen *screen, size_t x, size_t y, uint32_t character, int32_t front,
                     int32_t back);
uint32_t draw_screen_get(const draw_screen *screen, size_t x, size_t y);

/* A text that starts at x; its length in characters comes back. */
size_t draw_screen_write(draw_screen *screen, size_t x, size_t y, const char *text, int32_t front);

/* A text around the middle of [x, x + width), cut to it. */
void draw_screen_centre(draw_screen *screen, size_t x, size_t y, size_t width, const char *text,
                        int32_t front);

/* Appends all lines, each with a newline, without blanks at their ends. Characters beyond ASCII become
 * their nearest in ASCII where the terminal has no UTF-8; colours the nearest that it has. */
void draw_screen_append(dsc_text *text, const draw_screen *screen, const draw_terminal *terminal);

#endif
