/* SPDX-License-Identifier: MIT */
/* png.c: encodes pixels as PNG in memory with libpng; without libpng with cairo, which takes three times as
 * long. */
#include "draw/backend.h"

#if DESCENDER_WITH_CAIRO

#include "picture/picture.h"

#include <stdlib.h>
#include <string.h>

/* Converts to one byte per pixel if all are grey, which takes a third of the size and time; otherwise three.
 * Returns false without memory. */
static bool image_of(dsc_image *image, const cairo_functions *api, cairo_surface_t *s) {
    size_t width = (size_t)api->cairo_image_surface_get_width(s),
           height = (size_t)api->cairo_image_surface_get_height(s);
    api->cairo_surface_flush(s);
    const unsigned char *data = api->cairo_image_surface_get_data(s);
    size_t stride = (size_t)api->cairo_image_surface_get_stride(s);
    uint32_t different = 0;
    for (size_t y = 0; y < height && !different; y++)
        for (size_t x = 0; x < width; x++) {
            uint32_t p;
            memcpy(&p, data + y * stride + 4 * x, 4);
            different |= (p ^ p >> 8) & 0xFFFF;
        }
    if (dsc_image_create(image, width, height, different ? 3 : 1, NULL)) return false;
    uint8_t *out = image->pixels;
    for (size_t y = 0; y < height; y++)
        for (size_t x = 0; x < width; x++) {
            uint32_t p;
            memcpy(&p, data + y * stride + 4 * x, 4);
            if (different) {
                *out++ = (uint8_t)(p >> 16);
                *out++ = (uint8_t)(p >> 8);
            }
            *out++ = (uint8_t)p;
        }
    return true;
}

static cairo_status_t append(void *out, const unsigned char *bytes, unsigned size) {
    dsc_text_append_bytes(out, bytes, size);
    return ((dsc_text *)out)->failed ? CAIRO_STATUS_NO_MEMORY : CAIRO_STATUS_SUCCESS;
}

void draw_surface_append_png(dsc_text *out, const cairo_functions *api, cairo_surface_t *surface) {
    dsc_image image;
    unsigned char *bytes = NULL;
    size_t size;
    if (api->cairo_surface_status(surface)) {
        out->failed = true;
    } else if (!picture_png_available()) {
        if (api->cairo_surface_write_to_png_stream(surface, append, out)) out->failed = true;
    } else if (image_of(&image, api, surface)) {
        if (picture_png_format(&bytes, &size, &image, NULL))
            out->failed = true;
        else
            dsc_text_append_bytes(out, bytes, size);
        free(bytes);
        dsc_image_clear(&image);
    } else {
        out->failed = true;
    }
}

#endif
