/* SPDX-License-Identifier: MIT */
/* y = x, limited to the range from low to high. */
static void clip(float *y, const float *x, int n, float low, float high) {
    for (int i = 0; i < n; i++) y[i] = x[i] < low ? low : x[i] > high ? high : x[i];
}
