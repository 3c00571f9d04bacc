/* SPDX-License-Identifier: MIT */
/* numpy_print.h: arrays as NumPy prints them, print(array), with its default options: lines of 75
 * characters, 8 digits behind the point, and arrays of more than 1,000 elements cut to 3 at each end of each
 * axis. Floats are the shortest decimals that read back, rounded to 8 digits behind the point, at one width;
 * if the largest is 1e8 or more, or the smallest below 1e-4, or they differ by more than a thousandfold, all
 * have exponents. */
#ifndef DRAW_NUMPY_PRINT_H
#define DRAW_NUMPY_PRINT_H

#include "base/text.h"

/* Appends print(array), any type and rank, without a newline at its end. */
void draw_numpy_print(dsc_text *text, const dsc_array *array);

enum { DRAW_NUMPY_LINE = 75 }; /* NumPy's default of its option linewidth */

/* print() of a vector, and of an image, and of the same image divided by `divisor` as floats; of images with
 * the option linewidth, from 20. */
void draw_numpy_print_vector(dsc_text *text, const double *values, size_t count);
void draw_numpy_print_bytes(dsc_text *text, const uint8_t *values, size_t rows, size_t columns,
                            size_t line_width);
void draw_numpy_print_scaled(dsc_text *text, const uint8_t *values, size_t rows, size_t columns,
                             double divisor, size_t line_width);

#endif
