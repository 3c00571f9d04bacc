/* SPDX-License-Identifier: MIT */
/* grid.c: images side by side on a canvas, on a terminal, or as pixels. */
#include "draw/grid.h"

#include "draw/utf8.h"
#include "picture/picture.h"

#include "base/error.h"
#include "base/memory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { MOST_IMAGES = 10000, LARGEST_SIDE = 4096, FLAT_GAP = 2, SHORT_TITLE = 16 };

static const double MARGIN = 12, GAP = 12, TITLE_SIZE = 12, TEXT_SIZE = 10, LINE = 12;

dsc_status draw_grid_check(const draw_grid *g, dsc_error *error) {
    if (!g->tiles || !g->count || g->count > MOST_IMAGES)
        return dsc_fail(error, DSC_ERROR_ARGUMENT, "%zu images to show: expected 1 to %d", g->count,
                        MOST_IMAGES);
    if (!g->width || !g->height || g->width > LARGEST_SIDE || g->height > LARGEST_SIDE)
        return dsc_fail(error, DSC_ERROR_ARGUMENT,
                        "images of %zu x %zu pixels cannot be shown: a side has 1 to %d", g->height, g->width,
                        LARGEST_SIDE);
    if (g->channels > 1 && g->channels != 3)
        return dsc_fail(error, DSC_ERROR_ARGUMENT,
                        "images of %zu channels cannot be shown: expected 1 (grey) or 3 (red, green, blue)",
                        g->channels);
    return DSC_OK;
}

static draw_colour pixel_colour(const draw_grid *g, const draw_tile *tile, size_t x, size_t y) {
    const uint8_t *p = tile->pixels + y * g->width + x;
    size_t plane = g->width * g->height;
    if (g->channels == 3) return (draw_colour)p[0] << 16 | (draw_colour)p[plane] << 8 | p[2 * plane];
    return draw_map_colour(g->map, *p);
}

static size_t columns_of(const draw_grid *g) {
    size_t columns = g->columns ? g->columns : g->count > 20 ? 10 : 5;
    return columns < g->count ? columns : g->count;
}

/* Number of lines of the longest tile title at `width` characters per line; 0: no titles. */
static size_t title_lines(const draw_grid *g, size_t width) {
    size_t most = 0;
    for (size_t i = 0; i < g->count; i++) {
        const size_t lines = g->tiles[i].title ? draw_utf8_lines(g->tiles[i].title, width) : 0;
        if (lines > most) most = lines;
    }
    return most;
}

/* --- on a canvas --- */

typedef struct layout {
    size_t columns, rows;
    double width, height; /* of one image, points */
    double title, label;  /* heights of the grid's title and of a tile's title */
    size_t characters;    /* per line of a tile's title */
} layout;

static layout layout_of(const draw_grid *g) {
    layout l = {.columns = columns_of(g)};
    l.rows = (g->count + l.columns - 1) / l.columns;
    double side = g->tile_size > 0 ? g->tile_size : g->count == 1 ? 280 : 112;
    /* A large grid shrinks instead of failing: a page has at most 10,000 points. */
    side = fmin(side, 9000.0 / (double)(l.columns > l.rows ? l.columns : l.rows) - 30);
    double scale = side / (double)(g->width > g->height ? g->width : g->height);
    l.width = (double)g->width * scale;
    l.height = (double)g->height * scale;
    l.title = g->title ? 24 : 0;
    l.characters = (size_t)fmax(4, (l.width + GAP) / (TEXT_SIZE * DRAW_NAME_WIDTH));
    const size_t lines = title_lines(g, l.characters);
    l.label = lines ? 4 + LINE * (double)lines : 0;
    return l;
}

/* Paints a tile's title; its last line is directly above the image. */
static void paint_title(draw_canvas *c, const layout *l, double x, double y, const char *title) {
    draw_font font = {TEXT_SIZE, DRAW_INK, DRAW_CENTRE, false, false};
    dsc_text line = {0};
    y -= 5 + LINE * (double)(draw_utf8_lines(title, l->characters) - 1);
    for (; draw_utf8_line(&line, &title, l->characters) && line.data; y += LINE)
        draw_label_whole(c, x, y, l->width + GAP - 2, line.data, &font);
    if (line.failed) draw_out_of_memory(c);
    dsc_text_free(&line);
}

