/* SPDX-License-Identifier: MIT */
/* png.c: pixels to a PNG in memory, by libpng; by cairo, which is four times slower, where libpng is missing. */
#include "draw/backend.h"

#if DESCENDER_WITH_CAIRO && DESCENDER_WITH_PNG

#include <png.h>
#include <string.h>

static void append(png_structp png, png_bytep bytes, size_t size) {
    dsc_text_append_bytes(png_get_io_ptr(png), bytes, size);
}

static void flush(png_structp png) { (void)png; }

void draw_png_append(dsc_text *out, const uint8_t *pixels, size_t width, size_t height, int channels) {
    png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, NULL);
    png_infop info = png ? png_create_info_struct(png) : NULL;
    /* libpng fails by longjmp to here: nothing below changes a variable of this function before that. */
    if (!info || setjmp(png_jmpbuf(png))) {
        out->failed = true;
    } else {
        png_set_write_fn(png, out, append, flush);
        png_set_user_limits(png, 0x7FFFFFFF, 0x7FFFFFFF);
        /* Charts are flat areas: filters cost time and gain nothing. */
        png_set_filter(png, 0, PNG_FILTER_NONE);
        png_set_compression_level(png, 2);
        png_set_IHDR(png, info, (png_uint_32)width, (png_uint_32)height, 8,
                     channels == 1 ? PNG_COLOR_TYPE_GRAY : PNG_COLOR_TYPE_RGB, PNG_INTERLACE_NONE,
                     PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
        png_write_info(png, info);
        for (size_t y = 0; y < height; y++) png_write_row(png, pixels + y * width * (size_t)channels);
        png_write_end(png, info);
    }
    png_destroy_write_struct(&png, &info);
}

#elif DESCENDER_WITH_CAIRO

#include <string.h>

static cairo_status_t append(void *out, const unsigned char *bytes, unsigned size) {
    dsc_text_append_bytes(out, bytes, size);
    return ((dsc_text *)out)->failed ? CAIRO_STATUS_NO_MEMORY : CAIRO_STATUS_SUCCESS;
}

void draw_png_append(dsc_text *out, const uint8_t *pixels, size_t width, size_t height, int channels) {
    cairo_surface_t *s = cairo_image_surface_create(CAIRO_FORMAT_RGB24, (int)width, (int)height);
    if (cairo_surface_status(s)) {
        out->failed = true;
        cairo_surface_destroy(s);
        return;
    }
    unsigned char *data = cairo_image_surface_get_data(s);
    size_t stride = (size_t)cairo_image_surface_get_stride(s);
    for (size_t y = 0; y < height; y++)
        for (size_t x = 0; x < width; x++, pixels += channels) {
            uint32_t p =
                (uint32_t)pixels[0] << 16 | (uint32_t)pixels[channels / 2] << 8 | pixels[channels - 1];
            memcpy(data + y * stride + 4 * x, &p, 4);
        }
    cairo_surface_mark_dirty(s);
    if (cairo_surface_write_to_png_stream(s, append, out)) out->failed = true;
    cairo_surface_destroy(s);
}

#endif
