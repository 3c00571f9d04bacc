/* SPDX-License-Identifier: MIT */
/* visible.c: UTF-8 and how texts from outside are shown; see visible.h. */
#include "base/visible.h"

#include "base/error.h"
#include "base/recognise.h"

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

size_t dsc_utf8_check(const void *bytes, size_t size) {
    const unsigned char *at = bytes, *end = at + size;
    while (at < end)
        if (dsc_utf8_next(&at, end) == DSC_UTF8_BAD) return (size_t)(at - (const unsigned char *)bytes) - 1;
    return size;
}

size_t dsc_utf8_mark(const void *bytes, size_t size) {
    return size >= 3 && !memcmp(bytes, "\xEF\xBB\xBF", 3) ? 3 : 0;
}

/* UTF-16 has a mark, or, as most of its letters are ASCII's, many zero bytes. */
static bool looks_like_utf16(const unsigned char *b, size_t size) {
    if (size < 2 || size % 2) return false;
    if ((b[0] == 0xFF && b[1] == 0xFE) || (b[0] == 0xFE && b[1] == 0xFF)) return true;
    size_t even = 0, odd = 0;
    for (size_t i = 0; i + 1 < size; i += 2) {
        even += b[i] == 0;
        odd += b[i + 1] == 0;
    }
    return 2 * even > size / 2 || 2 * odd > size / 2;
}

/* "iconv ...", which puts the file in UTF-8 in its place, and keeps it as it was beside. */
static dsc_status advise(dsc_error *error, const char *path, const char *encoding, const char *problem) {
    char word[DSC_SHELL_WORD];
    (void)dsc_shell_word(word, path); /* 'a b'.new is one word, too */
    return dsc_fail(error, DSC_ERROR_FORMAT,
                    "%s: %s; convert it: mv %s %s.orig && iconv -f %s -t UTF-8 %s.orig > %s", path, problem,
                    word, word, encoding, word, word);
}

dsc_status dsc_utf8_expect(const void *bytes, size_t size, const char *path, dsc_error *error) {
    const unsigned char *b = bytes;
    if (looks_like_utf16(b, size)) {
        bool marked = (b[0] == 0xFF && b[1] == 0xFE) || (b[0] == 0xFE && b[1] == 0xFF);
        const char *order = b[0] ? "UTF-16LE" : "UTF-16BE";
        return advise(error, path, marked ? "UTF-16" : order, "is UTF-16, expected UTF-8");
    }
    size_t bad = dsc_utf8_check(bytes, size);
    if (bad == size) return DSC_OK;
    const dsc_kind kind = dsc_recognise(bytes, size);
    if (kind != DSC_KIND_TEXT && kind != DSC_KIND_JSON && kind != DSC_KIND_HTML)
        return dsc_fail(error, DSC_ERROR_FORMAT, "%s: expected text in UTF-8, found %s; name another file",
                        path, kind == DSC_KIND_UNKNOWN ? "bytes that are no text" : dsc_kind_name(kind));
    size_t line = 1, start = 0;
    for (size_t i = 0; i < bad; i++)
        if (b[i] == '\n') line++, start = i + 1;
    char problem[160];
    (void)snprintf(problem, sizeof problem,
                   "line %zu, byte %zu: 0x%02x is not UTF-8; is the file Latin-1, as older Windows writes it",
                   line, bad - start + 1, b[bad]);
    return advise(error, path, "LATIN1", problem);
}

/* --- what must not reach a terminal as it is --- */

bool dsc_is_hidden(uint32_t c) {
    return c < 0x20 || (c >= 0x7F && c < 0xA0) || c == 0x061C || c == 0x200E || c == 0x200F ||
           (c >= 0x2028 && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069) || c == 0xFEFF;
}

dsc_status dsc_name_check(const char *name, const char *what, dsc_error *error) {
    const unsigned char *start = (const unsigned char *)name, *at = start, *end = start + strlen(name);
    if (at == end) return dsc_fail(error, DSC_ERROR_ARGUMENT, "%s is empty: expected a text", what);
    while (at < end) {
        size_t byte = (size_t)(at - start);
        uint32_t c = dsc_utf8_next(&at, end);
        if (c == DSC_UTF8_BAD)
            return dsc_fail(error, DSC_ERROR_ARGUMENT,
                            "%s, \"%s\", is not UTF-8: byte %zu is 0x%02x; convert it to UTF-8", what, name,
                            byte + 1, start[byte]);
        if (dsc_is_hidden(c))
            return dsc_fail(error, DSC_ERROR_ARGUMENT,
                            "%s, \"%s\", holds the control character U+%04X at byte %zu; leave that out",
                            what, name, (unsigned)c, byte + 1);
    }
    return DSC_OK;
}

enum { PIECE = 16 };

/* Writes how the next character is shown, and moves on. Returns the length. */
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

/* --- for JSON --- */

static int digit_of(char c) {
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The byte that "\xe9" or "\x5c" stands for; -1 where `text` starts otherwise. */
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
