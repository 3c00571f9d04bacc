/* SPDX-License-Identifier: MIT */
/* visible.h: UTF-8, and texts from outside (names of files, classes and recipes) as they are shown to people:
 * on one line, pasted into a shell without harm, and never as commands to a terminal. */
#ifndef DSC_BASE_VISIBLE_H
#define DSC_BASE_VISIBLE_H

#include "base/text.h"

#define DSC_UTF8_BAD UINT32_MAX

/* The next character of *at ... end (RFC 3629), and moves *at behind it. DSC_UTF8_BAD, and one byte on, if
 * the bytes there are no UTF-8. Not to be called at the end. */
uint32_t dsc_utf8_next(const unsigned char **at, const unsigned char *end);

/* Writes the character, which must be one of Unicode; returns the number of bytes. */
size_t dsc_utf8_put(char out[4], uint32_t character);

/* The offset of the first byte that is not UTF-8; `size` if all is. */
size_t dsc_utf8_check(const void *bytes, size_t size);

/* The number of bytes of a byte order mark in UTF-8 at the start: 3 or 0. */
size_t dsc_utf8_mark(const void *bytes, size_t size);

/* Whether a character must not reach a terminal as it is: Cc of Unicode, its line and paragraph
 * separators, what turns the direction of writing (UAX #9), and the byte order mark, which nobody sees. */
bool dsc_is_hidden(uint32_t character);

/* Appends `source` as people may see it: UTF-8 as it is, but control characters (also those of ISO 6429's C1)
 * and characters that turn the direction of writing as \n, \x1b or \u202e, and bytes that are not UTF-8 as
 * \xe9. What comes out is one line, and stays as it is when it goes through here again. */
void dsc_text_append_visible(dsc_text *text, const char *source);

/* The same into `out`, cut before the piece that does not fit. Returns out; DSC_VISIBLE is large enough
 * for any path. */
#define DSC_VISIBLE (4 * 4096 + 1)
const char *dsc_visible(char *out, size_t size, const char *source);

/* Writes the word that a shell reads as `text`: as it is, in '...', or in $'...' (POSIX.1-2024) where it has
 * what would not be visible. A leading '-' gets "./" before it: it is a path. Returns out. A text longer than
 * a path can be becomes '...'. */
#define DSC_SHELL_WORD (4 * 4096 + 8)
const char *dsc_shell_word(char out[DSC_SHELL_WORD], const char *text);

/* Writes a command about a file for the end of a message: `pattern` with the word for `path` in the place of
 * each '@', and the word for `other` (NULL: none) in that of each '^'. A path
 * that is too long for a message is replaced by FILE (the other by NEW), and the message says so. The command
 * leaves room in a message for the path again and some 300 bytes. */
enum { DSC_COMMAND = 512 };
const char *dsc_command(char out[DSC_COMMAND], const char *pattern, const char *path, const char *other);

/* Appends the reversible form that a text that may be no UTF-8 has in JSON: bytes that are none as \xe9 (a
 * backslash, an x and two digits), and the backslash of a name that has such a sequence itself as \x5c.
 * dsc_text_undo_bytes, in place, is the way back. */
void dsc_text_append_bytes_as_utf8(dsc_text *text, const char *source);
void dsc_text_undo_bytes(char *text);

#endif
