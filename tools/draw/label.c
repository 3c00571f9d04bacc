/* SPDX-License-Identifier: MIT */
/* label.c: texts with limited width. */
#include "draw/canvas.h"
#include "draw/utf8.h"

void draw_label_fitting(draw_canvas *canvas, double x, double y, double width, const char *text,
                        const draw_font *font) {
    dsc_text shown = {0};
    size_t length = draw_utf8_length(text);
    if (length > 500) length = 500; /* no place is wider */
    for (size_t keep = length;; keep--) {
        const char *next = text;
        shown.length = 0;
        for (size_t i = 0; i < keep; i++) draw_utf8_append(&shown, draw_utf8_next(&next));
        if (draw_utf8_next(&next)) dsc_text_append(&shown, "\xE2\x80\xA6");
        if (shown.failed || !shown.data || keep == 0 || draw_label_width(canvas, shown.data, font) <= width)
            break;
    }
    if (shown.failed)
        draw_out_of_memory(canvas);
    else if (shown.data)
        draw_label(canvas, x, y, shown.data, font);
    dsc_text_free(&shown);
}

void draw_label_whole(draw_canvas *canvas, double x, double y, double width, const char *text,
                      const draw_font *font) {
    draw_font smaller = *font;
    const double wide = draw_label_width(canvas, text, font);
    if (wide > width && width > 0) smaller.size = font->size * width / wide;
    draw_label(canvas, x, y, text, &smaller);
}
