/* SPDX-License-Identifier: MIT */
/* y = 1 / (1 + e^-x). */
static void sigmoid(float *y, const float *x, int n) {
    for (int i = 0; i < n; i++) y[i] = logistic(x[i]);
}
