/* SPDX-License-Identifier: MIT */
/* numpy_print.c: prints arrays like NumPy. Behaviour as documented for numpy.set_printoptions; the tests
 * compare with NumPy. */
#include "draw/numpy_print.h"

#include "base/memory.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PRECISION = 8, THRESHOLD = 1000, EDGE = 3, WORD = 48 };

/* The common format of an array's elements. */
typedef struct format {
    const dsc_array *array;
    size_t line_width;
    bool summary;             /* only EDGE elements at each end of an axis */
    bool exponents;           /* 1.25e-05 rather than 0.0000125 */
    int left, right;          /* characters before and after the point */
    int digits;               /* after the point, with exponents */
    int exponent_len;         /* digits of an exponent */
    double largest, smallest; /* of finite nonzero magnitudes; 0: none */
    bool finite, not_finite, negative_infinity;
} format;

static bool is_real(dsc_type type) { return type == DSC_F32 || type == DSC_F64; }

/* Every type's values fit a double exactly. */
static double element(const dsc_array *array, size_t i) {
    switch (array->type) {
    case DSC_U8:
        return ((const uint8_t *)array->data)[i];
    case DSC_I8:
        return ((const int8_t *)array->data)[i];
    case DSC_I16:
        return ((const int16_t *)array->data)[i];
    case DSC_I32:
        return ((const int32_t *)array->data)[i];
    case DSC_F32:
        return (double)((const float *)array->data)[i];
    case DSC_F64:
        return ((const double *)array->data)[i];
    }
    return 0;
}

/* Calls visit for each printed element, in order. */
static void visit_axis(format *f, size_t axis, size_t offset, void (*visit)(format *, double)) {
    const dsc_array *a = f->array;
    if (axis >= a->rank || axis >= 4) {
        visit(f, element(a, offset));
        return;
    }
    size_t n = a->shape[axis];
    bool cut = f->summary && n > 2 * EDGE;
    for (size_t i = 0; i < n; i++) {
        if (cut && i == EDGE) i = n - EDGE;
        visit_axis(f, axis + 1, offset * n + i, visit);
    }
}

static int larger(int a, int b) { return a > b ? a : b; }

static void measure_integer(format *f, double x) {
    char word[WORD];
    f->left = larger(f->left, snprintf(word, sizeof word, "%lld", (long long)x));
}

static void measure_range(format *f, double x) {
    if (!isfinite(x)) {
        f->not_finite = true;
        f->negative_infinity |= isinf(x) && x < 0;
        return;
    }
    f->finite = true;
    double size = fabs(x);
    if (size == 0) return;
    if (size > f->largest) f->largest = size;
    if (f->smallest == 0 || size < f->smallest) f->smallest = size;
}

static void trim_zeros(char *number) {
    size_t n = strlen(number);
    while (n && number[n - 1] == '0') n--;
    number[n] = '\0';
}

/* Splits "d.ddde-dd" into the mantissa, "d.ddd", and the returned exponent. */
static int scientific(char number[WORD], double x, int decimals) {
    char *e = strchr(dsc_format_scientific(number, WORD, x, decimals), 'e');
    int exponent = (int)strtol(e + 1, NULL, 10);
    *e = '\0';
    return exponent;
}

/* The shortest digits that read back; NumPy calls them unique. */
static int unique_digits(const format *f, char digits[24], double x) {
    return dsc_shortest_digits(digits, fabs(x), f->array->type == DSC_F32);
}

static void measure_exponent(format *f, double x) {
    if (!isfinite(x)) return;
    char digits[24] = "0", number[WORD];
    int exponent = x != 0 ? unique_digits(f, digits, x) : 0;
    int behind = (int)strlen(digits) - 1;
    if (behind > PRECISION) {
        exponent = scientific(number, x, PRECISION);
        trim_zeros(number);
        behind = (int)strlen(strchr(number, '.') + 1);
    }
    f->digits = larger(f->digits, behind);
    f->left = larger(f->left, 1 + (signbit(x) != 0));
    f->exponent_len = larger(f->exponent_len, abs(exponent) > 99 ? 3 : 2);
}

/* "12.5", or "12." without decimals; not padded. */
static void positional(const format *f, char number[WORD], double x) {
    int decimals = PRECISION;
    if (x != 0) {
        char digits[24];
        int exponent = unique_digits(f, digits, x);
        int behind = (int)strlen(digits) - 1 - exponent;
        if (behind < 0) behind = 0;
        if (behind < decimals) decimals = behind;
    }
    dsc_format_fixed(number, WORD - 1, x, decimals);
    if (!strchr(number, '.')) strcat(number, ".");
    trim_zeros(number);
}

static void measure_positional(format *f, double x) {
    if (!isfinite(x)) return;
    char number[WORD];
    positional(f, number, x);
    int whole = (int)(strchr(number, '.') - number);
    f->left = larger(f->left, whole);
    f->right = larger(f->right, (int)strlen(number) - whole - 1);
}

static void choose_format(format *f) {
    if (!is_real(f->array->type)) {
        visit_axis(f, 0, 0, measure_integer);
        return;
    }
    visit_axis(f, 0, 0, measure_range);
    double ratio = f->smallest > 0 ? f->largest / f->smallest : 0;
    if (f->array->type == DSC_F32) ratio = (double)(float)ratio;
    f->exponents = f->largest >= 1e8 || (f->largest > 0 && (f->smallest < 1e-4 || ratio > 1000));
    visit_axis(f, 0, 0, f->exponents ? measure_exponent : measure_positional);
    if (f->exponents) f->right = f->digits + f->exponent_len + 2;
    if (f->not_finite) f->left = larger(f->left, 3 + f->negative_infinity - (f->right + 1));
}

