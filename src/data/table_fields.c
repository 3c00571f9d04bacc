/* SPDX-License-Identifier: MIT */
/* table_fields.c: see table_fields.h. */
#include "data/table_fields.h"

#include <string.h>

static bool is_row_end(const dsc_fields *f) { return f->at == f->end || *f->at == '\n' || *f->at == '\r'; }

/* Skips a line end in any of its three forms. */
static void pass_row_end(dsc_fields *f) {
    f->at_row_end = true;
    if (f->at == f->end) return;
    f->line++;
    if (*f->at == '\r' && f->at + 1 < f->end && f->at[1] == '\n') f->at++;
    f->at++;
}

/* Skips the delimiter after a field. */
static void pass_delimiter(dsc_fields *f) {
    if (f->delimiter == ' ')
        while (f->at < f->end && *f->at == ' ') f->at++;
    if (is_row_end(f)) {
        pass_row_end(f);
    } else if (f->delimiter != ' ') {
        f->at++;
    }
}

/* Reads a quoted field; the first quote is already skipped. */
static bool take_quoted(dsc_fields *f) {
    f->unquoted.length = 0;
    for (;;) {
        const char *quote = memchr(f->at, '"', (size_t)(f->end - f->at));
        if (!quote) return false;
        for (const char *c = f->at; c < quote; c++) f->line += *c == '\n';
        dsc_text_append_bytes(&f->unquoted, f->at, (size_t)(quote - f->at));
        f->at = quote + 1;
        if (f->at == f->end || *f->at != '"') break;
        dsc_text_append_bytes(&f->unquoted, "\"", 1);
        f->at++;
    }
    if (f->unquoted.failed) return false;
    f->field = f->unquoted.length ? f->unquoted.data : "";
    f->length = f->unquoted.length;
    while (f->at < f->end && *f->at == ' ') f->at++;
    if (!is_row_end(f) && f->delimiter != ' ' && *f->at != f->delimiter) return false;
    pass_delimiter(f);
    return true;
}

bool dsc_fields_next(dsc_fields *f) {
    f->at_row_end = false;
    if (f->delimiter != '\t')
        while (f->at < f->end && *f->at == ' ') f->at++;
    if (f->at < f->end && *f->at == '"') {
        f->at++;
        return take_quoted(f);
    }
    const char *start = f->at;
    while (!is_row_end(f) && *f->at != f->delimiter) f->at++;
    f->field = start;
    f->length = (size_t)(f->at - start);
    pass_delimiter(f);
    return true;
}

bool dsc_fields_row(dsc_fields *f) {
    while (f->at < f->end && (*f->at == '\n' || *f->at == '\r')) pass_row_end(f);
    return f->at < f->end;
}

/* --- numbers --- */

/* The powers of ten that a double represents exactly. */
static const double tens[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                              1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
enum { TENS = sizeof tens / sizeof *tens - 1, EXPONENT_MOST = 1000 };

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool dsc_field_number(double *value, const char *field, size_t length, bool comma) {
    const char *at = field, *end = field + length;
    while (at < end && (*at == ' ' || *at == '\t')) at++;
    while (end > at && (end[-1] == ' ' || end[-1] == '\t')) end--;
    bool negative = at < end && *at == '-', any = false;
    if (at < end && (*at == '-' || *at == '+')) at++;
    double mantissa = 0;
    int exponent = 0;
    for (; at < end && is_digit(*at); at++, any = true) mantissa = 10 * mantissa + (*at - '0');
    if (at < end && (*at == '.' || (comma && *at == ',')))
        for (at++; at < end && is_digit(*at); at++, any = true) {
            if (exponent < -25) continue; /* beyond a double's precision */
            mantissa = 10 * mantissa + (*at - '0');
            exponent--;
        }
    if (any && at < end && (*at == 'e' || *at == 'E')) {
        at++;
        const bool down = at < end && *at == '-';
        if (at < end && (*at == '-' || *at == '+')) at++;
        int written = 0;
        if (at == end) return false;
        for (; at < end && is_digit(*at); at++)
            if (written < EXPONENT_MOST) written = 10 * written + (*at - '0');
        exponent += down ? -written : written;
    }
    if (!any || at < end) return false;
    for (; exponent < 0; exponent += exponent < -TENS ? TENS : -exponent)
        mantissa /= tens[exponent < -TENS ? TENS : -exponent];
    for (; exponent > 0; exponent -= exponent > TENS ? TENS : exponent)
        mantissa *= tens[exponent > TENS ? TENS : exponent];
    *value = negative ? -mantissa : mantissa;
    return true;
}
