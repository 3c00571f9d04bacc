/* SPDX-License-Identifier: MIT */
/* colour.h: colours are 0xRRGGBB. The series' colours are those of Okabe and Ito, "Color Universal Design"
 * (2008), which people with any colour vision tell apart, in an order whose neighbours differ in grey too. */
#ifndef DRAW_COLOUR_H
#define DRAW_COLOUR_H

#include <stdint.h>

typedef uint32_t draw_colour;

enum {
    DRAW_BLACK = 0x000000,
    DRAW_WHITE = 0xFFFFFF,
    DRAW_INK = 0x1A1A1A,
    DRAW_PALE_INK = 0x666666,
    DRAW_GRID_LINE = 0xDDDDDD
};

/* The colour of the index-th series; after eight they repeat. */
draw_colour draw_series_colour(unsigned index);

/* How the values of an image, 0 to 255, become colours. */
typedef enum draw_map {
    DRAW_MAP_GREY, /* 0 black, 255 white, as a screen shows it */
    DRAW_MAP_INK,  /* 0 white, 255 black, as paper shows it */
    DRAW_MAP_HEAT  /* black, red, yellow, white: brightness rises all along, so it reads in grey */
} draw_map;

draw_colour draw_map_colour(draw_map map, uint8_t value);

/* The nearest of the 256 colours of terminals: the cube 16 to 231, the greys 232 to 255. */
unsigned draw_colour_256(draw_colour colour);

/* The brightness as seen, 0 to 255 (Rec. 709). */
unsigned draw_colour_grey(draw_colour colour);

#endif