/* Writes one element at the common width. */
static int format_element(const format *f, char word[2 * WORD], double x) {
    if (!is_real(f->array->type)) return snprintf(word, 2 * WORD, "%*lld", f->left, (long long)x);
    if (!isfinite(x))
        return snprintf(word, 2 * WORD, "%*s", f->left + 1 + f->right,
                        isnan(x) ? "nan"
                        : x < 0  ? "-inf"
                                 : "inf");
    char number[WORD];
    if (!f->exponents) {
        positional(f, number, x);
        int whole = (int)(strchr(number, '.') - number);
        return snprintf(word, 2 * WORD, "%*s%-*s", f->left - whole, "", whole + 1 + f->right, number);
    }
    int exponent = scientific(number, x, f->digits);
    if (f->digits == 0) strcat(number, ".");
    return snprintf(word, 2 * WORD, "%*se%c%0*d", f->left + 1 + f->digits, number, exponent < 0 ? '-' : '+',
                    f->exponent_len, abs(exponent));
}

/* A line under construction: NumPy breaks before a word that would leave no room for the closing brackets. */
typedef struct line {
    size_t start;  /* in the text */
    size_t indent; /* spaces at the start of every line, including the first */
    size_t width;
    bool separator; /* a space is due before the next word */
} line;

static void append_spaces(dsc_text *text, size_t count) { dsc_text_append(text, "%*s", (int)count, ""); }

static void append_word(dsc_text *text, line *l, const char *word, size_t length) {
    size_t used = l->indent + (text->length - l->start) + l->separator;
    if (used + length > l->width && used > l->indent) {
        while (text->length > l->start && text->data[text->length - 1] == ' ') text->length--;
        dsc_text_append_bytes(text, "\n", 1);
        append_spaces(text, l->indent);
        l->start = text->length;
    } else if (l->separator) {
        dsc_text_append_bytes(text, " ", 1);
    }
    dsc_text_append_bytes(text, word, length);
    l->separator = true;
}

static void append_row(dsc_text *text, const format *f, size_t offset, size_t depth) {
    size_t n = f->array->shape[depth];
    bool cut = f->summary && n > 2 * EDGE;
    line l = {.start = text->length, .indent = depth + 1, .width = f->line_width - depth - 1};
    for (size_t i = 0; i < n; i++) {
        if (cut && i == EDGE) {
            append_word(text, &l, "...", 3);
            i = n - EDGE;
        }
        char word[2 * WORD];
        int length = format_element(f, word, element(f->array, offset * n + i));
        append_word(text, &l, word, (size_t)length);
    }
}

static void append_axis(dsc_text *text, const format *f, size_t offset, size_t depth) {
    size_t n = f->array->shape[depth], below = f->array->rank - depth - 1;
    dsc_text_append_bytes(text, "[", 1);
    if (below == 0) {
        append_row(text, f, offset, depth);
        dsc_text_append_bytes(text, "]", 1);
        return;
    }
    bool cut = f->summary && n > 2 * EDGE;
    for (size_t i = 0; i < n; i++) {
        if (cut && i == EDGE) {
            append_spaces(text, depth + 1);
            dsc_text_append(text, "...%.*s", (int)below, "\n\n\n");
            i = n - EDGE;
        }
        if (i) append_spaces(text, depth + 1);
        append_axis(text, f, offset * n + i, depth + 1);
        if (i + 1 < n) dsc_text_append_bytes(text, "\n\n\n", below);
    }
    dsc_text_append_bytes(text, "]", 1);
}

static void print(dsc_text *text, const dsc_array *array, size_t line_width) {
    size_t count = 1;
    for (size_t i = 0; i < array->rank; i++) count *= array->shape[i];
    if (count == 0) {
        dsc_text_append_bytes(text, "[]", 2);
        return;
    }
    format f = {.array = array, .line_width = line_width, .summary = count > THRESHOLD};
    choose_format(&f);
    append_axis(text, &f, 0, 0);
}

void draw_numpy_print(dsc_text *text, const dsc_array *array) { print(text, array, DRAW_NUMPY_LINE); }

void draw_numpy_print_vector(dsc_text *text, const double *values, size_t count) {
    union {
        const double *from;
        void *to;
    } data = {values}; /* a dsc_array points to writable data; here it is only read */
    dsc_array array = {.type = DSC_F64, .rank = 1, .shape = {count}, .data = data.to};
    draw_numpy_print(text, &array);
}

void draw_numpy_print_bytes(dsc_text *text, const uint8_t *values, size_t rows, size_t columns,
                            size_t line_width) {
    union {
        const uint8_t *from;
        void *to;
    } data = {values};
    dsc_array array = {.type = DSC_U8, .rank = 2, .shape = {rows, columns}, .data = data.to};
    print(text, &array, line_width);
}

void draw_numpy_print_scaled(dsc_text *text, const uint8_t *values, size_t rows, size_t columns,
                             double divisor, size_t line_width) {
    double *scaled = dsc_allocate(rows * columns, sizeof *scaled);
    if (!scaled) {
        text->failed = true;
        return;
    }
    for (size_t i = 0; i < rows * columns; i++) scaled[i] = values[i] / divisor;
    dsc_array array = {.type = DSC_F64, .rank = 2, .shape = {rows, columns}, .data = scaled};
    print(text, &array, line_width);
    free(scaled);
}
