/* SPDX-License-Identifier: MIT */
/* utf8.h: titles and class names come from outside; what is drawn is always valid and without control
 * characters, so no name can move a terminal's cursor or break a picture. */
#ifndef DRAW_UTF8_H
#define DRAW_UTF8_H

#include "base/text.h"

/* The next character of *text, which moves on; 0 at its end. Bytes that are not UTF-8, and what
 * must not reach a terminal (visible.h), come back as U+FFFD. */
uint32_t draw_utf8_next(const char **text);

/* Appends one character. */
void draw_utf8_append(dsc_text *text, uint32_t character);

/* The number of characters. (Wide characters and combining ones count as one.) */
size_t draw_utf8_length(const char *text);

/* Takes the next line of *text, at most `width` (from 1) characters, broken at a space where there is one;
 * *text moves on, behind that space. `line` is emptied first. False: there is nothing left. */
bool draw_utf8_line(dsc_text *line, const char **text, size_t width);
/* How many lines that makes; at least 1. */
size_t draw_utf8_lines(const char *text, size_t width);

/* Appends `source`, cleaned as draw_utf8_next does. */
void draw_utf8_append_clean(dsc_text *text, const char *source);

#endif
