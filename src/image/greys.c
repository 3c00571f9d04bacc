/* SPDX-License-Identifier: MIT */
/* greys.c: see greys.h. */
#include "image/greys.h"

unsigned dsc_quantile(const size_t counts[256], double share) {
    size_t all = 0, sum = 0;
    for (unsigned v = 0; v < 256; v++) all += counts[v];
    for (unsigned v = 0; v < 256; v++) {
        sum += counts[v];
        if ((double)sum > share * (double)all) return v;
    }
    return 255;
}

unsigned dsc_split_greys(double *separate, const size_t counts[256]) {
    double all = 0, sum = 0, squares = 0, below = 0, sum_below = 0, best = 0;
    unsigned threshold = 0;
    for (unsigned v = 0; v < 256; v++) {
        all += (double)counts[v];
        sum += (double)counts[v] * v;
        squares += (double)counts[v] * v * v;
    }
    const double variance = squares - sum * sum / all;
    for (unsigned v = 0; v < 255; v++) {
        below += (double)counts[v];
        sum_below += (double)counts[v] * v;
        if (below == 0 || below == all) continue;
        const double apart = sum_below / below - (sum - sum_below) / (all - below);
        const double between = below * (all - below) / all * apart * apart;
        if (between > best) best = between, threshold = v;
    }
    *separate = variance > 0 ? best / variance : 0;
    return threshold;
}