static void paint_grid(draw_canvas *c, const void *data) {
    const draw_grid *g = data;
    layout l = layout_of(g);
    draw_font title = {TITLE_SIZE, DRAW_INK, DRAW_LEFT, true, false};
    draw_pen frame = {DRAW_PALE_INK, 0.5, DRAW_SOLID};
    draw_colour *pixels = dsc_allocate(g->width * g->height, sizeof *pixels);
    if (!pixels) {
        draw_out_of_memory(c);
        return;
    }
    double inner = (double)l.columns * (l.width + GAP) - GAP;
    if (g->title) draw_label_fitting(c, MARGIN, MARGIN + 12, inner, g->title, &title);
    for (size_t i = 0; i < g->count; i++) {
        size_t row = i / l.columns, column = i % l.columns;
        double x = MARGIN + (double)column * (l.width + GAP);
        double y = MARGIN + l.title + (double)row * (l.height + l.label + GAP) + l.label;
        for (size_t r = 0; r < g->height; r++)
            for (size_t q = 0; q < g->width; q++)
                pixels[r * g->width + q] = pixel_colour(g, &g->tiles[i], q, r);
        draw_pixels(c, x, y, l.width, l.height, pixels, g->width, g->height);
        draw_rectangle(c, x, y, l.width, l.height, DRAW_NO_FILL, &frame);
        if (g->tiles[i].title) paint_title(c, &l, x + l.width / 2, y, g->tiles[i].title);
    }
    free(pixels);
}

draw_picture draw_grid_picture(const draw_grid *g) {
    layout l = layout_of(g);
    return (draw_picture){
        .width = 2 * MARGIN + (double)l.columns * (l.width + GAP) - GAP,
        .height = 2 * MARGIN + l.title + (double)l.rows * (l.height + l.label + GAP) - GAP,
        .title = g->title ? g->title : g->tiles[0].title,
        .paint = paint_grid,
        .data = g,
    };
}

/* --- on a terminal --- */

/* Characters from empty to full: brightness becomes ink on the terminal, as with half blocks. */
static char ramp(unsigned grey) {
    static const char characters[] = " .:-=+*#%@";
    return characters[(grey * 9 + 127) / 255];
}

/* Writes a tile's title; its last line is directly above the image. */
static bool put_title(draw_screen *screen, size_t left, size_t lines, size_t width, const char *title) {
    dsc_text line = {0};
    for (size_t row = lines - draw_utf8_lines(title, width);
         draw_utf8_line(&line, &title, width) && line.data; row++)
        draw_screen_centre(screen, left, row, width, line.data, DRAW_NO_COLOUR);
    const bool whole = !line.failed;
    dsc_text_free(&line);
    return whole;
}

/* Draws two pixels per character: the upper half block in front of the lower pixel's colour. */
static void put_half_blocks(draw_screen *screen, size_t left, size_t top, const draw_grid *g,
                            const draw_tile *tile) {
    for (size_t y = 0; y < g->height; y += 2)
        for (size_t x = 0; x < g->width; x++) {
            int32_t upper = (int32_t)pixel_colour(g, tile, x, y);
            int32_t lower = y + 1 < g->height ? (int32_t)pixel_colour(g, tile, x, y + 1) : DRAW_NO_COLOUR;
            draw_screen_put(screen, left + x, top + y / 2, 0x2580, upper, lower);
        }
}

/* With one character per pixel, a line of text shows the mean of two rows of pixels. */
static void put_characters(draw_screen *screen, size_t left, size_t top, const draw_grid *g,
                           const draw_tile *tile, size_t each) {
    size_t rows = each == 2 ? g->height : (g->height + 1) / 2;
    for (size_t row = 0; row < rows; row++)
        for (size_t x = 0; x < g->width; x++) {
            size_t y = each == 2 ? row : 2 * row, below = each == 2 || y + 1 == g->height ? y : y + 1;
            unsigned grey = (draw_colour_grey(pixel_colour(g, tile, x, y)) +
                             draw_colour_grey(pixel_colour(g, tile, x, below)) + 1) /
                            2;
            for (size_t i = 0; i < each; i++)
                draw_screen_put(screen, left + x * each + i, top + row, (uint32_t)ramp(grey), DRAW_NO_COLOUR,
                                DRAW_NO_COLOUR);
        }
}

/* Small images get enough width for short titles. */
static size_t cell_width(const draw_grid *g, size_t width, size_t most) {
    size_t longest = 0;
    for (size_t i = 0; i < g->count; i++) {
        const size_t length = g->tiles[i].title ? draw_utf8_length(g->tiles[i].title) : 0;
        if (length > longest) longest = length;
    }
    if (longest > SHORT_TITLE) longest = SHORT_TITLE;
    if (longest > most) longest = most;
    return longest > width ? longest : width;
}

