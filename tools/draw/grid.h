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
    const char *title; /* of the grid; NULL: none */
    const draw_tile *tiles;
    size_t count;
    size_t width, height; /* of each image */
    size_t channels;      /* 0 or 1: grey, coloured by `map`; 3: red, green, blue */
    draw_map map;
    size_t columns;   /* 0: five, or up to ten for more than 20 images */
    double tile_size; /* points, the longer side of an image; 0: 112, or 280 for a single image */
} draw_grid;

/* Fails if there are no images, or none that can be drawn. */
dsc_status draw_grid_check(const draw_grid *grid, dsc_error *error);

/* Saves in the format of the extension: .svg and .png with titles; .pgm (grey) and .ppm (colour) contain the
 * pixels of draw_grid_flatten, without cairo. */
dsc_status draw_grid_save(const char *path, const draw_grid *grid, dsc_error *error);
draw_picture draw_grid_picture(const draw_grid *grid);

/* Appends the images: half blocks with two pixels per character if the terminal has UTF-8 and colours;
 * otherwise characters of increasing density, two per pixel if there is room. As many side by side as fit. */
dsc_status draw_grid_text(dsc_text *text, const draw_grid *grid, const draw_terminal *terminal,
                          dsc_error *error);

/* Combines the images, without titles, in one new image, two pixels apart; grey images stay grey and ignore
 * `map`. A single image is copied exactly. Release with dsc_image_clear. */
dsc_status draw_grid_flatten(dsc_image *image, const draw_grid *grid, dsc_error *error);

#endif
