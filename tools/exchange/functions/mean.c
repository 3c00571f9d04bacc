/* SPDX-License-Identifier: MIT */
/* y (rows): the mean of each row of x (rows, n). */
static void mean(float *y, const float *x, int rows, int n) {
    for (int i = 0; i < rows; i++) y[i] = sum_of(x + i * n, n) / (float)n;
}