dsc_status draw_grid_text(dsc_text *text, const draw_grid *g, const draw_terminal *terminal,
                          dsc_error *error) {
    dsc_status status = draw_grid_check(g, error);
    if (status) return status;
    bool blocks = terminal->utf8 && terminal->colours != DRAW_COLOURS_NONE;
    size_t each = !blocks && 2 * g->width <= terminal->width ? 2 : 1;
    size_t width = g->width * each, height = each == 2 ? g->height : (g->height + 1) / 2;
    if (width > terminal->width)
        return dsc_fail(
            error, DSC_ERROR_ARGUMENT,
            "an image %zu pixels wide does not fit a terminal of %u characters; write it to a file", g->width,
            terminal->width);
    const size_t cell = cell_width(g, width, terminal->width), aside = (cell - width) / 2;
    size_t fit = (terminal->width + 2) / (cell + 2), columns = columns_of(g), label = title_lines(g, cell);
    bool whole = true;
    if (columns > fit) columns = fit ? fit : 1;
    if (g->title) {
        draw_utf8_append_clean(text, g->title);
        dsc_text_append(text, "\n");
    }
    for (size_t first = 0; first < g->count; first += columns) {
        size_t last = first + columns < g->count ? first + columns : g->count;
        draw_screen *screen = draw_screen_create(columns * (cell + 2) - 2, height + label);
        for (size_t i = first; i < last; i++) {
            size_t left = (i - first) * (cell + 2);
            if (g->tiles[i].title) whole = put_title(screen, left, label, cell, g->tiles[i].title) && whole;
            left += aside;
            if (blocks)
                put_half_blocks(screen, left, label, g, &g->tiles[i]);
            else
                put_characters(screen, left, label, g, &g->tiles[i], each);
        }
        if (first) dsc_text_append(text, "\n");
        draw_screen_append(text, screen, terminal);
        draw_screen_free(screen);
    }
    return text->failed || !whole
               ? dsc_fail(error, DSC_ERROR_MEMORY, "out of memory for the picture of %zu images", g->count)
               : DSC_OK;
}

/* --- as pixels --- */

dsc_status draw_grid_flatten(dsc_image *image, const draw_grid *g, dsc_error *error) {
    memset(image, 0, sizeof *image);
    dsc_status status = draw_grid_check(g, error);
    if (status) return status;
    size_t columns = columns_of(g), rows = (g->count + columns - 1) / columns,
           channels = g->channels ? g->channels : 1;
    status = dsc_image_create(image, columns * (g->width + FLAT_GAP) - FLAT_GAP,
                              rows * (g->height + FLAT_GAP) - FLAT_GAP, channels, error);
    if (status) return status;
    memset(image->pixels, g->count > 1 ? 128 : 0, image->width * image->height * channels);
    for (size_t i = 0; i < g->count; i++) {
        size_t left = i % columns * (g->width + FLAT_GAP), top = i / columns * (g->height + FLAT_GAP);
        for (size_t y = 0; y < g->height; y++)
            for (size_t x = 0; x < g->width; x++)
                for (size_t c = 0; c < channels; c++)
                    image->pixels[((top + y) * image->width + left + x) * channels + c] =
                        g->tiles[i].pixels[(c * g->height + y) * g->width + x];
    }
    return DSC_OK;
}

static bool ends_in(const char *path, const char *end) {
    size_t n = strlen(path), m = strlen(end);
    return n >= m && !strcasecmp(path + n - m, end);
}

dsc_status draw_grid_save(const char *path, const draw_grid *g, dsc_error *error) {
    dsc_status status = draw_grid_check(g, error);
    if (status) return status;
    if (ends_in(path, ".pgm") || ends_in(path, ".ppm")) {
        dsc_image image;
        status = draw_grid_flatten(&image, g, error);
        if (!status) status = picture_write(path, &image, error);
        dsc_image_clear(&image);
        return status;
    }
    draw_format format;
    status = draw_format_of(&format, path, NULL);
    if (status)
        return dsc_fail(error, status,
                        "%s: the name of a picture of images must end in .svg, .png, .pgm or .ppm", path);
    draw_picture picture = draw_grid_picture(g);
    return draw_save(path, &picture, error);
}
