/* SPDX-License-Identifier: MIT */
/* The sum of x (n): sixteen partial sums of every sixteenth number, added 8 apart, 4, 2, 1. */
static float sum_of(const float *x, int n) {
    float part[16] = {0};
    for (int i = 0; i < n; i++) part[i % 16] += x[i];
    for (int apart = 8; apart > 0; apart /= 2)
        for (int i = 0; i < apart; i++) part[i] += part[i + apart];
    return part[0];
}
