/* SPDX-License-Identifier: MIT */
/* 1 / (1 + e^-x); uses e^-|x|, which cannot overflow. */
static float logistic(float x) {
    const float e = exponential(x < 0 ? x : -x);
    return (x < 0 ? e : 1.0f) / (1.0f + e);
}
