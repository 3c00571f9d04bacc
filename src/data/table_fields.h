/* SPDX-License-Identifier: MIT */
/* table_fields.h: the fields of a table, one after the other. */
#ifndef DSC_DATA_TABLE_FIELDS_H
#define DSC_DATA_TABLE_FIELDS_H

#include "base/text.h"

typedef struct dsc_fields {
    const char *at, *end; /* *end is 0 */
    char delimiter;
    size_t line;     /* of `at`, from 1 */
    bool at_row_end; /* the field was the last of its row */
    const char *field;
    size_t length;
    dsc_text unquoted; /* holds the field, where quotes had to go */
} dsc_fields;

/* The next field of this row: `field`, `length`, without its quotes. False: a quote is not closed, or memory
 * is short (unquoted.failed). */
bool dsc_fields_next(dsc_fields *fields);

/* Goes over empty lines; true if there is another row. */
bool dsc_fields_row(dsc_fields *fields);

/* Reads a number of digits, point or comma (where `comma`) and exponent; false if the field, without the
 * blanks around it, is none. */
bool dsc_field_number(double *value, const char *field, size_t length, bool comma);

#endif
