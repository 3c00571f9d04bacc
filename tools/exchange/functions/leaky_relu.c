/* SPDX-License-Identifier: MIT */
/* y = x if x is positive, otherwise slope x. */
static void leaky_relu(float *y, const float *x, int n, float slope) {
    for (int i = 0; i < n; i++) y[i] = x[i] > 0 ? x[i] : slope * x[i];
}
