/* SPDX-License-Identifier: MIT */
/* y (rows): the sum of each row of x (rows, n). */
static void sum_rows(float *y, const float *x, int rows, int n) {
    for (int i = 0; i < rows; i++) y[i] = sum_of(x + i * n, n);
}
