/* SPDX-License-Identifier: MIT */
/* fit.c: wraps words and compacts tables. A character column that is blank in all lines of a table separates
 * cells; a run of such columns is a gap. */
#include "draw/fit.h"

#include <stdlib.h>
#include <string.h>

enum { GAP = 2, HANGING = 2, WORDS_LEAST = 20 };
static const char command[] = "descender ";

/* ---- characters ---- */

static bool begins_character(char byte) { return ((unsigned char)byte & 0xC0) != 0x80; }

/* The display width of UTF-8 text; every character counts one, colour sequences count none. */
static size_t columns_of(const char *text, size_t bytes) {
    size_t columns = 0;
    for (size_t i = 0; i < bytes; i++) {
        if (text[i] == '\033')
            while (i < bytes && text[i] != 'm') i++;
        else
            columns += begins_character(text[i]);
    }
    return columns;
}

static size_t leading_blanks(const char *line, size_t bytes) {
    size_t n = 0;
    while (n < bytes && line[n] == ' ') n++;
    return n;
}

/* ---- words ---- */

static bool is_command(const char *words, const char *end) {
    return (size_t)(end - words) >= sizeof command && !memcmp(words, command, sizeof command - 1);
}

void draw_wrap(dsc_text *text, const char *words, size_t bytes, size_t at, size_t indent, size_t width) {
    const char *end = words + bytes;
    size_t column = at;
    bool first = true, colon = false;
    while (words < end) {
        if (end - words > 1 && words[0] == '\n' && words[1] == '\n') {
            dsc_text_append(text, "\n\n%*s", (int)indent, "");
            column = indent;
            first = true;
        }
        while (words < end && (*words == ' ' || *words == '\n')) words++;
        const char *word = words;
        while (words < end && *words != ' ' && *words != '\n') words++;
        if (word == words) break;
        if (colon && is_command(word, end)) words = end;
        const size_t wide = columns_of(word, (size_t)(words - word));
        if (!first && column + 1 + wide > width) {
            dsc_text_append(text, "\n%*s", (int)indent, "");
            column = indent;
            first = true;
        }
        if (!first) dsc_text_append_bytes(text, " ", 1);
        dsc_text_append_bytes(text, word, (size_t)(words - word));
        column += wide + !first;
        first = false;
        colon = words[-1] == ':';
    }
}

static void wrap_line(dsc_text *text, const char *line, size_t bytes, size_t width) {
    const size_t indent = leading_blanks(line, bytes);
    dsc_text_append(text, "%*s", (int)indent, "");
    draw_wrap(text, line + indent, bytes - indent, indent, indent + HANGING, width);
    dsc_text_append_bytes(text, "\n", 1);
}

/* ---- tables ---- */

/* Consecutive lines, each with its newline. */
typedef struct table {
    const char *text;
    size_t bytes, columns;
    bool *used; /* the column is not blank in some line */
    bool *kept; /* the column is shown */
} table;

/* Stores the length of the line at `at` without its newline; returns the start of the next line. */
static const char *next_line(size_t *bytes, const char *at, const char *end) {
    const char *newline = memchr(at, '\n', (size_t)(end - at));
    *bytes = newline ? (size_t)(newline - at) : (size_t)(end - at);
    return newline ? newline + 1 : end;
}

static void find_columns(table *t) {
    const char *end = t->text + t->bytes;
    size_t bytes;
    for (const char *line = t->text, *next; line < end; line = next) {
        next = next_line(&bytes, line, end);
        size_t column = 0;
        for (size_t i = 0; i < bytes; i++)
            if (begins_character(line[i])) t->used[column++] |= line[i] != ' ';
    }
}

/* Keeps everything except blanks beyond `most` in each gap; returns the number of columns kept. */
static size_t keep(table *t, size_t most) {
    size_t run = 0, kept = 0;
    for (size_t i = 0; i < t->columns; i++) {
        run = t->used[i] ? 0 : run + 1;
        t->kept[i] = run <= most;
        kept += t->kept[i];
    }
    return kept;
}

static size_t count_kept(const table *t, size_t from, size_t to) {
    size_t kept = 0;
    for (size_t i = from; i < to; i++) kept += t->kept[i];
    return kept;
}

/* Appends the kept columns of [from, to) of a line, padded with blanks; returns the bytes of the line before
 * column `to`. */
static size_t append_part(dsc_text *text, const table *t, const char *line, size_t bytes, size_t from,
                          size_t to) {
    size_t at = 0;
    for (size_t column = 0; column < to; column++) {
        const size_t begin = at;
        if (at < bytes) at++;
        while (at < bytes && !begins_character(line[at])) at++;
        if (column < from || !t->kept[column]) continue;
        if (at > begin)
            dsc_text_append_bytes(text, line + begin, at - begin);
        else
            dsc_text_append_bytes(text, " ", 1);
    }
    return at;
}

static void end_line(dsc_text *text) {
    while (text->length && text->data[text->length - 1] == ' ') text->length--;
    dsc_text_append_bytes(text, "\n", 1);
}

