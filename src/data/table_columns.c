/* SPDX-License-Identifier: MIT */
/* table_columns.c: see table_columns.h.
 *
 * A header names the label column. Without a header the label column is the first or the last, decided by the
 * values: labels are few different integers, none of which is in nearly all rows; pixels in the corners of an
 * image are mostly ground, or have many values. If both columns could be labels, the one whose numbers are
 * consecutive from 0 or 1 is, or else the first. */
#include "data/table_columns.h"

#include "base/error.h"
#include "base/memory.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { COLUMNS_MOST = 1 << 22, ROWS_LOOKED = 1000, LABELS_FEW = 64 };

char dsc_table_delimiter(const char *text, size_t size) {
    size_t count[3] = {0}, blanks = 0;
    static const char candidates[] = ",;\t";
    bool quoted = false;
    for (size_t i = 0; i < size && text[i] != '\n' && text[i] != '\r'; i++) {
        if (text[i] == '"') quoted = !quoted;
        for (size_t k = 0; k < 3 && !quoted; k++) count[k] += text[i] == candidates[k];
        blanks += !quoted && text[i] == ' ';
    }
    size_t best = 0;
    for (size_t k = 1; k < 3; k++)
        if (count[k] > count[best]) best = k;
    return !count[best] && blanks ? ' ' : candidates[best];
}

/* --- the first row --- */

/* The fields of a row, one after the other, each terminated by a zero. */
typedef struct row {
    dsc_text text;
    size_t *start, count, capacity;
} row;

static void row_free(row *r) {
    dsc_text_free(&r->text);
    free(r->start);
}

static const char *field(const row *r, size_t i) { return r->text.data + r->start[i]; }

static dsc_status read_row(row *r, dsc_fields *fields, const char *name, dsc_error *error) {
    do {
        if (!dsc_fields_next(fields)) {
            return fields->unquoted.failed
                       ? dsc_fail_memory(error, fields->length, "a row of a table")
                       : dsc_fail(error, DSC_ERROR_FORMAT,
                                  "%s: line %zu: a quote is not closed, or followed by more than a delimiter",
                                  name, fields->line);
        }
        if (r->count == COLUMNS_MOST)
            return dsc_fail(error, DSC_ERROR_UNSUPPORTED, "%s: line %zu: has more than %d fields", name,
                            fields->line, COLUMNS_MOST);
        if (!dsc_grow(&r->start, &r->capacity, r->count + 1, sizeof *r->start))
            return dsc_fail_memory(error, r->count * sizeof *r->start, "a row of a table");
        r->start[r->count++] = r->text.length;
        dsc_text_append_bytes(&r->text, fields->field, fields->length);
        dsc_text_append_bytes(&r->text, "", 1);
    } while (!fields->at_row_end);
    return r->text.failed ? dsc_fail_memory(error, r->text.length, "a row of a table") : DSC_OK;
}

static bool number_of(double *value, const row *r, size_t i, char delimiter) {
    return dsc_field_number(value, field(r, i), strlen(field(r, i)), delimiter == ';');
}

/* Counts the numeric fields, and those of them that are not integers. */
static size_t numbers_in(size_t *broken, const row *r, char delimiter) {
    size_t numbers = 0;
    *broken = 0;
    for (size_t i = 0; i < r->count; i++) {
        double value;
        if (!number_of(&value, r, i, delimiter)) continue;
        numbers++;
        *broken += value != floor(value);
    }
    return numbers;
}

/* Whether the first row is a header: names, or broken numbers above integers, as pandas writes a data row
 * that it took for names. */
static dsc_status is_header(bool *header, const row *first, dsc_fields fields, const char *name,
                            dsc_error *error) {
    size_t broken, broken_below;
    const size_t numbers = numbers_in(&broken, first, fields.delimiter);
    *header = 2 * numbers < first->count;
    if (*header || !broken || !dsc_fields_row(&fields)) return DSC_OK;
    row second = {0};
    fields.unquoted = (dsc_text){0};
    dsc_status status = read_row(&second, &fields, name, error);
    if (!status) *header = numbers_in(&broken_below, &second, fields.delimiter) > 0 && !broken_below;
    row_free(&second);
    dsc_text_free(&fields.unquoted);
    return status;
}

