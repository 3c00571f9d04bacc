/* SPDX-License-Identifier: MIT */
/* |x| < 0.625: x + x^3 P(x^2); above: 1 - 2 / (e^(2 |x|) + 1). */
static void hyperbolic_tangent(float *y, const float *x, int n) {
    for (int i = 0; i < n; i++) {
        const float size = x[i] < 0 ? -x[i] : x[i], z = x[i] * x[i];
        float p = 2.147536958e-03f;
        p = p * z + -8.182673715e-03f;
        p = p * z + 2.170296758e-02f;
        p = p * z + -5.394720286e-02f;
        p = p * z + 1.333321035e-01f;
        p = p * z + -3.333333135e-01f;
        const float far = 1.0f - 2.0f / (exponential(size + size) + 1.0f);
        y[i] = size < 0.625f ? x[i] + x[i] * (z * p) : x[i] < 0 ? -far : far;
    }
}
