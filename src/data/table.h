/* SPDX-License-Identifier: MIT */
/* table.h: images as rows of a text: CSV and TSV.
 *
 *   label,pixel0,pixel1,...     a header, or none; the label first, last, or named
 *   7,0,0,12,...                pixels: whole numbers of 0 to 255, or shares of 0 to 1
 *
 * Fields are parted by ',', ';', tabulators or blanks; "quoted" ones are read (RFC 4180), as are the line
 * ends of every system and a byte order mark. Numbers have a point, and where ';' parts fields a comma will
 * do, whatever the locale. */
#ifndef DSC_DATA_TABLE_H
#define DSC_DATA_TABLE_H

#include "data/sets.h"

/* What was understood of a table: for people, and for the table that goes with it. */
typedef struct dsc_table {
    char delimiter;
    bool header;
    size_t columns, pixels;
    size_t label;         /* the column; `columns` where there is none */
    char label_text[64];  /* "column 1, \"label\"" */
    char number_text[96]; /* "whole numbers of 0 to 255" */
    bool guessed;         /* nothing but the numbers told which column has the labels */
    bool unlabelled;      /* no column has labels: nothing else was read */
} dsc_table;

/* Reads all of a table into `set` (empty so far): images, labels, and groups where reading->group_by names a
 * column. bytes[size] must be readable, and 0. `like`: the table of the training set, if this goes with one:
 * what this one does not say is taken over; else NULL. Names of labels go to `names`. A table that has pixels
 * alone is not read: table->unlabelled. */
dsc_status dsc_table_parse(dsc_table *table, dsc_set *set, dsc_label_names *names, const char *bytes,
                           size_t size, const dsc_table *like, const dsc_reading *reading, const char *name,
                           dsc_error *error);

/* Whether the first bytes of a file look like such a table: text whose first line has several fields, most of
 * them numbers, or names if `named` (the file is called as tables are). */
dsc_status dsc_table_recognise(bool *its, const unsigned char *bytes, size_t size, bool named,
                               dsc_error *error);

#endif
