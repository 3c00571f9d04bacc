/* SPDX-License-Identifier: MIT */
/* (x multiplier + 2^(shift - 1)) >> shift, clamped to [low, high]. */
static int32_t requantised(int32_t x, int32_t multiplier, int32_t shift, int32_t low, int32_t high) {
    int64_t y = (int64_t)x * multiplier;
    if (shift) y += (int64_t)1 << (shift - 1);
    y = y >= 0 ? y >> shift : -((-y + ((int64_t)1 << shift) - 1) >> shift);
    return y < low ? low : y > high ? high : (int32_t)y;
}
