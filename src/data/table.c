/* SPDX-License-Identifier: MIT */
/* table.c: reads all rows of a table, in one pass as long as the numbers are integers; see table.h. */
#include "data/table.h"

#include "base/encoding.h"
#include "base/error.h"
#include "base/memory.h"
#include "base/recognise.h"
#include "base/visible.h"
#include "data/array.h"
#include "data/table_columns.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DSC_TABLE_LOOK = 4096 };

/* Rows as they are read. */
typedef struct rows {
    const dsc_table *table;
    const unsigned char *roles;
    const char *name;
    dsc_fields fields;
    size_t count, most; /* rows read; most that the text can hold */
    uint8_t *bytes;     /* (most, pixels) */
    float *numbers;     /* (most, pixels), after the first number that is not a byte */
    bool comma, whole;
    double least, largest;
    uint8_t *labels;
    uint64_t *groups;
    dsc_label_names *names;
} rows;

/* --- one field --- */

static dsc_status fail_field(const rows *r, size_t column, const char *expected, dsc_error *error) {
    char found[64], shown[160];
    (void)snprintf(found, sizeof found, "%.*s", (int)(r->fields.length < 60 ? r->fields.length : 60),
                   r->fields.field);
    return dsc_fail(error, DSC_ERROR_FORMAT, "%s: line %zu, column %zu: expected %s, found '%s'", r->name,
                    r->fields.line - r->fields.at_row_end, column + 1, expected,
                    dsc_visible(shown, sizeof shown, found));
}

/* Converts the bytes read so far to floats; from now on `numbers` is filled. */
static dsc_status go_over_to_numbers(rows *r, dsc_error *error) {
    const size_t pixels = r->table->pixels;
    size_t count;
    r->numbers = dsc_multiply(&count, r->most, pixels) ? dsc_allocate(count, sizeof *r->numbers) : NULL;
    if (!r->numbers) return dsc_fail_memory(error, r->most * pixels * sizeof *r->numbers, r->name);
    for (size_t i = 0; i < (r->count + 1) * pixels; i++) r->numbers[i] = r->bytes[i];
    return DSC_OK;
}

static dsc_status take_pixel(rows *r, size_t column, size_t pixel, dsc_error *error) {
    double value;
    if (!dsc_field_number(&value, r->fields.field, r->fields.length, r->comma))
        return fail_field(r, column, "a number", error);
    const bool whole = value == floor(value);
    if (value < r->least) r->least = value;
    if (value > r->largest) r->largest = value;
    r->whole = r->whole && whole;
    const size_t at = r->count * r->table->pixels + pixel;
    if (!r->numbers && (!whole || value < 0 || value > 255)) {
        dsc_status status = go_over_to_numbers(r, error);
        if (status) return status;
    }
    if (r->numbers)
        r->numbers[at] = (float)value;
    else
        r->bytes[at] = (uint8_t)value;
    return DSC_OK;
}

static dsc_status take_label(rows *r, dsc_error *error) {
    char where[DSC_MESSAGE_SIZE];
    if (r->names->last < r->names->count) { /* the usual case, without preparing a message */
        const char *last = r->names->name[r->names->last];
        if (strlen(last) == r->fields.length && !memcmp(last, r->fields.field, r->fields.length)) {
            r->labels[r->count] = (uint8_t)r->names->last;
            return DSC_OK;
        }
    }
    (void)snprintf(where, sizeof where, "%.800s: line %zu, column %zu", r->name,
                   r->fields.line - r->fields.at_row_end, r->table->label + 1);
    return dsc_label_number(&r->labels[r->count], r->names, r->fields.field, r->fields.length, where, error);
}

/* --- one row --- */

/* Reads a run of plain pixels, digits and delimiters, which is nearly all of a table. Returns the next
 * column. */
static size_t take_plain(rows *r, size_t column, size_t *pixel) {
    const char *at = r->fields.at;
    const char delimiter = r->table->delimiter;
    uint8_t *out = r->bytes + r->count * r->table->pixels;
    unsigned least = 255, largest = 0;
    const size_t columns = r->table->columns;
    if (r->numbers || delimiter == ' ') return column;
    /* The last field of a row has a line end, and is left to the general code. */
    for (; column + 1 < columns && r->roles[column] == DSC_COLUMN_PIXEL; column++) {
        unsigned value = (unsigned)(at[0] - '0'), digit;
        if (value > 9) break;
        const char *next = at + 1;
        while (next < at + 3 && (digit = (unsigned)(*next - '0')) <= 9) value = 10 * value + digit, next++;
        if (*next != delimiter || value > 255) break;
        if (value < least) least = value;
        if (value > largest) largest = value;
        out[(*pixel)++] = (uint8_t)value;
        at = next + 1;
    }
    if (least < r->least) r->least = least;
    if (largest > r->largest) r->largest = largest;
    r->fields.at = at;
    return column;
}

