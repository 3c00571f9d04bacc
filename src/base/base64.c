/* SPDX-License-Identifier: MIT */
/* base64.c: see base64.h. */
#include "base/base64.h"

void dsc_text_append_base64(dsc_text *text, const void *bytes, size_t size) {
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const unsigned char *p = bytes;
    char line[4 * 256];
    size_t at = 0;
    for (size_t i = 0; i < size; i += 3) {
        size_t left = size - i;
        unsigned three =
            (unsigned)p[i] << 16 | (left > 1 ? (unsigned)p[i + 1] << 8 : 0) | (left > 2 ? p[i + 2] : 0);
        line[at++] = digits[three >> 18];
        line[at++] = digits[three >> 12 & 63];
        line[at++] = '=';
        line[at++] = '=';
        if (left > 1) line[at - 2] = digits[three >> 6 & 63];
        if (left > 2) line[at - 1] = digits[three & 63];
        if (at == sizeof line) {
            dsc_text_append_bytes(text, line, at);
            at = 0;
        }
    }
    dsc_text_append_bytes(text, line, at);
}
