/* SPDX-License-Identifier: MIT */
/* Each row of y (rows, n) holds the probabilities of x: e^x divided by the sum. */
static void softmax(float *y, const float *x, int rows, int n) {
    for (int row = 0; row < rows; row++, x += n, y += n) {
        float most = x[0];
        for (int i = 1; i < n; i++)
            if (x[i] > most || x[i] != x[i]) most = x[i];
        for (int i = 0; i < n; i++) y[i] = exponential(x[i] - most);
        const float factor = 1 / sum_of(y, n);
        for (int i = 0; i < n; i++) y[i] = y[i] * factor < 1.17549435e-38f ? 0 : y[i] * factor;
    }
}