/* Appends columns [0, head) and [from, to) of every line. */
static void append_columns(dsc_text *text, const table *t, size_t head, size_t from, size_t to) {
    const char *end = t->text + t->bytes;
    size_t bytes;
    for (const char *line = t->text, *next; line < end; line = next) {
        next = next_line(&bytes, line, end);
        (void)append_part(text, t, line, bytes, 0, head);
        (void)append_part(text, t, line, bytes, from, to);
        end_line(text);
    }
}

/* Appends the table with its last column, which starts at `last`, wrapped. */
static void append_words(dsc_text *text, const table *t, size_t last, size_t width) {
    const char *end = t->text + t->bytes;
    const size_t indent = count_kept(t, 0, last);
    size_t bytes;
    for (const char *line = t->text, *next; line < end; line = next) {
        next = next_line(&bytes, line, end);
        const size_t at = append_part(text, t, line, bytes, 0, last);
        draw_wrap(text, line + at, bytes - at, indent, indent, width);
        end_line(text);
    }
}

static void wrap_lines(dsc_text *text, const table *t, size_t width) {
    const char *end = t->text + t->bytes;
    size_t bytes;
    for (const char *line = t->text, *next; line < end; line = next) {
        next = next_line(&bytes, line, end);
        if (columns_of(line, bytes) > width)
            wrap_line(text, line, bytes, width);
        else
            dsc_text_append_bytes(text, line, (size_t)(next - line));
    }
}

/* The start of the next cell after column `at`; t->columns: none. */
static size_t next_cell(const table *t, size_t at) {
    size_t gap = 0;
    while (at < t->columns && !t->used[at]) at++;
    for (; at < t->columns; at++) {
        if (t->used[at] && gap >= GAP) return at;
        gap = t->used[at] ? 0 : gap + 1;
    }
    return t->columns;
}

static void divide(dsc_text *text, const table *t, size_t head, size_t width) {
    const size_t room = count_kept(t, 0, head);
    for (size_t from = head, to; from < t->columns; from = to) {
        to = next_cell(t, from);
        for (size_t more = to; more < t->columns;) {
            more = next_cell(t, more);
            if (room + count_kept(t, from, more) > width + GAP) break; /* a gap at the end is invisible */
            to = more;
        }
        if (from > head) dsc_text_append_bytes(text, "\n", 1);
        append_columns(text, t, head, from, to);
    }
}

static void append_table(dsc_text *text, table *t, size_t width) {
    find_columns(t);
    size_t most = t->columns;
    while (most && keep(t, most) > width) most--;
    if (most) {
        append_columns(text, t, 0, 0, t->columns);
        return;
    }
    (void)keep(t, GAP);
    const size_t head = next_cell(t, 0);
    size_t last = head;
    for (size_t cell = head; cell < t->columns; cell = next_cell(t, cell)) last = cell;
    if (head == t->columns)
        wrap_lines(text, t, width);
    else if (count_kept(t, 0, last) + WORDS_LEAST <= width)
        append_words(text, t, last, width);
    else
        divide(text, t, head, width);
}

/* ---- lines of all kinds ---- */

static bool is_row(const char *line, size_t bytes) {
    size_t i = leading_blanks(line, bytes), gap = 0;
    for (; i < bytes; i++) {
        if (line[i] == '\033') return false;
        if (line[i] != ' ' && gap >= GAP) return true;
        gap = line[i] == ' ' ? gap + 1 : 0;
    }
    return false;
}

/* Whether the line is a command to copy. */
static bool is_fixed(const char *line, size_t bytes) {
    const size_t blanks = leading_blanks(line, bytes);
    return blanks && is_command(line + blanks, line + bytes);
}

/* Fits consecutive lines as one table. */
static void fit_table(dsc_text *text, const char *source, size_t bytes, size_t columns, size_t width) {
    table t = {.text = source, .bytes = bytes, .columns = columns};
    bool *flags = columns > width ? calloc(columns, 2 * sizeof *flags) : NULL;
    if (columns <= width) {
        dsc_text_append_bytes(text, source, bytes);
    } else if (!flags) {
        text->failed = true;
    } else {
        t.used = flags;
        t.kept = flags + columns;
        append_table(text, &t, width);
    }
    free(flags);
}

void draw_fit(dsc_text *text, const char *source, size_t width) {
    const char *end = source + strlen(source), *next;
    size_t bytes;
    while (source < end) {
        next = next_line(&bytes, source, end);
        const char *behind = source;
        size_t columns = 0;
        for (const char *row = source; row < end; row = behind) {
            next = next_line(&bytes, row, end);
            if (!is_row(row, bytes)) break;
            const size_t wide = columns_of(row, bytes);
            if (wide > columns) columns = wide;
            behind = next;
        }
        if (behind > source) {
            fit_table(text, source, (size_t)(behind - source), columns, width);
            source = behind;
            continue;
        }
        if (columns_of(source, bytes) > width && !is_fixed(source, bytes))
            wrap_line(text, source, bytes, width);
        else
            dsc_text_append_bytes(text, source, (size_t)(next - source));
        source = next;
    }
}
