/* SPDX-License-Identifier: MIT */
/* y = x if x is not negative, otherwise 0. */
static void relu(float *y, const float *x, int n) {
    for (int i = 0; i < n; i++) y[i] = x[i] < 0 ? 0 : x[i];
}