/* --- which column has the labels --- */

static bool is_one_of(const char *text, const char *const *words) {
    for (size_t i = 0; words[i]; i++)
        if (!strcasecmp(text, words[i])) return true;
    return false;
}

static size_t find_named(const row *names, const char *const *words) {
    for (size_t i = 0; i < names->count; i++)
        if (is_one_of(field(names, i), words)) return i;
    return names->count;
}

/* Finds the column that the user named: by name, number, "first" or "last". */
static dsc_status find_asked(size_t *column, const row *first, bool header, const char *asked,
                             const char *what, const char *name, dsc_error *error) {
    int64_t number;
    for (size_t i = 0; i < first->count && header; i++)
        if (!strcmp(field(first, i), asked)) {
            *column = i;
            return DSC_OK;
        }
    if (!strcmp(asked, "first")) {
        *column = 0;
    } else if (!strcmp(asked, "last")) {
        *column = first->count - 1;
    } else if (dsc_parse_integer(&number, asked) && number >= 1 && (uint64_t)number <= first->count) {
        *column = (size_t)number - 1;
    } else {
        return dsc_fail(
            error, DSC_ERROR_ARGUMENT,
            "%s: %s '%.60s': there is no such column: expected %sa number of 1 to %zu, first or last", name,
            what, asked, header ? "a name of its header, " : "", first->count);
    }
    return DSC_OK;
}

/* Statistics of one column in the first rows. */
typedef struct values {
    struct {
        char text[32];
        size_t count;
    } seen[LABELS_FEW];
    size_t different, rows;
    double smallest, largest;
    bool words; /* some are not numbers */
} values;

static void see(values *v, const dsc_fields *f) {
    char text[32] = "";
    double number;
    if (f->length < sizeof text) memcpy(text, f->field, f->length);
    v->rows++;
    if (!dsc_field_number(&number, f->field, f->length, f->delimiter == ';'))
        v->words = true;
    else if (number != floor(number))
        v->different = LABELS_FEW + 1;
    if (!v->words && (v->rows == 1 || number < v->smallest)) v->smallest = number;
    if (!v->words && (v->rows == 1 || number > v->largest)) v->largest = number;
    size_t i = 0;
    while (i < v->different && i < LABELS_FEW && strcmp(v->seen[i].text, text) != 0) i++;
    if (i < v->different && i < LABELS_FEW) {
        v->seen[i].count++;
    } else if (v->different++ < LABELS_FEW) {
        memcpy(v->seen[i].text, text, sizeof text);
        v->seen[i].count = 1;
    }
}

static bool are_labels(const values *v) {
    size_t most = 0;
    if (v->words) return true;
    if (v->different < 2 || v->different > LABELS_FEW) return false;
    for (size_t i = 0; i < v->different; i++)
        if (v->seen[i].count > most) most = v->seen[i].count;
    return 10 * most <= 9 * v->rows;
}

static bool are_consecutive(const values *v) {
    return !v->words && (v->smallest == 0 || v->smallest == 1) &&
           v->largest - v->smallest + 1 == (double)v->different;
}

/* Guesses between the first and the last column. */
static dsc_status guess(size_t *label, size_t columns, dsc_fields fields, dsc_error *error) {
    values first = {.rows = 0}, last = {.rows = 0};
    fields.unquoted = (dsc_text){0};
    for (size_t n = 0; n < ROWS_LOOKED && dsc_fields_row(&fields); n++) {
        size_t i = 0;
        bool good = true;
        do {
            good = dsc_fields_next(&fields);
            if (good && i == 0) see(&first, &fields);
            if (good && i == columns - 1) see(&last, &fields);
            i++;
        } while (good && !fields.at_row_end);
        if (!good) break; /* reading on reports it */
    }
    const bool failed = fields.unquoted.failed;
    dsc_text_free(&fields.unquoted);
    if (failed) return dsc_fail_memory(error, fields.length, "a row of a table");
    const bool is_last = first.words != last.words
                             ? last.words
                             : are_labels(&last) && (!are_labels(&first) ||
                                                     (are_consecutive(&last) && !are_consecutive(&first)));
    *label = is_last ? columns - 1 : 0;
    return DSC_OK;
}

