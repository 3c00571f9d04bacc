/* SPDX-License-Identifier: MIT */
/* text.c: growing texts, locale-independent numbers, and spelling suggestions. */
#include "base/text.h"

#include "base/error.h"
#include "base/memory.h"

#include <ctype.h>
#include <errno.h>
#include <locale.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void dsc_text_append_bytes(dsc_text *text, const void *bytes, size_t count) {
    if (text->failed) return;
    if (count >= SIZE_MAX - text->length ||
        !dsc_grow(&text->data, &text->capacity, text->length + count + 1, 1)) {
        text->failed = true;
        return;
    }
    if (count) memcpy(text->data + text->length, bytes, count);
    text->length += count;
    text->data[text->length] = '\0';
}

void dsc_text_append_list(dsc_text *text, const char *format, va_list arguments) {
    if (text->failed) return;
    va_list again;
    va_copy(again, arguments);
    int n = vsnprintf(NULL, 0, format, again); /* NOLINT(clang-analyzer-valist.Uninitialized): a copy */
    va_end(again);
    if (n < 0 || !dsc_grow(&text->data, &text->capacity, text->length + (size_t)n + 1, 1)) {
        text->failed = true;
        return;
    }
    (void)vsnprintf(text->data + text->length, (size_t)n + 1, format, arguments);
    text->length += (size_t)n;
}

void dsc_text_append(dsc_text *text, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    dsc_text_append_list(text, format, arguments);
    va_end(arguments);
}

void dsc_text_free(dsc_text *text) {
    if (!text) return;
    free(text->data);
    memset(text, 0, sizeof *text);
}

dsc_status dsc_text_replace(char **text, const char *with, dsc_error *error) {
    char *copy = strdup(with);
    if (!copy) return dsc_fail_memory(error, strlen(with), with);
    free(*text);
    *text = copy;
    return DSC_OK;
}

/* The host program may have called setlocale: replaces whatever printf put between the digits by a point. */
static void point_for_locale(char *number) {
    char *out = number;
    for (const char *in = number; *in;) {
        if (isdigit((unsigned char)*in) || strchr("+-einfa", *in)) {
            *out++ = *in++;
        } else {
            *out++ = '.';
            while (*in && !isdigit((unsigned char)*in)) in++;
        }
    }
    *out = '\0';
}

static bool reads_back(const char *text, double value, bool single) {
    double back;
    if (!dsc_parse_real(&back, text)) return false;
    if (!single || back == value) return back == value;
    /* A decimal near the midpoint of two floats may round twice if converted through a double. */
    locale_t c = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    if (!c) return false;
    float exact = strtof_l(text, NULL, c);
    freelocale(c);
    return (double)exact == value;
}

/* Increments the last digit of "d.ddde-dd"; returns false if all digits are nines. */
static bool next_decimal(char *text) {
    for (char *p = strchr(text, 'e'); p-- > text;) {
        if (*p == '.') continue;
        if (*p != '9') return ++*p, true;
        *p = '0';
    }
    return false;
}

int dsc_shortest_digits(char digits[24], double value, bool single) {
    char text[40];
    int last = single ? 8 : 16, exponent;
    bool power_of_two = frexp(value, &exponent) == 0.5;
    for (int precision = 0; precision <= last; precision++) {
        (void)snprintf(text, sizeof text, "%.*e", precision, value);
        point_for_locale(text);
        if (precision == last || reads_back(text, value, single)) break;
        /* The numbers above a power of two are twice as far apart as those below, so the decimal above may
         * read back where the nearer one below does not. */
        if (power_of_two && next_decimal(text) && reads_back(text, value, single)) break;
    }
    char *out = digits;
    const char *in = text;
    for (; *in != 'e'; in++)
        if (*in != '.') *out++ = *in;
    while (out > digits + 1 && out[-1] == '0') out--;
    *out = '\0';
    return (int)strtol(in + 1, NULL, 10);
}

char *dsc_format_shortest(char *out, double value) {
    if (isnan(value)) return strcpy(out, "nan");
    if (isinf(value)) return strcpy(out, value < 0 ? "-inf" : "inf");
    char *o = out;
    if (signbit(value)) *o++ = '-';
    if (value == 0) {
        strcpy(o, "0.0");
        return out;
    }
    char digits[24] = "";
    int exponent = dsc_shortest_digits(digits, fabs(value), false);
    int count = (int)strlen(digits);
    /* Python uses exponents below 1e-4 and from 1e16. */
    if (exponent < -4 || exponent >= 16) {
        o += sprintf(o, "%c%s%s", digits[0], count > 1 ? "." : "", digits + 1);
        (void)sprintf(o, "e%c%02d", exponent < 0 ? '-' : '+', abs(exponent));
    } else if (exponent < 0) {
        o += sprintf(o, "0.");
        for (int i = -1; i > exponent; i--) *o++ = '0';
        strcpy(o, digits);
    } else {
        for (int i = 0; i <= exponent; i++) *o++ = i < count ? digits[i] : '0';
        *o++ = '.';
        strcpy(o, count > exponent + 1 ? digits + exponent + 1 : "0");
    }
    return out;
}

char *dsc_format_fixed(char *out, size_t size, double value, int decimals) {
    (void)snprintf(out, size, "%.*f", decimals, value);
    point_for_locale(out);
    return out;
}

