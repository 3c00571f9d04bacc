/* SPDX-License-Identifier: MIT */
/* The square root of x > 0, correctly rounded (IEEE 754), bit by bit. */
static double square_root(double x) {
    uint64_t bits, root = 0, rest = 0;
    memcpy(&bits, &x, sizeof bits);
    int exponent = (int)(bits >> 52) - 1023;
    uint64_t mantissa = (bits & 0xfffffffffffffu) | 0x10000000000000u; /* 53 bits */
    if (exponent % 2) {
        mantissa <<= 1;
        exponent--;
    }
    /* 54 bits of the root, the last for rounding: each consumes two bits of the mantissa, then zeros. */
    for (int i = 0; i < 54; i++) {
        const int shift = 52 - 2 * i;
        const uint64_t two = shift >= 0 ? mantissa >> shift & 3 : 0;
        rest = rest << 2 | two;
        root <<= 1;
        if (rest > root * 2) {
            rest -= root * 2 + 1;
            root++;
        }
    }
    root = (root + 1) >> 1; /* no ties: a root of 54 bits would have a square longer than the mantissa */
    bits = root & 0xfffffffffffffu;
    bits |= (uint64_t)(exponent / 2 + 1023 + (int)(root >> 53)) << 52;
    memcpy(&x, &bits, sizeof x);
    return x;
}
