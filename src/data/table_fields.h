/* SPDX-License-Identifier: MIT */
/* table_fields.h: iterates over the fields of a table. */
#ifndef DSC_DATA_TABLE_FIELDS_H
#define DSC_DATA_TABLE_FIELDS_H

#include "base/text.h"

typedef struct dsc_fields {
    const char *at, *end; /* *end is 0 */
    char delimiter;
    size_t line;     /* of `at`, from 1 */
    bool at_row_end; /* the field is the last of its row */
    const char *field;
    size_t length;
    dsc_text unquoted; /* buffer of a field whose quotes were removed */
} dsc_fields;

/* Reads the next field of this row into `field` and `length`, without quotes. False: a quote is not closed,
 * or there is no memory (unquoted.failed). */
bool dsc_fields_next(dsc_fields *fields);

/* Skips empty lines; true if there is another row. */
bool dsc_fields_row(dsc_fields *fields);

/* Parses a number of digits, point (or comma if `comma`) and exponent. False if the field, without
 * surrounding blanks, is not a number. */
bool dsc_field_number(double *value, const char *field, size_t length, bool comma);

#endif