static dsc_status fail_width(const rows *r, size_t found, bool more, dsc_error *error) {
    return dsc_fail(error, DSC_ERROR_FORMAT,
                    "%s: line %zu: expected %zu fields, as in the first row, found %s%zu; correct the line",
                    r->name, r->fields.line - r->fields.at_row_end, r->table->columns,
                    more ? "more than " : "", found);
}

static dsc_status take_row(rows *r, dsc_error *error) {
    const size_t columns = r->table->columns;
    size_t pixel = 0, column = 0;
    for (;;) {
        column = take_plain(r, column, &pixel);
        if (!dsc_fields_next(&r->fields)) {
            return r->fields.unquoted.failed
                       ? dsc_fail_memory(error, r->fields.length, r->name)
                       : dsc_fail(
                             error, DSC_ERROR_FORMAT,
                             "%s: line %zu, column %zu: a quote is not closed, or followed by more than a "
                             "delimiter",
                             r->name, r->fields.line, column + 1);
        }
        dsc_status status = DSC_OK;
        if (r->roles[column] == DSC_COLUMN_PIXEL) {
            status = take_pixel(r, column, pixel++, error);
        } else if (r->roles[column] == DSC_COLUMN_LABEL) {
            status = take_label(r, error);
        } else if (r->roles[column] == DSC_COLUMN_GROUP) {
            char group[256];
            (void)snprintf(group, sizeof group, "%.*s",
                           (int)(r->fields.length < 255 ? r->fields.length : 255), r->fields.field);
            r->groups[r->count] = dsc_text_hash(group);
        }
        if (status) return status;
        column++;
        if (r->fields.at_row_end) break;
        if (column == columns) return fail_width(r, columns, true, error);
    }
    if (column < columns) return fail_width(r, column, false, error);
    r->count++;
    return DSC_OK;
}

/* --- the range of the values --- */

static dsc_status make_bytes(rows *r, dsc_table *table, dsc_error *error) {
    const size_t count = r->count * table->pixels;
    char least[32], largest[32];
    const bool unit = r->least >= 0 && r->largest <= 1, byte = r->least >= 0 && r->largest <= 255;
    (void)dsc_reading_number(least, r->least);
    (void)dsc_reading_number(largest, r->largest);
    if (unit && r->largest > 0) {
        for (size_t i = 0; i < count; i++)
            r->bytes[i] = r->numbers ? (uint8_t)lround(255 * (double)r->numbers[i]) : r->bytes[i] ? 255 : 0;
        (void)snprintf(table->number_text, sizeof table->number_text, "%s, 255 for 1",
                       r->whole ? "0 and 1" : "shares of 0 to 1");
        return DSC_OK;
    }
    if (byte && r->whole) {
        for (size_t i = 0; i < count && r->numbers; i++) r->bytes[i] = (uint8_t)r->numbers[i];
        (void)snprintf(table->number_text, sizeof table->number_text, "whole numbers of %s to %s", least,
                       largest);
        return DSC_OK;
    }
    return dsc_fail(error, DSC_ERROR_UNSUPPORTED,
                    "%s: pixels are numbers from %s to %s%s; expected whole numbers from 0 to 255, or shares "
                    "from 0 to 1; if some columns are not part of the image, name the label's with "
                    "--label-column and remove the others",
                    r->name, least, largest, r->whole ? "" : ", not all whole");
}

/* --- the table --- */

/* An upper bound of the number of rows: each has a line end and its delimiters. */
static size_t rows_most(const char *bytes, size_t size, size_t columns) {
    size_t lines = 1;
    for (const char *at = bytes; (at = memchr(at, '\n', (size_t)(bytes + size - at))); at++) lines++;
    for (const char *at = lines > 1 ? NULL : bytes;
         at && (at = memchr(at, '\r', (size_t)(bytes + size - at))); at++)
        lines++;
    const size_t full = size / (2 * columns - 1) + 1;
    return lines < full ? lines : full;
}

static dsc_status make_rows(rows *r, dsc_error *error) {
    size_t bytes;
    if (!dsc_multiply(&bytes, r->most, r->table->pixels)) bytes = SIZE_MAX;
    r->bytes = dsc_allocate(bytes, 1);
    r->labels = dsc_allocate(r->most, 1);
    for (size_t i = 0; i < r->table->columns && !r->groups; i++)
        if (r->roles[i] == DSC_COLUMN_GROUP && !(r->groups = dsc_allocate(r->most, sizeof *r->groups)))
            return dsc_fail_memory(error, r->most * sizeof *r->groups, r->name);
    return r->bytes && r->labels ? DSC_OK : dsc_fail_memory(error, bytes, r->name);
}

