/* SPDX-License-Identifier: MIT */
/* y (rows): the maximum of each row of x (rows, n). */
static void largest(float *y, const float *x, int rows, int n) {
    for (int row = 0; row < rows; row++, x += n) {
        float best = x[0];
        for (int i = 1; i < n; i++)
            if (x[i] > best || x[i] != x[i]) best = x[i];
        y[row] = best;
    }
}
