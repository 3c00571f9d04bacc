/* SPDX-License-Identifier: MIT */
/* text.h: a growing text, number formats that do not depend on the locale, and helpers for names. */
#ifndef DSC_BASE_TEXT_H
#define DSC_BASE_TEXT_H

#include <descender.h>

#include <stdarg.h>

/* Starts as {0}. After a failed allocation `failed` stays set and appends do nothing, so a sequence of
 * appends needs one check at its end. Release with dsc_text_free. */
typedef struct dsc_text {
    char *data; /* NUL-terminated after the first append; NULL before */
    size_t length, capacity;
    bool failed;
} dsc_text;

void dsc_text_append(dsc_text *text, const char *format, ...) DSC_PRINTF(2, 3);
void dsc_text_append_list(dsc_text *text, const char *format, va_list arguments) DSC_PRINTF(2, 0);
void dsc_text_append_bytes(dsc_text *text, const void *bytes, size_t count);
void dsc_text_free(dsc_text *text);

/* Replaces *text, which is allocated or NULL, by a copy of `with`. DSC_ERROR_MEMORY: *text is unchanged. */
dsc_status dsc_text_replace(char **text, const char *with, dsc_error *error);

/* The shortest decimal text that reads back as `value`, in the format of Python's repr(float): "0.68", "1.0",
 * "1e-05", "inf", "nan"; always with a point. `out` holds at least 32 bytes. Returns `out`. */
char *dsc_format_shortest(char *out, double value);

/* The digits of the shortest decimal d.ddd x 10^exponent that reads back as `value`, as a double, or as a
 * float if `single`. `value` is positive and finite. Returns the exponent. */
int dsc_shortest_digits(char digits[24], double value, bool single);

/* printf's "%.<decimals>f" with a point in every locale, into `size` bytes at `out`. Returns `out`. */
char *dsc_format_fixed(char *out, size_t size, double value, int decimals);

/* The same for "%.<decimals>e". */
char *dsc_format_scientific(char *out, size_t size, double value, int decimals);

/* A number rounded to an integer with commas between thousands, "1,234,567"; "-" if it is not finite or
 * beyond 1e18. Returns `out`. */
char *dsc_format_grouped(char out[48], double number);

/* Parse all of `text` as a number, with a point in every locale. Return false if the whole text is not
 * one. */
bool dsc_parse_real(double *value, const char *text);
bool dsc_parse_integer(int64_t *value, const char *text);

/* Parses all of `text` as 1 to `most` finite numbers, separated by a comma, spaces, or both: "0.5", "0.485,
 * 0.456,0.406". Returns false otherwise; *count and the numbers are then unspecified. */
bool dsc_parse_reals(double *values, size_t *count, size_t most, const char *text);

/* A number of bytes: an integer of at least 1, optionally in units of 1024 (k) or 1024 * 1024 (M): "8192",
 * "8k", "2M". */
bool dsc_parse_bytes(uint64_t *value, const char *text);

/* FNV-1a (Fowler, Noll, Vo): a hash of names, not secure against forgery. */
uint64_t dsc_text_hash(const char *text);

/* The edit distance of two names, at most 255 (Damerau: an adjacent swap counts one); case does not count. */
int dsc_edit_distance(const char *a, const char *b);

/* A search for the intended name. Begin with dsc_nearest_to(wanted), try each existing name; then `name` is
 * the first that begins with the word `wanted`, or else the nearest; NULL: none is as near as a slip. */
typedef struct dsc_nearest {
    const char *wanted, *name;
    int distance;
} dsc_nearest;
dsc_nearest dsc_nearest_to(const char *wanted);
void dsc_nearest_try(dsc_nearest *nearest, const char *name);

/* The same for an array of `count` names. */
const char *dsc_nearest_name(const char *name, const char *const *names, size_t count);

#endif
