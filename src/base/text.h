/* SPDX-License-Identifier: MIT */
/* text.h: a text that grows, and small helpers for names. */
#ifndef DSC_BASE_TEXT_H
#define DSC_BASE_TEXT_H

#include <descender.h>

#include <stdarg.h>

/* Starts as {0}. After a failed allocation `failed` stays set and appends do nothing, so a long
 * sequence of appends is checked once, at its end. Release with dsc_text_free. */
typedef struct dsc_text {
    char *data; /* NUL-terminated once something was appended; NULL before */
    size_t length, capacity;
    bool failed;
} dsc_text;

void dsc_text_append(dsc_text *text, const char *format, ...) DSC_PRINTF(2, 3);
void dsc_text_append_list(dsc_text *text, const char *format, va_list arguments) DSC_PRINTF(2, 0);
void dsc_text_append_bytes(dsc_text *text, const void *bytes, size_t count);
void dsc_text_free(dsc_text *text);

/* Puts a copy of `with` in the place of *text, an allocation of its own or NULL. MEMORY: *text is as it was. */
dsc_status dsc_text_replace(char **text, const char *with, dsc_error *error);

/* The shortest decimal text that reads back as `value`, as Python's repr(float) writes it: "0.68",
 * "1.0", "1e-05", "inf", "nan"; always a point, whatever the locale. `out` holds at least 32 bytes. */
char *dsc_format_shortest(char *out, double value);

/* The digits of the shortest decimal d.ddd x 10^exponent that reads back as `value`, positive and finite: as
 * a double, or as a float if `single`. Returns the exponent. */
int dsc_shortest_digits(char digits[24], double value, bool single);

/* printf's "%.<decimals>f" with a point whatever the locale; `size` is that of `out`. */
char *dsc_format_fixed(char *out, size_t size, double value, int decimals);

/* The same for "%.<decimals>e". */
char *dsc_format_scientific(char *out, size_t size, double value, int decimals);

/* A whole number with its thousands divided by commas, "1,234,567"; "-" if it is not finite, or beyond 1e18.
 * Returns `out`. */
char *dsc_format_grouped(char out[48], double number);

/* Reads all of `text` as a number, with a point whatever the locale. False if it is not wholly one. */
bool dsc_parse_real(double *value, const char *text);
bool dsc_parse_integer(int64_t *value, const char *text);

/* Reads all of `text` as 1 to `most` finite numbers with a comma, spaces, or both between two of them: "0.5",
 * "0.485, 0.456,0.406". False if it is not wholly that; *count and the numbers are then of no use. */
bool dsc_parse_reals(double *values, size_t *count, size_t most, const char *text);

/* Bytes: a whole number of at least 1, or one of 1024 or 1024 * 1024 of them: "8192", "8k", "2M". */
bool dsc_parse_bytes(uint64_t *value, const char *text);

/* FNV-1a (Fowler, Noll, Vo): a number for a text, for names and not against forgers. */
uint64_t dsc_text_hash(const char *text);

/* The edit distance (Damerau, adjacent swaps count one) between two names, at most 255. */
int dsc_edit_distance(const char *a, const char *b);

/* A search for the name that was meant. Begin with dsc_nearest_to(wanted), try each name there is; `name` is
 * then the first of the nearest, if one is near enough to be a slip of the fingers, else NULL. */
typedef struct dsc_nearest {
    const char *wanted, *name;
    int distance;
} dsc_nearest;
dsc_nearest dsc_nearest_to(const char *wanted);
void dsc_nearest_try(dsc_nearest *nearest, const char *name);

/* The same for `count` names at once. */
const char *dsc_nearest_name(const char *name, const char *const *names, size_t count);

#endif
