/* SPDX-License-Identifier: MIT */
/* c_text.c: names, numbers and texts in C syntax; see c_parts.h. */
#include "exchange/c_parts.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

void exchange_c_upper(char upper[EXCHANGE_NAME], const char *prefix) {
    size_t i = 0;
    for (; prefix[i] && i + 1 < EXCHANGE_NAME; i++) upper[i] = (char)toupper((unsigned char)prefix[i]);
    upper[i] = '\0';
}

char *exchange_c_float(char out[40], float number) {
    char shortest[32];
    char digits[24];
    if (number == 0) {
        (void)snprintf(out, 40, "%s", signbit(number) ? "-0.0f" : "0.0f");
        return out;
    }
    const int exponent = dsc_shortest_digits(digits, (double)fabsf(number), true);
    (void)snprintf(shortest, sizeof shortest, "%c.%se%d", digits[0], digits[1] ? digits + 1 : "0", exponent);
    double value;
    if (exponent >= -4 && exponent < 7 && dsc_parse_real(&value, shortest))
        dsc_format_shortest(shortest, value);
    (void)snprintf(out, 40, "%s%sf", number < 0 ? "-" : "", shortest);
    return out;
}

/* Whether the source uses the name: its own functions, or those of functions/. */
static bool is_taken(const char *name, const char *prefix) {
    static const char *const own[] = {"predict", "class_name", "selftest", "prepare"};
    const size_t length = strlen(prefix);
    exchange_functions none = {0};
    if (exchange_functions_want(&none, name, strlen(name))) return true;
    for (size_t i = 0; i < sizeof own / sizeof *own; i++)
        if (!strcmp(name + length + 1, own[i])) return true;
    return false;
}

void exchange_c_weights(dsc_text *out, const exchange_c *c, const exchange_weights *weights) {
    char name[2 * EXCHANGE_NAME];
    (void)snprintf(name, sizeof name, "%s_%s", c->prefix, weights->name);
    dsc_text_append(out, "%s%s", name, is_taken(name, c->prefix) ? "_" : "");
}

void exchange_c_comment(dsc_text *out, const char *text) {
    for (const char *c = text; *c; c++) {
        if ((*c == '*' && c[1] == '/') || (*c == '/' && c[1] == '*'))
            dsc_text_append(out, "%c ", *c);
        else
            dsc_text_append(out, "%c", (unsigned char)*c < ' ' ? ' ' : *c);
    }
}

/* Bytes beyond ASCII become octal escapes; so does `?`, to avoid trigraphs. */
void exchange_c_string(dsc_text *out, const char *text) {
    dsc_text_append(out, "\"");
    for (const unsigned char *c = (const unsigned char *)text; *c; c++) {
        if (*c == '"' || *c == '\\')
            dsc_text_append(out, "\\%c", *c);
        else if (*c < ' ' || *c > '~' || *c == '?')
            dsc_text_append(out, "\\%03o", *c);
        else
            dsc_text_append(out, "%c", *c);
    }
    dsc_text_append(out, "\"");
}
