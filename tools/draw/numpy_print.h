/* SPDX-License-Identifier: MIT */
/* numpy_print.h: prints arrays like NumPy's print(array) with default options: lines of 75 characters, 8
 * decimals, and arrays of more than 1,000 elements abbreviated to 3 at each end of each axis. Floats are the
 * shortest decimals that read back, rounded to 8 decimals, at a common width. All have exponents if the
 * largest is 1e8 or more, the smallest is below 1e-4, or their ratio exceeds 1,000. */
#ifndef DRAW_NUMPY_PRINT_H
#define DRAW_NUMPY_PRINT_H

#include "base/text.h"

/* Appends print(array) for any type and rank, without a final newline. */
void draw_numpy_print(dsc_text *text, const dsc_array *array);

enum { DRAW_NUMPY_LINE = 75 }; /* NumPy's default for linewidth */

/* print() of a vector; of an image; and of the image divided by `divisor` as floats. Images take the option
 * linewidth, at least 20. */
void draw_numpy_print_vector(dsc_text *text, const double *values, size_t count);
void draw_numpy_print_bytes(dsc_text *text, const uint8_t *values, size_t rows, size_t columns,
                            size_t line_width);
void draw_numpy_print_scaled(dsc_text *text, const uint8_t *values, size_t rows, size_t columns,
                             double divisor, size_t line_width);

#endif
