/* SPDX-License-Identifier: MIT */
/* utf8.c: decodes and wraps UTF-8 (RFC 3629). */
#include "draw/utf8.h"

#include "base/visible.h"

#include <string.h>

uint32_t draw_utf8_next(const char **text) {
    const unsigned char *at = (const unsigned char *)*text;
    if (!*at) return 0;
    /* The longest character has four bytes; the terminating zero stops shorter texts. */
    uint32_t c = dsc_utf8_next(&at, at + strnlen(*text, 4));
    *text = (const char *)at;
    return c == DSC_UTF8_BAD || dsc_is_hidden(c) || c == 0xFFFE || c == 0xFFFF ? 0xFFFD : c;
}

void draw_utf8_append(dsc_text *text, uint32_t c) {
    char bytes[4];
    dsc_text_append_bytes(text, bytes, dsc_utf8_put(bytes, c));
}

size_t draw_utf8_length(const char *text) {
    size_t n = 0;
    while (draw_utf8_next(&text)) n++;
    return n;
}

void draw_utf8_append_clean(dsc_text *text, const char *source) {
    for (uint32_t c; (c = draw_utf8_next(&source));) draw_utf8_append(text, c);
}

/* The end of a line of at most `width` characters; *next is the start of the next line. */
static const char *end_of_line(const char **next, const char *text, size_t width) {
    const char *at = text, *space = NULL, *behind = NULL;
    for (size_t i = 0; i < width; i++) {
        const char *before = at;
        const uint32_t c = draw_utf8_next(&at);
        if (!c) return *next = before;
        if (c == ' ') space = before, behind = at;
    }
    if (!*at) return *next = at;
    if (*at == ' ') {
        *next = at + 1;
        return at;
    }
    *next = space ? behind : at;
    return space ? space : at;
}

bool draw_utf8_line(dsc_text *line, const char **text, size_t width) {
    const char *at = *text, *next;
    line->length = 0;
    if (!*at) return false;
    const char *end = end_of_line(&next, at, width);
    while (at < end) draw_utf8_append(line, draw_utf8_next(&at));
    *text = next;
    return true;
}

size_t draw_utf8_lines(const char *text, size_t width) {
    size_t count = 0;
    for (; *text; count++) (void)end_of_line(&text, text, width);
    return count ? count : 1;
}

void draw_utf8_append_markup(dsc_text *text, const char *source) {
    for (uint32_t c; (c = draw_utf8_next(&source));) {
        switch (c) {
        case '&':
            dsc_text_append(text, "&amp;");
            break;
        case '<':
            dsc_text_append(text, "&lt;");
            break;
        case '>':
            dsc_text_append(text, "&gt;");
            break;
        case '"':
            dsc_text_append(text, "&quot;");
            break;
        case '\'':
            dsc_text_append(text, "&#39;");
            break;
        default:
            draw_utf8_append(text, c);
        }
    }
}
