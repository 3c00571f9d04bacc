/* SPDX-License-Identifier: MIT */
/* spread.c: mean, standard deviation, and Student's t.
 *
 * The probability between -t and t is a finite sum of powers of cos(atan(t / sqrt(freedom))): Abramowitz and
 * Stegun, "Handbook of Mathematical Functions" (1964), 26.7.3 and 26.7.4. It increases with t, so bisection
 * finds the t of a given probability. */
#include "measure/spread.h"

#include <math.h>

enum { FREEDOM_MOST = 10000, HALVINGS = 60 };

static const double PI = 3.14159265358979323846;

/* The probability between -t and t, t = sqrt(freedom) tan(angle). */
static double share_within(double angle, size_t freedom) {
    const double c = cos(angle), s = sin(angle);
    double term = 1, sum = 0;
    if (freedom % 2) {
        term = c;
        for (size_t k = 1; k + 2 <= freedom; k += 2) {
            sum += term;
            term *= c * c * (double)(k + 1) / (double)(k + 2);
        }
        return 2 / PI * (angle + s * sum);
    }
    for (size_t k = 0; k + 2 <= freedom; k += 2) {
        sum += term;
        term *= c * c * (double)(k + 1) / (double)(k + 2);
    }
    return s * sum;
}

double dsc_student_95(size_t freedom) {
    if (freedom > FREEDOM_MOST) freedom = FREEDOM_MOST; /* 1.9602; the limit is 1.9600 */
    double low = 0, high = PI / 2;
    for (int i = 0; i < HALVINGS; i++) {
        const double middle = (low + high) / 2;
        if (share_within(middle, freedom) < 0.95)
            low = middle;
        else
            high = middle;
    }
    return sqrt((double)freedom) * tan((low + high) / 2);
}

dsc_spread dsc_spread_of(const double *values, size_t count) {
    dsc_spread s = {0, (double)NAN, (double)NAN, (double)NAN, (double)NAN};
    double sum = 0, squares = 0;
    for (size_t i = 0; i < count; i++)
        if (!isnan(values[i])) {
            s.count++;
            sum += values[i];
        }
    if (!s.count) return s;
    s.mean = sum / (double)s.count;
    if (s.count < 2) return s;
    for (size_t i = 0; i < count; i++)
        if (!isnan(values[i])) squares += (values[i] - s.mean) * (values[i] - s.mean);
    s.deviation = sqrt(squares / (double)(s.count - 1));
    const double half = dsc_student_95(s.count - 1) * s.deviation / sqrt((double)s.count);
    s.low = s.mean - half;
    s.high = s.mean + half;
    return s;
}
