/* SPDX-License-Identifier: MIT */
/* e^x = 2^n e^r, |r| <= log(2) / 2 (argument reduction of Cody and Waite, 1980); 2^n in two factors, so that
 * the largest results are correct. Results below the smallest normal float are 0. */
static float power_of_two(int n) {
    const uint32_t bits = (uint32_t)(n + 127) << 23;
    float power;
    memcpy(&power, &bits, sizeof power);
    return power;
}
static float exponential(float x) {
    if (x != x) return x;
    const float bounded = x > 89.0f ? 89.0f : x < -104.5f ? -104.5f : x;
    /* 1.5 * 2^23: adding it rounds to an integer. Volatile, so that compilers keep the addition. */
    const volatile float shifted = bounded * 1.44269504f + 12582912.0f;
    const float n = shifted - 12582912.0f;
    const float r = (bounded - n * 0.693359375f) - n * -2.12194440e-4f;
    float p = 1.991938043e-04f;
    p = p * r + 1.394722494e-03f;
    p = p * r + 8.333262987e-03f;
    p = p * r + 4.166625440e-02f;
    p = p * r + 1.666666716e-01f;
    p = p * r + 0.5f;
    p = (p * (r * r) + r) + 1.0f;
    const int whole = (int)n, half = whole >= 0 ? whole / 2 : (whole - 1) / 2;
    const float y = (p * power_of_two(half)) * power_of_two(whole - half);
    return y < 1.17549435e-38f ? 0 : y;
}