static dsc_status hand_over(rows *r, dsc_set *set, const dsc_reading *reading, dsc_error *error) {
    dsc_array images;
    const size_t shape[2] = {r->count, r->table->pixels};
    dsc_status status = dsc_array_create(&images, DSC_U8, 2, shape, error);
    if (status) return status;
    memcpy(images.data, r->bytes, r->count * r->table->pixels);
    status = dsc_take_images(set, &images, reading, r->name, error);
    if (status) return status;
    set->labels = r->labels;
    set->groups = r->groups;
    set->labelled = r->count;
    r->labels = NULL;
    r->groups = NULL;
    return DSC_OK;
}

/* Whether the number is a square without one to three columns too many. */
static bool is_nearly_square(size_t pixels) {
    for (size_t more = 1; more <= 3 && more < pixels; more++) {
        const size_t side = (size_t)lround(sqrt((double)(pixels - more)));
        if (side > 2 && side * side == pixels - more) return true;
    }
    return false;
}

static dsc_status read_rows(rows *r, dsc_table *table, dsc_set *set, const dsc_reading *reading,
                            dsc_error *error) {
    size_t shape[3];
    dsc_status status = dsc_reading_shape(shape, reading, table->pixels, r->name, error);
    if (status == DSC_ERROR_MISMATCH && !reading->shape && is_nearly_square(table->pixels))
        return dsc_fail(
            error, status,
            "%s: an image has %zu numbers, which is no square of grey pixels; if a column is neither "
            "label nor pixel, remove it, or name the label's with --label-column, or one of groups "
            "with --group-by; otherwise give the shape, as in --shape 3x32x32",
            r->name, table->pixels);
    if (!status) status = make_rows(r, error);
    while (!status && dsc_fields_row(&r->fields)) {
        if (r->count == r->most)
            return dsc_fail(error, DSC_ERROR_FORMAT, "%s: line %zu: expected %zu fields", r->name,
                            r->fields.line, table->columns);
        status = take_row(r, error);
    }
    if (!status && !r->count)
        status = dsc_fail(error, DSC_ERROR_FORMAT, "%s: has a header, but no rows", r->name);
    if (!status) status = make_bytes(r, table, error);
    return status ? status : hand_over(r, set, reading, error);
}

dsc_status dsc_table_parse(dsc_table *table, dsc_set *set, dsc_label_names *names, const char *bytes,
                           size_t size, const dsc_table *like, const dsc_reading *reading, const char *name,
                           dsc_error *error) {
    *table = (dsc_table){0};
    const size_t mark = dsc_utf8_mark(bytes, size);
    bytes += mark;
    size -= mark;
    unsigned char *roles = NULL;
    rows r = {.table = table,
              .name = name,
              .fields = {.at = bytes,
                         .end = bytes + size,
                         .delimiter = like ? like->delimiter : dsc_table_delimiter(bytes, size),
                         .line = 1},
              .whole = true,
              .least = INFINITY,
              .largest = -INFINITY,
              .names = names};
    r.comma = r.fields.delimiter == ';';
    dsc_status status = dsc_table_columns(table, &roles, &r.fields, like, reading, name, error);
    if (!status && !table->unlabelled && !table->pixels)
        status = dsc_fail(error, DSC_ERROR_FORMAT, "%s: has no columns of pixels", name);
    if (!status && !table->unlabelled) {
        r.roles = roles;
        r.most = rows_most(bytes, size, table->columns);
        status = read_rows(&r, table, set, reading, error);
    }
    free(r.bytes);
    free(r.numbers);
    free(r.labels);
    free(r.groups);
    free(roles);
    dsc_text_free(&r.fields.unquoted);
    return status;
}

dsc_status dsc_table_recognise(bool *its, const unsigned char *bytes, size_t size, bool named,
                               dsc_error *error) {
    enum { FIELDS_LEAST = 4 };
    *its = false;
    if (dsc_recognise(bytes, size) != DSC_KIND_TEXT) return DSC_OK;
    const size_t mark = dsc_utf8_mark(bytes, size);
    const char *text = (const char *)bytes + mark;
    /* The text may end within a field; then the last number is not lost. */
    char line[DSC_TABLE_LOOK + 1];
    size_t length = size - mark < DSC_TABLE_LOOK ? size - mark : DSC_TABLE_LOOK, fields = 0, numbers = 0;
    memcpy(line, text, length);
    line[length] = '\0';
    dsc_fields f = {.at = line, .end = line + length, .delimiter = dsc_table_delimiter(line, length)};
    for (bool more = dsc_fields_row(&f); more; more = !f.at_row_end) {
        double value;
        if (!dsc_fields_next(&f)) break;
        fields++;
        numbers += dsc_field_number(&value, f.field, f.length, f.delimiter == ';');
    }
    const bool failed = f.unquoted.failed;
    dsc_text_free(&f.unquoted);
    if (failed) return dsc_fail_memory(error, size, "a row of a table");
    *its = fields >= FIELDS_LEAST && (named || 2 * numbers > fields);
    return DSC_OK;
}
