/* SPDX-License-Identifier: MIT */
/* y = x where x is above 0, else slope x. */
static void leaky_relu(float *y, const float *x, int n, float slope) {
    for (int i = 0; i < n; i++) y[i] = x[i] > 0 ? x[i] : slope * x[i];
}
