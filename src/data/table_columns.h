/* SPDX-License-Identifier: MIT */
/* table_columns.h: finds the role of each column of a table. */
#ifndef DSC_DATA_TABLE_COLUMNS_H
#define DSC_DATA_TABLE_COLUMNS_H

#include "data/table.h"
#include "data/table_fields.h"

enum { DSC_COLUMN_PIXEL, DSC_COLUMN_LABEL, DSC_COLUMN_GROUP, DSC_COLUMN_OTHER };

/* Sets the role of each column (table->columns of them, which the caller frees), and all of *table except
 * number_text. `fields` starts at the first row and ends after the header, if any. `name` stands for the file
 * in messages. */
dsc_status dsc_table_columns(dsc_table *table, unsigned char **roles, dsc_fields *fields,
                             const dsc_table *like, const dsc_reading *reading, const char *name,
                             dsc_error *error);

/* The delimiter of the first line: the most frequent of comma, semicolon and tabulator; a blank without
 * them. */
char dsc_table_delimiter(const char *text, size_t size);

#endif
