/* SPDX-License-Identifier: MIT */
/* paired.c: McNemar's test, the difference of matched proportions, Holm's correction. */
#include "measure/paired.h"

#include <math.h>

/* 2 sum_{i <= k} C(n, i) / 2^n. Terms decrease from the k-th downwards, so they are summed relative to the
 * k-th. */
double dsc_mcnemar(const dsc_paired *paired) {
    size_t n = paired->first + paired->second;
    size_t k = paired->first < paired->second ? paired->first : paired->second;
    if (paired->first == paired->second) return 1;
    double log_of_kth = -(double)n * log(2), sum = 1, term = 1;
    for (size_t i = 1; i <= k; i++) log_of_kth += log((double)(n - k + i) / (double)i);
    for (size_t i = k; i > 0 && term > 1e-17; i--) {
        term *= (double)i / (double)(n - i + 1);
        sum += term;
    }
    return fmin(1, 2 * exp(log_of_kth) * sum);
}

dsc_difference dsc_paired_difference(const dsc_paired *paired) {
    const double z = 1.959963984540054;
    double b = (double)paired->first, c = (double)paired->second;
    double n = (double)paired->both + b + c + (double)paired->none;
    dsc_difference d = {n > 0 ? (b - c) / n : (double)NAN, -1, 1};
    if (!(n > 0)) return d;
    b += 0.5;
    c += 0.5;
    n += 2;
    double middle = (b - c) / n, half = z * sqrt(b + c - (b - c) * (b - c) / n) / n;
    d.low = fmax(-1, middle - half);
    d.high = fmin(1, middle + half);
    return d;
}

/* Multiplies the smallest by the number of tests, the next by one less, and so on, and keeps the results in
 * order. Selects repeatedly instead of sorting, because there are few. Finished values are stored negated, so
 * that they are not selected again. */
void dsc_holm(double *p, size_t count) {
    double reached = 0;
    size_t left = 0;
    for (size_t i = 0; i < count; i++) left += p[i] >= 0;
    while (left) {
        double next = (double)INFINITY;
        for (size_t i = 0; i < count; i++)
            if (p[i] >= 0 && p[i] < next) next = p[i];
        reached = fmin(1, fmax(reached, next * (double)left));
        for (size_t i = 0; i < count; i++)
            if (p[i] >= 0 && p[i] <= next) {
                p[i] = -1 - reached;
                left--;
            }
    }
    for (size_t i = 0; i < count; i++)
        if (p[i] < 0) p[i] = -1 - p[i];
}
