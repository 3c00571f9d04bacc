/* SPDX-License-Identifier: MIT */
/* y = x / (1 + e^-x). */
static void silu(float *y, const float *x, int n) {
    for (int i = 0; i < n; i++) y[i] = x[i] * logistic(x[i]);
}
