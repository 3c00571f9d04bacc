/* SPDX-License-Identifier: MIT */
/* utf8.h: safe handling of external titles and class names: drawn text is always valid and without control
 * characters, so no name can move a terminal's cursor or break a picture. */
#ifndef DRAW_UTF8_H
#define DRAW_UTF8_H

#include "base/text.h"

/* Returns the next character of *text and advances; 0 at the end. Invalid bytes and characters that must not
 * reach a terminal (visible.h) give U+FFFD. */
uint32_t draw_utf8_next(const char **text);

/* Appends one character. */
void draw_utf8_append(dsc_text *text, uint32_t character);

/* The number of characters. (Wide and combining characters count as one.) */
size_t draw_utf8_length(const char *text);

/* Stores the next line of *text in `line`: at most `width` >= 1 characters, broken at a space if there is
 * one. *text advances past that space. Returns false at the end. */
bool draw_utf8_line(dsc_text *line, const char **text, size_t width);
/* The number of such lines; at least 1. */
size_t draw_utf8_lines(const char *text, size_t width);

/* Appends `source`, cleaned like draw_utf8_next. */
void draw_utf8_append_clean(dsc_text *text, const char *source);
/* The same for SVG and HTML, where its &, <, > and quotes are no markup, also inside of an attribute. */
void draw_utf8_append_markup(dsc_text *text, const char *source);

#endif
