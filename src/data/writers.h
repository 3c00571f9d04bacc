/* SPDX-License-Identifier: MIT */
/* writers.h: labels that say who wrote each image, as QMNIST's do (Yadav and Bottou, "Cold Case: The Lost
 * MNIST Digits", 2019, appendix): an IDX file of 32-bit whole numbers, eight a digit:
 *
 *   0 the class   1 the series of forms of NIST's Special Database 19 (hsf_0 to hsf_8)   2 the writer
 *   3 to 7 of no use here */
#ifndef DSC_DATA_WRITERS_H
#define DSC_DATA_WRITERS_H

#include "data/idx.h"

enum { DSC_WRITERS_COLUMNS = 8, DSC_SERIES = 9 };

/* Makes of such labels plain ones, with `groups` and `series`; leaves all others alone, for whoever checks
 * them. Its size and CRC stay those of the file. FORMAT: a number is out of range; `place` stands for where
 * the file lies. */
dsc_status dsc_writers_take(dsc_content *labels, const char *place, dsc_error *error);

/* Whether labels are such. */
bool dsc_writers_are_in(const dsc_array *labels);

/* Who wrote a series: "Census Bureau employees", "high-school students"; of others "series 6". Several series
 * are of one population. */
const char *dsc_series_population(unsigned series);

#endif
