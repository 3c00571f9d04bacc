/* SPDX-License-Identifier: MIT */
/* y = gamma (x - mean) / sqrt(variance + epsilon) + beta for each channel of x (channels, pixels). */
static void batch_norm(float *y, const float *x, const float *gamma, const float *beta, const float *mean,
                       const float *variance, int channels, int pixels, double epsilon) {
    for (int c = 0; c < channels; c++) {
        const float factor = gamma[c] * (float)(1 / square_root((double)variance[c] + epsilon));
        for (int i = c * pixels; i < (c + 1) * pixels; i++) y[i] = (x[i] - mean[c]) * factor + beta[c];
    }
}
