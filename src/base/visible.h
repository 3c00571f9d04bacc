/* SPDX-License-Identifier: MIT */
/* visible.h: UTF-8, and safe display of external texts (names of files, classes and recipes): on one line,
 * harmless when pasted into a shell, without terminal control characters. */
#ifndef DSC_BASE_VISIBLE_H
#define DSC_BASE_VISIBLE_H

#include "base/text.h"

#define DSC_UTF8_BAD UINT32_MAX

/* Decodes the next character of *at ... end (RFC 3629) and advances *at. Invalid bytes give DSC_UTF8_BAD and
 * advance by one byte. Do not call at the end. */
uint32_t dsc_utf8_next(const unsigned char **at, const unsigned char *end);

/* Encodes a valid Unicode character; returns the number of bytes. */
size_t dsc_utf8_put(char out[4], uint32_t character);

/* The offset of the first byte that is not UTF-8; `size` if there is none. */
size_t dsc_utf8_check(const void *bytes, size_t size);

/* The length of a UTF-8 byte order mark at the start: 3 or 0. */
size_t dsc_utf8_mark(const void *bytes, size_t size);

/* Whether a character must not reach a terminal: Unicode category Cc, line and paragraph separators,
 * bidirectional controls (UAX #9), and the invisible byte order mark. */
bool dsc_is_hidden(uint32_t character);

/* Appends the visible form of `source`: UTF-8 unchanged, control characters (including C1 of ISO 6429) and
 * bidirectional controls as \n, \x1b or \u202e, invalid bytes as \xe9. The result is one line; applying the
 * function again does not change it. */
void dsc_text_append_visible(dsc_text *text, const char *source);

/* The same into `out`, truncated before the first piece that does not fit. Returns out. DSC_VISIBLE bytes
 * suffice for any path. */
#define DSC_VISIBLE (4 * 4096 + 1)
const char *dsc_visible(char *out, size_t size, const char *source);

/* Writes the shell word for `text`: unquoted, in '...', or in $'...' (POSIX.1-2024) if it has hidden
 * characters. A leading '-' gets the prefix "./", because the text is a path. A text longer than any path
 * becomes '...'. Returns out. */
#define DSC_SHELL_WORD (4 * 4096 + 8)
const char *dsc_shell_word(char out[DSC_SHELL_WORD], const char *text);

/* Formats a command for the end of a message: replaces each '@' in `pattern` by the word for `path`, and each
 * '^' by the word for `other` (NULL: none). A path too long for a message is replaced by FILE (`other` by
 * NEW), and the message says so. The command leaves room in a message for the path and about 300 bytes.
 * Returns out. */
enum { DSC_COMMAND = 512 };
const char *dsc_command(char out[DSC_COMMAND], const char *pattern, const char *path, const char *other);

/* Appends a text that may not be UTF-8 in a reversible form for JSON: invalid bytes as \xe9 (backslash, x,
 * two digits), and the backslash of a literal sequence of that form as \x5c. dsc_text_undo_bytes reverses
 * this in place. */
void dsc_text_append_bytes_as_utf8(dsc_text *text, const char *source);
void dsc_text_undo_bytes(char *text);

#endif
