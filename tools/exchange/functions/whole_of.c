/* SPDX-License-Identifier: MIT */
/* The nearest integer to x (ties to even), clamped to [low, high]. */
static int32_t whole_of(float x, int32_t low, int32_t high) {
    if (x <= (float)low) return low;
    if (x >= (float)high) return high;
    const int32_t whole = (int32_t)x;
    const float rest = x - (float)whole;
    if (rest > 0.5f || (rest == 0.5f && whole % 2)) return whole + 1;
    return rest < -0.5f || (rest == -0.5f && whole % 2) ? whole - 1 : whole;
}
