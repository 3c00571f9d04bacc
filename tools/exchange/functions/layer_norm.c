/* SPDX-License-Identifier: MIT */
/* y = gamma (x - mean) / sqrt(variance + epsilon) + beta, with mean and variance of all of x (many, each);
 * gamma and beta (many). */
static void layer_norm(float *y, const float *x, const float *gamma, const float *beta, int many, int each,
                       double epsilon) {
    const int n = many * each;
    const float mean = sum_of(x, n) / (float)n;
    float part[16] = {0};
    for (int i = 0; i < n; i++) {
        y[i] = x[i] - mean;
        part[i % 16] += y[i] * y[i];
    }
    const float factor = (float)(1 / square_root((double)sum_of(part, 16) / (double)n + epsilon));
    for (int i = 0; i < n; i++) y[i] = y[i] * factor * gamma[i / each] + beta[i / each];
}