static bool is_square(size_t n) {
    const size_t side = (size_t)lround(sqrt((double)n));
    return side * side == n;
}

static dsc_status find_label(dsc_table *t, const row *first, const dsc_fields *fields, const dsc_table *like,
                             const dsc_reading *reading, const char *name, dsc_error *error) {
    static const char *const words[] = {"label", "labels", "class", "target", "y", "digit", "category", NULL};
    if (like && (like->unlabelled || first->count + 1 == like->columns)) {
        t->unlabelled = true;
        return DSC_OK;
    }
    if (reading->label_column)
        return find_asked(&t->label, first, t->header, reading->label_column, "label-column", name, error);
    if (t->header) {
        t->label = find_named(first, words);
        if (t->label < t->columns) return DSC_OK;
        /* No name tells. A table of only pixels has a square number of columns; otherwise one column is the
         * label. */
        if (is_square(t->columns)) {
            t->unlabelled = true;
            return DSC_OK;
        }
    }
    t->guessed = true;
    if (!like || like->columns != t->columns) return guess(&t->label, t->columns, *fields, error);
    t->label = like->label;
    return DSC_OK;
}

/* --- all columns --- */

static void describe_label(dsc_table *t, const row *first) {
    if (t->unlabelled)
        (void)snprintf(t->label_text, sizeof t->label_text, "none");
    else if (t->header)
        (void)snprintf(t->label_text, sizeof t->label_text, "column %zu, \"%.30s\"", t->label + 1,
                       field(first, t->label));
    else
        (void)snprintf(t->label_text, sizeof t->label_text, "%s column",
                       t->label == 0                ? "first"
                       : t->label + 1 == t->columns ? "last"
                                                    : "inner");
}

static dsc_status give_roles(dsc_table *t, unsigned char *role, const row *first, const dsc_reading *reading,
                             const char *name, dsc_error *error) {
    static const char *const others[] = {"", "id", "index", "unnamed: 0", "usage", NULL};
    for (size_t i = 0; i < t->columns; i++)
        if (t->header && is_one_of(field(first, i), others)) role[i] = DSC_COLUMN_OTHER;
    if (reading->group_by && !t->unlabelled) {
        size_t group = 0;
        dsc_status status = find_asked(&group, first, t->header, reading->group_by, "group-by", name, error);
        if (status) return status;
        role[group] = DSC_COLUMN_GROUP;
    }
    if (!t->unlabelled) role[t->label] = DSC_COLUMN_LABEL;
    t->pixels = 0;
    for (size_t i = 0; i < t->columns; i++) t->pixels += role[i] == DSC_COLUMN_PIXEL;
    return DSC_OK;
}

dsc_status dsc_table_columns(dsc_table *t, unsigned char **roles, dsc_fields *fields, const dsc_table *like,
                             const dsc_reading *reading, const char *name, dsc_error *error) {
    row first = {0};
    *roles = NULL;
    t->delimiter = fields->delimiter;
    dsc_fields before = *fields;
    if (!dsc_fields_row(fields))
        return dsc_fail(error, DSC_ERROR_FORMAT, "%s: is empty: expected rows of labels and pixels", name);
    dsc_status status = read_row(&first, fields, name, error);
    if (!status) status = is_header(&t->header, &first, *fields, name, error);
    t->columns = t->label = first.count;
    if (!status && first.count < 2)
        status = dsc_fail(error, DSC_ERROR_FORMAT,
                          "%s: expected rows of a label and pixels, separated by commas, semicolons, tabs or "
                          "blanks; found one field per row",
                          name);
    if (!status && !t->header) {
        before.unquoted = fields->unquoted;
        *fields = before;
    }
    if (!status) status = find_label(t, &first, fields, like, reading, name, error);
    if (!status && t->unlabelled) t->label = t->columns;
    if (!status && !(*roles = dsc_allocate(t->columns, 1)))
        status = dsc_fail_memory(error, t->columns, "the columns of a table");
    if (!status) status = give_roles(t, *roles, &first, reading, name, error);
    if (!status) describe_label(t, &first);
    if (status) {
        free(*roles);
        *roles = NULL;
    }
    row_free(&first);
    return status;
}
