/* SPDX-License-Identifier: MIT */
/* visible.c: UTF-8, and safe display of external texts for people, shells and JSON readers; see visible.h. */
#include "base/visible.h"

#include <stdio.h>
#include <string.h>

/* --- UTF-8 --- */

uint32_t dsc_utf8_next(const unsigned char **at, const unsigned char *end) {
    static const uint32_t smallest[4] = {0, 0x80, 0x800, 0x10000};
    const unsigned char *p = (*at)++;
    if (*p < 0x80) return *p;
    size_t more = *p >= 0xF0 ? 3 : *p >= 0xE0 ? 2 : 1;
    if (*p < 0xC2 || *p > 0xF4 || (size_t)(end - p) <= more) return DSC_UTF8_BAD;
    uint32_t c = *p & (0x3FU >> more);
    for (size_t i = 1; i <= more; i++) {
        if ((p[i] & 0xC0) != 0x80) return DSC_UTF8_BAD;
        c = c << 6 | (p[i] & 0x3F);
    }
    if (c < smallest[more] || c > 0x10FFFF || (c >= 0xD800 && c <= 0xDFFF)) return DSC_UTF8_BAD;
    *at += more;
    return c;
}

size_t dsc_utf8_put(char out[4], uint32_t c) {
    static const unsigned char first[4] = {0, 0xC0, 0xE0, 0xF0};
    const size_t more = c < 0x80 ? 0 : c < 0x800 ? 1 : c < 0x10000 ? 2 : 3;
    for (size_t i = more; i > 0; i--, c >>= 6) out[i] = (char)(0x80 | (c & 0x3F));
    out[0] = (char)(first[more] | c);
    return more + 1;
}

size_t dsc_utf8_check(const void *bytes, size_t size) {
    const unsigned char *at = bytes, *end = at + size;
    while (at < end)
        if (dsc_utf8_next(&at, end) == DSC_UTF8_BAD) return (size_t)(at - (const unsigned char *)bytes) - 1;
    return size;
}

size_t dsc_utf8_mark(const void *bytes, size_t size) {
    return size >= 3 && !memcmp(bytes, "\xEF\xBB\xBF", 3) ? 3 : 0;
}

/* --- characters that must not reach a terminal --- */

bool dsc_is_hidden(uint32_t c) {
    return c < 0x20 || (c >= 0x7F && c < 0xA0) || c == 0x061C || c == 0x200E || c == 0x200F ||
           (c >= 0x2028 && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069) || c == 0xFEFF;
}

enum { PIECE = 16 };

/* Writes the visible form of the next character and advances. Returns its length. */
static size_t take_piece(char piece[PIECE], const unsigned char **at, const unsigned char *end) {
    const unsigned char *from = *at;
    uint32_t c = dsc_utf8_next(at, end);
    if (c == DSC_UTF8_BAD) return (size_t)snprintf(piece, PIECE, "\\x%02x", *from);
    if (!dsc_is_hidden(c)) {
        memcpy(piece, from, (size_t)(*at - from));
        return (size_t)(*at - from);
    }
    if (c == '\n' || c == '\t' || c == '\r')
        return (size_t)snprintf(piece, PIECE, "\\%c", c == '\n' ? 'n' : c == '\t' ? 't' : 'r');
    return (size_t)snprintf(piece, PIECE, c < 0x100 ? "\\x%02x" : "\\u%04x", (unsigned)c);
}

void dsc_text_append_visible(dsc_text *text, const char *source) {
    const unsigned char *at = (const unsigned char *)source, *end = at + strlen(source);
    char piece[PIECE];
    while (at < end) {
        size_t length = take_piece(piece, &at, end);
        dsc_text_append_bytes(text, piece, length);
    }
}

const char *dsc_visible(char *out, size_t size, const char *source) {
    char *to = out;
    const unsigned char *at = (const unsigned char *)source, *end = at + strlen(source);
    char piece[PIECE];
    while (at < end) {
        size_t length = take_piece(piece, &at, end);
        if (length >= size) break;
        memcpy(to, piece, length);
        to += length;
        size -= length;
    }
    *to = '\0';
    return out;
}

