/* SPDX-License-Identifier: MIT */
/* utf8.c: one character at a time (RFC 3629). */
#include "draw/utf8.h"

#include "base/visible.h"

#include <string.h>

uint32_t draw_utf8_next(const char **text) {
    const unsigned char *at = (const unsigned char *)*text;
    if (!*at) return 0;
    /* The longest character has four bytes, and the zero at the end stops a shorter text. */
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
