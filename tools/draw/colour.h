/* SPDX-License-Identifier: MIT */
/* colour.h: colours as 0xRRGGBB. Series use the palette of Okabe and Ito, "Color Universal Design" (2008),
 * which is distinguishable with any colour vision, in an order whose neighbours also differ in grey. */
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

/* The colour of series `index`; repeats after eight. */
draw_colour draw_series_colour(unsigned index);

/* Maps image values, 0 to 255, to colours. */
typedef enum draw_map {
    DRAW_MAP_GREY, /* 0 black, 255 white, as on a screen */
    DRAW_MAP_INK,  /* 0 white, 255 black, as on paper */
    DRAW_MAP_HEAT  /* black, red, yellow, white: brightness increases throughout, so it is readable in grey */
} draw_map;

draw_colour draw_map_colour(draw_map map, uint8_t value);

/* The nearest of the 256 terminal colours: the cube 16 to 231, the greys 232 to 255. */
unsigned draw_colour_256(draw_colour colour);

/* Perceived brightness, 0 to 255 (Rec. 709). */
unsigned draw_colour_grey(draw_colour colour);

#endif