char *dsc_format_grouped(char out[48], double number) {
    char digits[40];
    if (!isfinite(number) || fabs(number) > 1e18) return strcpy(out, "-");
    (void)dsc_format_fixed(digits, sizeof digits, number, 0);
    size_t length = strlen(digits), at = 0;
    for (size_t i = 0; i < length; i++) {
        if (i && (length - i) % 3 == 0 && isdigit((unsigned char)digits[i - 1])) out[at++] = ',';
        out[at++] = digits[i];
    }
    out[at] = '\0';
    return out;
}

char *dsc_format_scientific(char *out, size_t size, double value, int decimals) {
    (void)snprintf(out, size, "%.*e", decimals, value);
    point_for_locale(out);
    return out;
}

bool dsc_parse_real(double *value, const char *text) {
    if (!*text || isspace((unsigned char)*text)) return false;
    /* glibc returns the "C" locale without allocating. */
    locale_t c = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    if (!c) return false;
    char *end;
    *value = strtod_l(text, &end, c);
    freelocale(c);
    return *end == '\0';
}

bool dsc_parse_reals(double *values, size_t *count, size_t most, const char *text) {
    char word[64];
    for (*count = 0; *count < most; ++*count) {
        const size_t length = strcspn(text, ", ");
        if (length >= sizeof word) return false;
        memcpy(word, text, length);
        word[length] = '\0';
        if (!dsc_parse_real(&values[*count], word) || !isfinite(values[*count])) return false;
        text += length;
        if (!*text) {
            ++*count;
            return true;
        }
        text += strspn(text, " ");
        text += *text == ',';
        text += strspn(text, " ");
    }
    return false;
}

bool dsc_parse_integer(int64_t *value, const char *text) {
    if (!*text || isspace((unsigned char)*text)) return false;
    char *end;
    int saved = errno;
    errno = 0;
    long long parsed = strtoll(text, &end, 10);
    bool fits = errno == 0;
    errno = saved;
    if (*end || !fits) return false;
    *value = parsed;
    return true;
}

bool dsc_parse_bytes(uint64_t *value, const char *text) {
    char digits[24];
    const size_t length = strspn(text, "0123456789");
    int64_t number;
    if (!length || length >= sizeof digits) return false;
    memcpy(digits, text, length);
    digits[length] = '\0';
    const char *unit = text + length;
    const unsigned shift = *unit == 'k' || *unit == 'K' ? 10 : *unit == 'M' ? 20 : 0;
    if (unit[shift > 0] || !dsc_parse_integer(&number, digits) || number < 1 || number > INT64_MAX >> shift)
        return false;
    *value = (uint64_t)number << shift;
    return true;
}

static char lower(char c) { return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c; }

int dsc_edit_distance(const char *a, const char *b) {
    enum { LONGEST = 63 };
    size_t n = strlen(a), m = strlen(b);
    if (n > LONGEST || m > LONGEST) return strcmp(a, b) ? 255 : 0;
    int row[3][LONGEST + 2];
    for (size_t j = 0; j <= m; j++) row[0][j] = (int)j;
    for (size_t i = 1; i <= n; i++) {
        int *now = row[i % 3];
        const int *before = row[(i + 2) % 3], *before2 = row[(i + 1) % 3];
        now[0] = (int)i;
        for (size_t j = 1; j <= m; j++) {
            int best = before[j - 1] + (lower(a[i - 1]) != lower(b[j - 1]));
            if (before[j] + 1 < best) best = before[j] + 1;
            if (now[j - 1] + 1 < best) best = now[j - 1] + 1;
            bool swapped =
                i > 1 && j > 1 && lower(a[i - 1]) == lower(b[j - 2]) && lower(a[i - 2]) == lower(b[j - 1]);
            if (swapped && before2[j - 2] + 1 < best) best = before2[j - 2] + 1;
            now[j] = best;
        }
    }
    return row[n % 3][m];
}

uint64_t dsc_text_hash(const char *text) {
    uint64_t hash = 0xCBF29CE484222325ull;
    for (; *text; text++) hash = (hash ^ (unsigned char)*text) * 0x100000001B3ull;
    return hash;
}

dsc_nearest dsc_nearest_to(const char *wanted) {
    /* Allows one error, plus one for each three letters; `distance` itself is too far. */
    return (dsc_nearest){.wanted = wanted, .distance = 2 + (int)(strlen(wanted) / 3)};
}

/* Whether `word` is the first word of the name, or all of it. */
static bool begins_with(const char *name, const char *word) {
    while (*word && lower(*name) == lower(*word)) name++, word++;
    return !*word && (!*name || *name == '-' || *name == '_' || *name == ' ');
}

void dsc_nearest_try(dsc_nearest *nearest, const char *name) {
    int distance = begins_with(name, nearest->wanted) ? 0 : dsc_edit_distance(nearest->wanted, name);
    if (distance >= nearest->distance) return;
    nearest->distance = distance;
    nearest->name = name;
}

const char *dsc_nearest_name(const char *name, const char *const *names, size_t count) {
    dsc_nearest nearest = dsc_nearest_to(name);
    for (size_t i = 0; i < count; i++) dsc_nearest_try(&nearest, names[i]);
    return nearest.name;
}
