/* SPDX-License-Identifier: MIT */
/* writers.h: labels that name the writer of each image, as in QMNIST (Yadav and Bottou, "Cold Case: The Lost
 * MNIST Digits", 2019, appendix): an IDX file of 32-bit integers, eight per digit:
 *
 *   0 the class   1 the series of forms of NIST's Special Database 19 (hsf_0 to hsf_8)   2 the writer
 *   3 to 7 unused */
#ifndef DSC_DATA_WRITERS_H
#define DSC_DATA_WRITERS_H

#include "data/idx.h"

enum { DSC_WRITERS_COLUMNS = 8, DSC_SERIES = 9 };

/* Converts such labels to plain ones with `groups` and `series`; leaves others unchanged for the caller to
 * check. Size and CRC stay the file's. DSC_ERROR_FORMAT: a value is out of range; `place` stands for the
 * file's location. */
dsc_status dsc_writers_take(dsc_content *labels, const char *place, dsc_error *error);

/* Whether an array has such labels. */
bool dsc_writers_are_in(const dsc_array *labels);

/* The population of a series: "Census Bureau employees", "high-school students"; otherwise "series 6".
 * Several series may have one population. */
const char *dsc_series_population(unsigned series);

#endif
