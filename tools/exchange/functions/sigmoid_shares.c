/* SPDX-License-Identifier: MIT */
/* y (n): 1 / (1 + e^-x) of each number, scaled to a sum of 1; softmax if all of them are too small for
 * that. */
static void sigmoid_shares(float *y, const float *x, int n) {
    float most = x[0];
    for (int i = 1; i < n; i++)
        if (x[i] > most) most = x[i];
    if (most <= -80) {
        softmax(y, x, 1, n);
        return;
    }
    sigmoid(y, x, n);
    const float factor = 1 / sum_of(y, n);
    for (int i = 0; i < n; i++) y[i] = y[i] * factor < 1.17549435e-38f ? 0 : y[i] * factor;
}
