/* SPDX-License-Identifier: MIT */
/* math_template.h: elementary functions on vectors, for the instruction set that isa_*.h began.
 *
 * Argument reduction follows Cody and Waite, "Software Manual for the Elementary Functions" (1980). The
 * logarithm handles its small terms as in Tang, "Table-driven implementation of the logarithm function"
 * (1990), without the table. The polynomials are minimax fits made for this file (Lawson's iteration in
 * double) on the intervals named. Multiplications and additions are never fused, so every set and machine
 * gives the same bits. The checking build uses the C library's functions in double, because it needs no bit
 * equality. */

#define DSC_MAP(name)                                                                                        \
    static void DSC_ISA(name)(dsc_real * out, const dsc_real *in, size_t count) {                            \
        size_t i = 0;                                                                                        \
        for (; i + DSC_ISA_WIDTH <= count; i += DSC_ISA_WIDTH)                                               \
            vec_store(out + i, DSC_ISA(name##_of)(vec_load(in + i)));                                        \
        if (i < count) {                                                                                     \
            const vec_mask mask = vec_first(count - i);                                                      \
            vec_store_first(out + i, DSC_ISA(name##_of)(vec_load_first(in + i, mask)), mask);                \
        }                                                                                                    \
    }

#ifdef DSC_REAL_DOUBLE
#define DSC_LIBM(name, expression)                                                                           \
    DSC_INLINE vec DSC_ISA(name##_of)(vec v) {                                                               \
        for (int i = 0; i < DSC_ISA_WIDTH; i++) {                                                            \
            const double x = v[i];                                                                           \
            v[i] = expression;                                                                               \
        }                                                                                                    \
        return v;                                                                                            \
    }
DSC_LIBM(exp, exp(x))
DSC_LIBM(log, log(x))
DSC_LIBM(tanh, tanh(x))
DSC_LIBM(sigmoid, 1 / (1 + exp(-x)))
DSC_LIBM(erf, erf(x))
DSC_LIBM(sin, sin(x))
DSC_LIBM(cos, cos(x))
#undef DSC_LIBM
#else

/* exp(x) = 2^n exp(r), |r| <= log(2) / 2; exp(r) = 1 + r + r^2 P(r). 2^n is applied in two factors, so that
 * the largest results and the denormals are correct. */
DSC_INLINE vec DSC_ISA(exp_of)(vec x) {
    const vec magic = vec_all(12582912.0f); /* 1.5 * 2^23: adding it rounds to an integer in the low bits */
    vec bounded = vec_select(x > vec_all(89.0f), vec_all(89.0f), x);
    bounded = vec_select(bounded < vec_all(-104.5f), vec_all(-104.5f), bounded);
    const vec shifted = bounded * vec_all(1.44269504f) + magic, n = shifted - magic;
    const vec r = (bounded - n * vec_all(0.693359375f)) - n * vec_all(-2.12194440e-4f);
    vec p = vec_all(1.991938043e-04f);
    p = p * r + vec_all(1.394722494e-03f);
    p = p * r + vec_all(8.333262987e-03f);
    p = p * r + vec_all(4.166625440e-02f);
    p = p * r + vec_all(1.666666716e-01f);
    p = p * r + vec_all(0.5f);
    p = (p * (r * r) + r) + vec_all(1.0f);
    const vec_bits whole = (vec_bits)((vec_word)shifted - (vec_word)magic), half = whole >> 1;
    const vec_word one = (vec_word)vec_all(1.0f);
    return (p * (vec)(one + ((vec_word)half << 23))) * (vec)(one + ((vec_word)(whole - half) << 23));
}

/* x = 2^e m, sqrt(1/2) <= m < sqrt(2), f = m - 1, s = f / (2 + f): log(1 + f) = f - (f^2/2 - s (f^2/2 + R)),
 * R = s^2 P(s^2), |s| <= 0.1716. */
DSC_INLINE vec DSC_ISA(log_of)(vec x) {
    const vec zero = {0};
    const vec_bits tiny = x < vec_all(1.17549435e-38f);
    const vec normal = vec_select(tiny, x * vec_all(8388608.0f), x);
    const vec_bits bits = (vec_bits)((vec_word)normal - (vec_word)vec_all(0.707106769f));
    const vec_bits exponent = bits >> 23;
    const vec m = (vec)((vec_word)normal - ((vec_word)exponent << 23));
    const vec e = __builtin_convertvector(exponent, vec) - vec_select(tiny, vec_all(23.0f), zero);
    const vec f = m - vec_all(1.0f), s = f / (f + vec_all(2.0f)), z = s * s, half = f * f * vec_all(0.5f);
    vec p = vec_all(2.358260304e-01f);
    p = p * z + vec_all(2.853728533e-01f);
    p = p * z + vec_all(4.000033438e-01f);
    p = p * z + vec_all(6.666666269e-01f);
    const vec small = s * (half + p * z) + e * vec_all(-2.12194440e-4f);
    vec y = e * vec_all(0.693359375f) - ((half - small) - f);
    y = vec_select(x == vec_all(INFINITY), x, y);
    y = vec_select(x == zero, vec_all(-INFINITY), y);
    return vec_select((x < zero) | (x != x), vec_all(NAN), y);
}

/* |x| < 0.625: x + x^3 P(x^2); above: 1 - 2 / (exp(2 |x|) + 1). */
DSC_INLINE vec DSC_ISA(tanh_of)(vec x) {
    const vec size = vec_magnitude(x), z = x * x;
    vec p = vec_all(2.147536958e-03f);
    p = p * z + vec_all(-8.182673715e-03f);
    p = p * z + vec_all(2.170296758e-02f);
    p = p * z + vec_all(-5.394720286e-02f);
    p = p * z + vec_all(1.333321035e-01f);
    p = p * z + vec_all(-3.333333135e-01f);
    const vec near = x + x * (z * p);
    const vec far = vec_all(1.0f) - vec_all(2.0f) / (DSC_ISA(exp_of)(size + size) + vec_all(1.0f));
    return vec_with_sign(vec_select(size < vec_all(0.625f), near, far), x); /* -0 stays -0 */
}

/* e = exp(-|x|) cannot overflow: 1 / (1 + e) for x >= 0, e / (1 + e) below. */
DSC_INLINE vec DSC_ISA(sigmoid_of)(vec x) {
    const vec one = vec_all(1.0f), e = DSC_ISA(exp_of)(-vec_magnitude(x));
    return vec_select(x < (vec){0}, e, one) / (one + e);
}

/* x| < 0.875: x P(x^2); above: 1 - exp(-P(|x|)), where P fits -log(erfc) up to 4; beyond 4, erf is 1 in
 * float. */
DSC_INLINE vec DSC_ISA(erf_of)(vec x) {
    vec size = vec_magnitude(x);
    const vec z = x * x;
    vec p = vec_all(8.698966121e-05f);
    p = p * z + vec_all(-8.216546848e-04f);
    p = p * z + vec_all(5.207219161e-03f);
    p = p * z + vec_all(-2.686177380e-02f);
    p = p * z + vec_all(1.128373668e-01f);
    p = p * z + vec_all(-3.761263490e-01f);
    const vec near = x * (p * z + vec_all(1.283791870e-01f)) + x; /* the first coefficient is 1 + 0.128 */
    size = vec_select(size > vec_all(4.0f), vec_all(4.0f), size);
    vec q = vec_all(2.055429468e-05f);
    q = q * size + vec_all(-4.282285809e-04f);
    q = q * size + vec_all(4.140968900e-03f);
    q = q * size + vec_all(-2.504054084e-02f);
    q = q * size + vec_all(1.081587598e-01f);
    q = q * size + vec_all(6.334564686e-01f);
    q = q * size + vec_all(1.129461169e+00f);
    q = q * size + vec_all(-1.635876542e-04f);
    const vec far = vec_all(1.0f) - DSC_ISA(exp_of)(-q);
    return vec_with_sign(vec_select(vec_magnitude(x) < vec_all(0.875f), near, far), x);
}

/* Reduces one angle of 2048 or more in fixed point (Payne and Hanek, "Radian reduction for trigonometric
 * functions", 1983): x = m 2^e with a 24-bit integer m. Of x 2/pi only two bits before the binary point and
 * 62 after it matter; they depend on the bits of 2/pi at an offset given by e. */
static float DSC_ISA(reduce_large)(int32_t *quarter, float x) {
    static const uint32_t two_over_pi[8] = {0x00000000, 0xA2F9836E, 0x4E441529, 0xFC2757D1,
                                            0xF534DDC0, 0xDB629599, 0x3C439041, 0xFE5163AB};
    uint32_t bits;
    memcpy(&bits, &x, sizeof bits);
    const int e = (int)(bits >> 23 & 255) - 150; /* x = m 2^e, -13 < e <= 104 */
    const uint64_t m = (bits & 0x7fffffu) | 0x800000u;
    /* The bits of 2/pi above 2^-(e-2) contribute multiples of four quarter turns and are dropped. */
    const int from = e + 30, word = from / 32, shift = from % 32; /* bit 0 of the table stands for 2^31 */
    uint64_t high = (uint64_t)two_over_pi[word] << 32 | two_over_pi[word + 1];
    uint64_t low = (uint64_t)two_over_pi[word + 2] << 32 | two_over_pi[word + 3];
    if (shift) {
        high = high << shift | low >> (64 - shift);
        low <<= shift;
    }
    /* high: bits of weight 2^(1-e) and below, times m 2^e: the product modulo 2^64 in units of 2^-62. */
    const uint64_t product = m * high + (m * (low >> 32) >> 32);
    const uint64_t whole = (product >> 62) + (product >> 61 & 1);
    const int64_t fraction = (int64_t)(product << 2) >> 2; /* in (-1/2, 1/2] quarter turns, times 2^62 */
    *quarter = (int32_t)(x < 0 ? 4 - whole : whole);       /* whole is at most 4 */
    const double r = (double)fraction * 0x1p-62 * 1.5707963267948966;
    return (float)(x < 0 ? -r : r);
}

/* x = n pi/2 + r; cos adds one quarter turn. sin(r) = r + r^3 S(r^2), cos(r) = 1 - r^2/2 + r^4 C(r^2), |r| <=
 * pi/4. pi/2 is subtracted in five parts, four of them of at most 9 bits, so that their products with n (11
 * bits) are exact. */
DSC_INLINE vec DSC_ISA(sin_or_cos)(vec x, int quarters) {
    const vec magic = vec_all(12582912.0f);
    const vec shifted = x * vec_all(0.636619747f) + magic, n = shifted - magic;
    vec r = x - n * vec_all(0x1.92p+0f);
    r = r - n * vec_all(0x1.fap-12f);
    r = r - n * vec_all(0x1.54p-20f);
    r = r - n * vec_all(0x1.1p-30f);
    r = r - n * vec_all(0x1.68c234p-39f);
    vec_bits quarter = (vec_bits)((vec_word)shifted - (vec_word)magic);
    const vec_bits large = ~(vec_magnitude(x) < vec_all(2048.0f));
    bool any = false;
    for (int i = 0; i < DSC_ISA_WIDTH; i++) any = any || large[i] != 0;
    if (any)
        for (int i = 0; i < DSC_ISA_WIDTH; i++) {
            int32_t turned = 0;
            if (large[i] == 0) continue;
            r[i] = x[i] - x[i] == 0 ? DSC_ISA(reduce_large)(&turned, x[i]) : NAN;
            quarter[i] = turned;
        }
    quarter += quarters;
    const vec z = r * r;
    vec s = vec_all(2.717564485e-06f);
    s = s * z + vec_all(-1.983925613e-04f);
    s = s * z + vec_all(8.333329111e-03f);
    s = s * z + vec_all(-1.666666716e-01f);
    s = s * (z * r) + r;
    vec c = vec_all(-2.720330201e-07f);
    c = c * z + vec_all(2.479943578e-05f);
    c = c * z + vec_all(-1.388888340e-03f);
    c = c * z + vec_all(4.166666791e-02f);
    c = (c * (z * z) - z * vec_all(0.5f)) + vec_all(1.0f);
    const vec_bits odd = -(quarter & 1);
    const vec_word minus = ((vec_word)quarter & 2) << 30;
    return (vec)((vec_word)vec_select(odd, c, s) ^ minus);
}
DSC_INLINE vec DSC_ISA(sin_of)(vec x) { return vec_select(x == (vec){0}, x, DSC_ISA(sin_or_cos)(x, 0)); }
DSC_INLINE vec DSC_ISA(cos_of)(vec x) { return DSC_ISA(sin_or_cos)(x, 1); }
#endif

DSC_MAP(exp)
DSC_MAP(log)
DSC_MAP(tanh)
DSC_MAP(sigmoid)
DSC_MAP(erf)
DSC_MAP(sin)
DSC_MAP(cos)
#undef DSC_MAP

/* Works in blocks of sixteen, so that the sums match those of loops_template.h: block sums are added in
 * order. */
static dsc_real DSC_ISA(exp_sum)(dsc_real *out, const dsc_real *in, dsc_real shift, size_t count) {
    vec sum[DSC_ISA(lanes)] = {{0}};
    for (size_t i = 0; i < count; i += 16)
        for (int v = 0; v < DSC_ISA(lanes); v++) {
            const size_t at = i + (size_t)v * DSC_ISA_WIDTH;
            if (at + DSC_ISA_WIDTH <= count) {
                const vec y = DSC_ISA(exp_of)(vec_load(in + at) - vec_all(shift));
                sum[v] += y;
                vec_store(out + at, y);
            } else if (at < count) {
                const vec_mask mask = vec_first(count - at);
                dsc_real some[DSC_ISA_WIDTH] = {0};
                vec_store_first(some, DSC_ISA(exp_of)(vec_load_first(in + at, mask) - vec_all(shift)), mask);
                sum[v] += vec_load(some);
                vec_store_first(out + at, vec_load(some), mask);
            }
        }
    return DSC_ISA(sum_lanes)(sum);
}

static void DSC_ISA(softmax)(dsc_real *out, const dsc_real *in, size_t count) {
    if (count == 0) return;
    const dsc_real sum = DSC_ISA(exp_sum)(out, in, DSC_ISA(max)(in, count), count);
    DSC_ISA(scale)(out, out, 1 / sum, count);
}
