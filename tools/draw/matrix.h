/* SPDX-License-Identifier: MIT */
/* matrix.h: a table of numbers with cells shaded by value, as SVG or PNG: a confusion matrix. */
#ifndef DRAW_MATRIX_H
#define DRAW_MATRIX_H

#include "draw/canvas.h"

enum { DRAW_MATRIX_MOST = 256 };

typedef struct draw_matrix {
    const char *title;       /* NULL: none */
    const char *description; /* SVG only */
    size_t rows, columns;    /* 1 to 256 each */
    const double *values;    /* (rows, columns), written as integers if there is room; NaN: an empty cell */
    const double *shades;    /* (rows, columns), 0 to 1: darkness; NULL: value / largest value */
    const char *const *row_names, *const *column_names;
    const char *row_label, *column_label; /* titles of rows and columns; NULL: none */
    bool diagonal;                        /* cells on the diagonal are blue, others orange */
} draw_matrix;

dsc_status draw_matrix_check(const draw_matrix *matrix, dsc_error *error);
dsc_status draw_matrix_save(const char *path, const draw_matrix *matrix, dsc_error *error);
draw_picture draw_matrix_picture(const draw_matrix *matrix);

#endif
