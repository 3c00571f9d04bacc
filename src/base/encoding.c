/* SPDX-License-Identifier: MIT */
/* encoding.c: checks texts for UTF-8 and advises on conversion; see encoding.h. */
#include "base/encoding.h"

#include "base/error.h"
#include "base/recognise.h"
#include "base/visible.h"

#include <stdio.h>
#include <string.h>

/* UTF-16 has a byte order mark, or many zero bytes because most letters are ASCII. */
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

/* Suggests an iconv command that converts the file to UTF-8 in place and keeps the original beside it. */
static dsc_status advise(dsc_error *error, const char *path, const char *encoding, const char *problem) {
    char pattern[80], command[DSC_COMMAND];
    (void)snprintf(pattern, sizeof pattern, "mv @ @.orig && iconv -f %s -t UTF-8 @.orig > @", encoding);
    return dsc_fail(error, DSC_ERROR_FORMAT, "%s: %s; convert it: %s", path, problem,
                    dsc_command(command, pattern, path, NULL));
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
                        path, dsc_kind_name(kind));
    size_t line = 1, start = 0;
    for (size_t i = 0; i < bad; i++)
        if (b[i] == '\n') line++, start = i + 1;
    char problem[160];
    (void)snprintf(problem, sizeof problem,
                   "line %zu, byte %zu: 0x%02x is not UTF-8; is the file Latin-1, as older Windows writes it",
                   line, bad - start + 1, b[bad]);
    return advise(error, path, "LATIN1", problem);
}

dsc_status dsc_name_check(const char *name, const char *what, dsc_error *error) {
    const unsigned char *start = (const unsigned char *)name, *at = start, *end = start + strlen(name);
    if (at == end) return dsc_fail(error, DSC_ERROR_ARGUMENT, "%s is empty: expected a text", what);
    if (end - at > DSC_NAME_MOST)
        return dsc_fail(error, DSC_ERROR_ARGUMENT,
                        "%s, \"%.20s...\", has %zu bytes, expected at most %d; give it a shorter name", what,
                        name, (size_t)(end - at), DSC_NAME_MOST);
    while (at < end) {
        size_t byte = (size_t)(at - start);
        uint32_t c = dsc_utf8_next(&at, end);
        if (c == DSC_UTF8_BAD)
            return dsc_fail(error, DSC_ERROR_ARGUMENT,
                            "%s, \"%s\", is not UTF-8: byte %zu is 0x%02x; convert it to UTF-8", what, name,
                            byte + 1, start[byte]);
        if (dsc_is_hidden(c))
            return dsc_fail(
                error, DSC_ERROR_ARGUMENT,
                "%s, \"%s\", holds the control character U+%04X at byte %zu; remove that character", what,
                name, (unsigned)c, byte + 1);
    }
    return DSC_OK;
}
