/* SPDX-License-Identifier: MIT */
/* power_law.c: fits error = floor + scale * n^-rate. For a given rate the law is linear in floor and scale,
 * whose best values have a closed form; only the rate is searched, over a fine grid. */
#include "measure/power_law.h"

#include <math.h>

enum { RATES = 991 };
static const double RATE_LEAST = 0.02, RATE_STEP = 0.002;

/* Sum of squared relative residuals for a rate; sets floor and scale to their best values, not below 0. n is
 * relative to the first point, so that no power overflows. */
static double fit_rate(dsc_power_law *law, double rate, const double *n, const double *error, size_t count,
                       size_t left_out) {
    double a = 0, b = 0, c = 0, u = 0, v = 0, missed = 0;
    for (size_t i = 0; i < count; i++) {
        if (i == left_out) continue;
        const double one = 1 / error[i], power = pow(n[i] / n[0], -rate) / error[i];
        a += one * one;
        b += one * power;
        c += power * power;
        u += one;
        v += power;
    }
    const double determinant = a * c - b * b;
    law->rate = rate;
    law->floor = determinant > 0 ? (u * c - v * b) / determinant : 0;
    if (!(law->floor > 0)) law->floor = 0;
    law->scale = (v - law->floor * b) / c;
    if (!(law->scale > 0)) {
        law->scale = 0;
        law->floor = u / a;
    }
    for (size_t i = 0; i < count; i++) {
        if (i == left_out) continue;
        const double off = (law->floor + law->scale * pow(n[i] / n[0], -rate)) / error[i] - 1;
        missed += off * off;
    }
    law->scale *= pow(n[0], rate);
    return missed;
}

static bool fit(dsc_power_law *law, const double *n, const double *error, size_t count, size_t left_out) {
    double least = (double)INFINITY;
    for (int i = 0; i < RATES; i++) {
        dsc_power_law candidate;
        const double missed = fit_rate(&candidate, RATE_LEAST + i * RATE_STEP, n, error, count, left_out);
        if (!(missed < least)) continue;
        least = missed;
        *law = candidate;
    }
    return isfinite(least) && law->scale > 0;
}

static bool can_be_fitted(const double *n, const double *error, size_t count) {
    if (count < DSC_POWER_LAW_LEAST || count > DSC_POWER_LAW_MOST) return false;
    for (size_t i = 0; i < count; i++)
        if (!(n[i] > 0 && isfinite(n[i]) && error[i] > 0 && isfinite(error[i]))) return false;
    return true;
}

bool dsc_power_law_fit(dsc_power_law *law, const double *n, const double *error, size_t count) {
    return can_be_fitted(n, error, count) && fit(law, n, error, count, count);
}

double dsc_power_law_at(const dsc_power_law *law, double n) {
    return law->floor + law->scale * pow(n, -law->rate);
}

bool dsc_power_law_outlook(dsc_outlook *outlook, const double *n, const double *error, size_t count,
                           double at) {
    outlook->n = at;
    if (!dsc_power_law_fit(&outlook->law, n, error, count)) return false;
    outlook->error = outlook->low = outlook->high = dsc_power_law_at(&outlook->law, at);
    for (size_t i = 0; i < count; i++) {
        dsc_power_law law;
        if (!fit(&law, n, error, count, i)) return false;
        const double value = dsc_power_law_at(&law, at);
        outlook->low = fmin(outlook->low, value);
        outlook->high = fmax(outlook->high, value);
        if (i + 1 == count) outlook->foretold = dsc_power_law_at(&law, n[i]);
    }
    const double off = error[count - 1] / outlook->foretold;
    outlook->low = fmin(outlook->low, outlook->error * fmin(off, 1 / off));
    outlook->high = fmax(outlook->high, outlook->error * fmax(off, 1 / off));
    return true;
}
