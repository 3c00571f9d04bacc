/* SPDX-License-Identifier: MIT */
/* log(x) of a normal float x > 0: x = 2^e m, sqrt(1/2) <= m < sqrt(2), f = m - 1, s = f / (2 + f);
 * log(1 + f) = f - (f^2/2 - s (f^2/2 + R)), R = s^2 P(s^2). */
static float logarithm(float x) {
    uint32_t bits;
    float m;
    if (x != x) return x;
    memcpy(&bits, &x, sizeof bits);
    const int exponent = (int)((bits - 0x3f3504f3u) >> 23) - (bits < 0x3f3504f3u ? 512 : 0);
    bits -= (uint32_t)exponent << 23;
    memcpy(&m, &bits, sizeof m);
    const float e = (float)exponent, f = m - 1.0f, s = f / (f + 2.0f), z = s * s, half = f * f * 0.5f;
    float p = 2.358260304e-01f;
    p = p * z + 2.853728533e-01f;
    p = p * z + 4.000033438e-01f;
    p = p * z + 6.666666269e-01f;
    const float small = s * (half + p * z) + e * -2.12194440e-4f;
    return e * 0.693359375f - ((half - small) - f);
}
