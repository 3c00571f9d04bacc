/* SPDX-License-Identifier: MIT */
/* y = x if x is not negative, otherwise alpha (e^x - 1), as 2 t / (1 - t) with t = tanh(x / 2). */
static void elu(float *y, const float *x, int n, float alpha) {
    for (int i = 0; i < n; i++) {
        const float half = 0.5f * x[i];
        float t;
        hyperbolic_tangent(&t, &half, 1);
        y[i] = x[i] < 0 ? alpha * ((t + t) / (1.0f - t)) : x[i];
    }
}
