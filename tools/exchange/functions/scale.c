/* SPDX-License-Identifier: MIT */
/* y = factor x. */
static void scale(float *y, const float *x, int n, float factor) {
    for (int i = 0; i < n; i++) y[i] = x[i] * factor;
}
