/* SPDX-License-Identifier: MIT */
/* utf8.c: one character at a time (RFC 3629). */
#include "draw/utf8.h"

uint32_t draw_utf8_next(const char **text) {
    static const uint32_t smallest[4] = {0, 0x80, 0x800, 0x10000};
    const unsigned char *p = (const unsigned char *)*text;
    if (!*p) return 0;
    (*text)++;
    unsigned more = *p < 0x80 ? 0 : *p >= 0xF0 ? 3 : *p >= 0xE0 ? 2 : *p >= 0xC0 ? 1 : 4;
    if (more == 4 || *p >= 0xF8) return 0xFFFD;
    uint32_t c = more == 0 ? *p : *p & (0x3FU >> more);
    for (unsigned i = 1; i <= more; i++) {
        if ((p[i] & 0xC0) != 0x80) return 0xFFFD;
        c = c << 6 | (p[i] & 0x3F);
    }
    bool surrogate = c >= 0xD800 && c <= 0xDFFF;
    bool control = c < 0x20 || (c >= 0x7F && c < 0xA0) || c == 0xFFFE || c == 0xFFFF;
    if (c < smallest[more] || c > 0x10FFFF || surrogate) return 0xFFFD;
    *text += more;
    return control ? 0xFFFD : c;
}

void draw_utf8_append(dsc_text *text, uint32_t c) {
    char bytes[4];
    size_t n = 0;
    if (c < 0x80) {
        bytes[n++] = (char)c;
    } else {
        if (c < 0x800) {
            bytes[n++] = (char)(0xC0 | c >> 6);
        } else {
            if (c < 0x10000) {
                bytes[n++] = (char)(0xE0 | c >> 12);
            } else {
                bytes[n++] = (char)(0xF0 | c >> 18);
                bytes[n++] = (char)(0x80 | (c >> 12 & 0x3F));
            }
            bytes[n++] = (char)(0x80 | (c >> 6 & 0x3F));
        }
        bytes[n++] = (char)(0x80 | (c & 0x3F));
    }
    dsc_text_append_bytes(text, bytes, n);
}

size_t draw_utf8_length(const char *text) {
    size_t n = 0;
    while (draw_utf8_next(&text)) n++;
    return n;
}

void draw_utf8_append_clean(dsc_text *text, const char *source) {
    for (uint32_t c; (c = draw_utf8_next(&source));) draw_utf8_append(text, c);
}
