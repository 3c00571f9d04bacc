/* SPDX-License-Identifier: MIT */
/* fit.h: text that was written for 80 columns or more, brought to a narrower terminal. No word and no cell
 * of a table is ever cut: what has no blank in it stays as wide as it is. */
#ifndef DRAW_FIT_H
#define DRAW_FIT_H

#include "base/text.h"

/* Appends the words of the first `bytes` bytes, without a newline at the end, as if `at` columns were
 * already taken on the line: a word that would go beyond `width` begins a line of its own, indented by
 * `indent`. An empty line between words starts a paragraph. A command to be copied, "...: descender train
 * ...", is one word. */
void draw_wrap(dsc_text *text, const char *words, size_t bytes, size_t at, size_t indent, size_t width);

/* Appends the lines of `source`. What is not wider than `width` columns stays as it is. In a table, lines
 * one after another that have two blanks or more somewhere between words, the columns are moved together;
 * if that is not enough, the words of a long last column are wrapped below one another, or the columns that
 * have no room follow as a table of their own, each with the first column before it. All other lines are
 * wrapped, but not commands to be copied ("  descender ..."). What sets colours takes no column, and a line
 * with it is of no table. */
void draw_fit(dsc_text *text, const char *source, size_t width);

#endif
