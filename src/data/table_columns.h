/* SPDX-License-Identifier: MIT */
/* table_columns.h: which column of a table is what. */
#ifndef DSC_DATA_TABLE_COLUMNS_H
#define DSC_DATA_TABLE_COLUMNS_H

#include "data/table.h"
#include "data/table_fields.h"

enum { DSC_COLUMN_PIXEL, DSC_COLUMN_LABEL, DSC_COLUMN_GROUP, DSC_COLUMN_OTHER };

/* The role of each column (table->columns of them, release with free()), and all of *table but how its
 * numbers are. `fields` is at the first row, and goes behind the header where there is one. `name` stands for
 * the file in messages. */
dsc_status dsc_table_columns(dsc_table *table, unsigned char **roles, dsc_fields *fields,
                             const dsc_table *like, const dsc_reading *reading, const char *name,
                             dsc_error *error);

/* The delimiter of the text's first line: the most frequent of comma, semicolon, tabulator; or a blank. */
char dsc_table_delimiter(const char *text, size_t size);

#endif
