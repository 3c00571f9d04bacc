/* SPDX-License-Identifier: MIT */
/* |x| < 0.875: x P(x^2); above: 1 - e^-P(|x|), where P fits -log(erfc) up to 4. */
static float error_function(float x) {
    float size = x < 0 ? -x : x;
    const float z = x * x;
    if (size < 0.875f) {
        float p = 8.698966121e-05f;
        p = p * z + -8.216546848e-04f;
        p = p * z + 5.207219161e-03f;
        p = p * z + -2.686177380e-02f;
        p = p * z + 1.128373668e-01f;
        p = p * z + -3.761263490e-01f;
        return x * (p * z + 1.283791870e-01f) + x;
    }
    if (size > 4.0f) size = 4.0f;
    float q = 2.055429468e-05f;
    q = q * size + -4.282285809e-04f;
    q = q * size + 4.140968900e-03f;
    q = q * size + -2.504054084e-02f;
    q = q * size + 1.081587598e-01f;
    q = q * size + 6.334564686e-01f;
    q = q * size + 1.129461169e+00f;
    q = q * size + -1.635876542e-04f;
    const float far = 1.0f - exponential(-q);
    return x < 0 ? -far : far;
}
/* y = x (1 + erf(x / sqrt(2))) / 2. */
static void gelu(float *y, const float *x, int n) {
    for (int i = 0; i < n; i++) y[i] = x[i] * (0.5f + 0.5f * error_function(x[i] * 0.70710678118654752440f));
}