/* --- for a shell --- */

static bool is_plain(unsigned char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           (c && strchr("_@%+=:,./-", c));
}

const char *dsc_shell_word(char out[DSC_SHELL_WORD], const char *text) {
    size_t length = strlen(text);
    if (length > (DSC_SHELL_WORD - 8) / 4) return strcpy(out, "'...'");
    const unsigned char *at = (const unsigned char *)text, *end = at + length;
    bool plain = length > 0, hidden = false;
    while (at < end) {
        plain = plain && is_plain(*at);
        uint32_t c = dsc_utf8_next(&at, end);
        hidden = hidden || c == DSC_UTF8_BAD || dsc_is_hidden(c);
    }
    char *to = out;
    if (!plain) to = stpcpy(to, hidden ? "$'" : "'");
    if (*text == '-') to = stpcpy(to, "./");
    for (at = (const unsigned char *)text; at < end; at++) {
        if (hidden && (*at < 0x20 || *at >= 0x7F || *at == '\\' || *at == '\''))
            to += sprintf(to, "\\%03o", *at);
        else if (*at == '\'' && !plain)
            to = stpcpy(to, "'\\''");
        else
            *to++ = (char)*at;
    }
    if (!plain) *to++ = '\'';
    *to = '\0';
    return out;
}

/* Replaces '@' and '^' by the words; returns false if the result does not fit. */
static bool fill(char out[DSC_COMMAND], size_t size, const char *pattern, const char *path,
                 const char *other) {
    char *to = out;
    for (; *pattern; pattern++) {
        const char *piece = *pattern == '@' ? path : *pattern == '^' ? other : pattern;
        const size_t length = piece == pattern ? 1 : strlen(piece);
        if (length >= size) return false;
        memcpy(to, piece, length);
        to += length;
        size -= length;
    }
    *to = '\0';
    return true;
}

/* A longer path, which also begins the message, would leave no room for the command. */
static bool is_short(const char *word) { return strlen(word) <= DSC_COMMAND / 3; }

const char *dsc_command(char out[DSC_COMMAND], const char *pattern, const char *path, const char *other) {
    char word[DSC_SHELL_WORD], other_word[DSC_SHELL_WORD];
    if (strlen(path) < DSC_COMMAND && (!other || strlen(other) < DSC_COMMAND) &&
        is_short(dsc_shell_word(word, path)) && is_short(dsc_shell_word(other_word, other ? other : "")) &&
        fill(out, DSC_COMMAND, pattern, word, other_word))
        return out;
    (void)fill(out, DSC_COMMAND, pattern, "FILE", "NEW");
    return strcat(out,
                  other ? ", with FILE for its path and NEW for the new one" : ", with FILE for its path");
}

/* --- for JSON --- */

static int digit_of(char c) {
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The byte that "\xe9" or "\x5c" encodes; -1 if `text` does not start with such an escape. */
static int byte_of(const char *text) {
    if (text[0] != '\\' || text[1] != 'x') return -1;
    int high = digit_of(text[2]), low = high < 0 ? -1 : digit_of(text[3]);
    int byte = low < 0 ? -1 : 16 * high + low;
    return byte >= 0x80 || byte == '\\' ? byte : -1;
}

void dsc_text_append_bytes_as_utf8(dsc_text *text, const char *source) {
    const unsigned char *at = (const unsigned char *)source, *end = at + strlen(source);
    while (at < end) {
        const unsigned char *from = at;
        if (dsc_utf8_next(&at, end) == DSC_UTF8_BAD || byte_of((const char *)from) >= 0)
            dsc_text_append(text, "\\x%02x", *from);
        else
            dsc_text_append_bytes(text, from, (size_t)(at - from));
    }
}

void dsc_text_undo_bytes(char *text) {
    char *to = text;
    for (const char *from = text; *from;) {
        int byte = byte_of(from);
        *to++ = byte >= 0 ? (char)byte : *from;
        from += byte >= 0 ? 4 : 1;
    }
    *to = '\0';
}
