/* SPDX-License-Identifier: MIT */
/* elementary.c: exp, log and cosine from additions, multiplications and divisions only, which every machine
 * rounds alike.
 *
 * Arguments are reduced as in Cody and Waite, "Software Manual for the Elementary Functions" (1980). A Taylor
 * series follows: it is long but needs no table and no fit. */
#include "base/elementary.h"

#include <math.h>

static const double log_2_high = 0x1.62e42fee00000p-1; /* the low 21 bits are 0, so n times this is exact */
static const double log_2_low = 0x1.a39ef35793c76p-33;
static const double pi = 0x1.921fb54442d18p+1;

/* exp(x) = 2^n exp(r), |r| <= log(2) / 2, where r^15 / 15! < 2^-60. */
double dsc_exp(double x) {
    if (x != x) return x;
    if (x > 710) return INFINITY;
    if (x < -746) return 0;
    const double n = floor(x * 0x1.71547652b82fep+0 + 0.5);
    const double r = (x - n * log_2_high) - n * log_2_low;
    double sum = 1;
    for (int k = 14; k > 0; k--) sum = 1 + sum * r / k;
    return ldexp(sum, (int)n);
}

/* x = 2^e m, sqrt(1/2) <= m < sqrt(2); s = (m - 1) / (m + 1); log(m) = 2 (s + s^3/3 + s^5/5 + ...), |s| <
 * 0.172. */
double dsc_log(double x) {
    if (x != x || x < 0) return NAN;
    if (x == 0) return -INFINITY;
    if (x == INFINITY) return x;
    int e;
    double m = frexp(x, &e);
    if (m < 0.70710678118654752) m *= 2, e--;
    const double s = (m - 1) / (m + 1), z = s * s;
    double sum = 0;
    for (int k = 25; k > 1; k -= 2) sum = (sum + 1.0 / k) * z;
    return e * log_2_high + (e * log_2_low + (2 * s * sum + 2 * s));
}

/* In an eighth of a turn uses the series of the cosine, in the next one the series of the sine of the
 * complement. */
double dsc_cos_pi(double x) {
    if (!(fabs(x) < 0x1p60)) return x - x == 0 ? 1 : NAN; /* a number this large is even */
    x = fabs(x) - 2 * floor(fabs(x) / 2);
    if (x > 1) x = 2 - x;
    if (x > 0.5) return -dsc_cos_pi(1 - x);
    const double t = pi * (x > 0.25 ? 0.5 - x : x), z = t * t;
    double sum = 1;
    if (x > 0.25) {
        for (int k = 18; k > 0; k -= 2) sum = 1 - sum * z / (k * (k + 1));
        return sum * t;
    }
    for (int k = 18; k > 0; k -= 2) sum = 1 - sum * z / (k * (k - 1));
    return sum;
}

double dsc_power(double x, uint64_t n) {
    double power = 1;
    for (; n; n >>= 1, x *= x)
        if (n & 1) power *= x;
    return power;
}
