/* SPDX-License-Identifier: MIT */
/* base64.c: see base64.h. */
#include "base/base64.h"

#include <stdint.h>

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

static int value_of(char c) {
    if (c >= 'A' && c <= 'Z') return c - 'A';
    if (c >= 'a' && c <= 'z') return c - 'a' + 26;
    if (c >= '0' && c <= '9') return c - '0' + 52;
    return c == '+' ? 62 : c == '/' ? 63 : -1;
}

bool dsc_base64_decode(void *bytes, size_t size, const char *text, size_t length) {
    unsigned char *out = bytes;
    if (size > SIZE_MAX / 2 || length != (size + 2) / 3 * 4) return false;
    for (size_t i = 0; i < size; i += 3, text += 4) {
        const size_t left = size - i < 3 ? size - i : 3;
        unsigned long four = 0;
        for (size_t k = 0; k < 4; k++) {
            const bool padding = k > left;
            const int value = padding ? 0 : value_of(text[k]);
            if (value < 0 || (padding && text[k] != '=')) return false;
            four = four << 6 | (unsigned)value;
        }
        if (left < 3 && four & (left < 2 ? 0xFFFFUL : 0xFFUL)) return false; /* unused bits set */
        for (size_t k = 0; k < left; k++) out[i + k] = (unsigned char)(four >> (16 - 8 * k));
    }
    return true;
}
