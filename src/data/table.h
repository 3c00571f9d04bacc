/* SPDX-License-Identifier: MIT */
/* table.h: images as rows of a text: CSV and TSV.
 *
 *   label,pixel0,pixel1,...     a header, or none; the label first, last, or named
 *   7,0,0,12,...                pixels: integers of 0 to 255, or shares of 0 to 1
 *
 * Delimiters are ',', ';', tabulators or blanks. Quoted fields (RFC 4180), all line ends and a byte order
 * mark are accepted. Numbers have a decimal point; with ';' also a decimal comma, whatever the locale. */
#ifndef DSC_DATA_TABLE_H
#define DSC_DATA_TABLE_H

#include "data/sets.h"

/* What was recognised in a table: for display, and for the test table that belongs to it. */
typedef struct dsc_table {
    char delimiter;
    bool header;
    size_t columns, pixels;
    size_t label;         /* the column; `columns`: none */
    char label_text[64];  /* "column 1, \"label\"" */
    char number_text[96]; /* "whole numbers of 0 to 255" */
    bool guessed;         /* the label column was recognised only by its values */
    bool unlabelled;      /* no label column: nothing was read */
} dsc_table;

/* Reads a whole table into `set`, which must be empty: images, labels, and groups if reading->group_by names
 * a column. bytes[size] must be readable and 0. `like`: the training set's table, which completes this one;
 * NULL: none. Appends label names to `names`. A table with only pixels is not read: table->unlabelled. */
dsc_status dsc_table_parse(dsc_table *table, dsc_set *set, dsc_label_names *names, const char *bytes,
                           size_t size, const dsc_table *like, const dsc_reading *reading, const char *name,
                           dsc_error *error);

/* Whether the first bytes of a file look like such a table: text whose first line has several fields, most of
 * them numbers, or names if `named` (the file name is a table's). Fails only without memory. */
dsc_status dsc_table_recognise(bool *its, const unsigned char *bytes, size_t size, bool named,
                               dsc_error *error);

#endif
