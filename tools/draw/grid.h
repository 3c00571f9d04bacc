/* SPDX-License-Identifier: MIT */
/* grid.h: images side by side, each with a title, as SVG, PNG or terminal text. */
#ifndef DRAW_GRID_H
#define DRAW_GRID_H

#include "draw/canvas.h"
#include "draw/terminal.h"

#include "image/image.h"

typedef struct draw_tile {
    const uint8_t *pixels; /* (channels, height, width) */
    const char *title;     /* NULL: none */
} draw_tile;

typedef struct draw_grid {
    const char *title; /* of all; NULL: none */
    const draw_tile *tiles;
    size_t count;
    size_t width, height; /* of each image */
    size_t channels;      /* 0 or 1: grey, coloured by `map`; 3: red, green, blue */
    draw_map map;
    size_t columns;   /* 0: five, or up to ten if there are more than 20 images */
    double tile_size; /* points, of an image's longer side; 0: 112, or 280 for one image alone */
} draw_grid;

/* Fails if there are no images, or none that could be drawn. */
dsc_status draw_grid_check(const draw_grid *grid, dsc_error *error);

/* As the end of the name says: .svg and .png with titles, .pgm (grey) and .ppm (colours) the bare pixels of
 * draw_grid_flatten, for which no cairo is needed. */
dsc_status draw_grid_save(const char *path, const draw_grid *grid, dsc_error *error);
draw_picture draw_grid_picture(const draw_grid *grid);

/* Appends the images: half blocks, two pixels a character, where the terminal has UTF-8 and colours;
 * characters of growing darkness, two for each pixel if there is room, otherwise. As many side by side as
 * fit. */
dsc_status draw_grid_text(dsc_text *text, const draw_grid *grid, const draw_terminal *terminal,
                          dsc_error *error);

/* The images alone, without titles, side by side in one new image, two pixels apart; grey ones stay grey and
 * are not coloured by `map`. An image alone is exactly itself. Release with dsc_image_clear. */
dsc_status draw_grid_flatten(dsc_image *image, const draw_grid *grid, dsc_error *error);

#endif
