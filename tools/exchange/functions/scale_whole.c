/* SPDX-License-Identifier: MIT */
/* y = factor x, from integers to floats. */
static void scale_whole(float *y, const void *x, int x_wide, int x_from, int n, float factor) {
    for (int i = 0; i < n; i++) y[i] = (float)whole_at(x, x_wide, x_from, i) * factor;
}
