/* SPDX-License-Identifier: MIT */
/* others.h: other values of a parameter, for tests over registries: a thing that gives the same result for
 * all of them ignores its parameter. */
#ifndef TESTS_OTHERS_H
#define TESTS_OTHERS_H

#include "base/param.h"

#include <stdio.h>
#include <string.h>

static inline bool others_real(double *other, double v, const dsc_param *p, size_t i) {
    const bool bounded = p->minimum != 0 || p->maximum != 0;
    const double low = bounded ? p->minimum : -10, high = bounded ? p->maximum : 10;
    const double all[] = {v / 2, 2 * v, v + 0.25, v - 0.25, low + (high - low) / 3,
                          low,   high,  low + 1,  v + 3};
    if (i >= sizeof all / sizeof *all) return false;
    *other = all[i] >= low && all[i] <= high ? all[i] : v;
    return true;
}

static inline bool others_integer(int64_t *other, int64_t v, const dsc_param *p, size_t i) {
    const bool bounded = p->minimum != 0 || p->maximum != 0;
    const int64_t low = bounded ? (int64_t)p->minimum : 0, high = bounded ? (int64_t)p->maximum : 100;
    const int64_t all[] = {v + 1, v - 1, 2 * v, v + 3, low, 1, 2, 3};
    if (i >= sizeof all / sizeof *all) return false;
    *other = all[i] >= low && all[i] <= high ? all[i] : v;
    return true;
}

/* Another value than that in `values`, number i, as text; false: there are no more. A value that is not
 * allowed is replaced by the value itself. */
static inline bool others_text(char out[64], const dsc_param *p, const void *values, size_t i) {
    const void *value = (const char *)values + p->offset;
    static const char *const texts[] = {"1", "same", "2"};
    char number[40];
    int64_t pair[2];
    double real;
    switch (p->type) {
    case DSC_PARAM_INT:
        if (!others_integer(pair, *(const int64_t *)value, p, i)) return false;
        (void)snprintf(out, 64, "%lld", (long long)pair[0]);
        return true;
    case DSC_PARAM_PAIR: /* the first, then the second, then both */
        memcpy(pair, value, sizeof pair);
        if (i % 3 != 1 && !others_integer(&pair[0], pair[0], p, i / 3)) return false;
        if (i % 3 != 0 && !others_integer(&pair[1], pair[1], p, i / 3)) return false;
        (void)snprintf(out, 64, "%lldx%lld", (long long)pair[0], (long long)pair[1]);
        return true;
    case DSC_PARAM_REAL:
        if (!others_real(&real, *(const double *)value, p, i)) return false;
        (void)snprintf(out, 64, "%s", dsc_format_shortest(number, real));
        return true;
    case DSC_PARAM_SWITCH:
        (void)snprintf(out, 64, "%s", *(const bool *)value ? "off" : "on");
        return i == 0;
    case DSC_PARAM_CHOICE: {
        const char *choice = p->choices;
        for (; i; i--) {
            choice += strcspn(choice, "|");
            if (!*choice++) return false;
        }
        (void)snprintf(out, 64, "%.*s", (int)strcspn(choice, "|"), choice);
        return true;
    }
    case DSC_PARAM_TEXT:
        if (i < 3) (void)snprintf(out, 64, "%s", texts[i]);
        return i < 3;
    case DSC_PARAM_SEED:
        break;
    }
    return false;
}

#endif
