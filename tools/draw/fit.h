/* SPDX-License-Identifier: MIT */
/* fit.h: adapts text written for 80 columns or more to a narrower terminal. Words and table cells are never
 * split: text without blanks keeps its width. */
#ifndef DRAW_FIT_H
#define DRAW_FIT_H

#include "base/text.h"

/* Appends the words of the first `bytes` bytes without a final newline, as if `at` columns of the line were
 * taken: a word beyond `width` starts a new line, indented by `indent`. An empty line between words starts a
 * paragraph. A command to copy, "...: descender train ...", counts as one word. */
void draw_wrap(dsc_text *text, const char *words, size_t bytes, size_t at, size_t indent, size_t width);

/* Appends the lines of `source`. Lines within `width` columns stay unchanged. In a table (consecutive lines
 * with two or more blanks between some words) the columns are moved together; if that is not enough, the
 * words of a long last column are wrapped, or the columns that do not fit follow as a separate table that
 * repeats the first column. Other lines are wrapped, except commands to copy ("  descender ..."). Colour
 * sequences have no width, and a line with one is not part of a table. */
void draw_fit(dsc_text *text, const char *source, size_t width);

#endif
