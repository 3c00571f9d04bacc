/* SPDX-License-Identifier: MIT */
/* loops_template.h: the simple loops of vectors.h, for the instruction set that isa_*.h began. The compiler
 * vectorises the element-wise ones; the sums name their sixteen lanes, so that all sets add in the same order. */

enum { DSC_ISA(lanes) = 16 / DSC_ISA_WIDTH }; /* vectors that hold sixteen partial sums */

/* Partial sums: 8 apart, 4, 2, 1. */
DSC_INLINE dsc_real DSC_ISA(sum_lanes)(const vec *sum) {
    dsc_real part[16];
    for (int v = 0; v < DSC_ISA(lanes); v++) vec_store(part + v * DSC_ISA_WIDTH, sum[v]);
    for (int apart = 8; apart > 0; apart /= 2)
        for (int i = 0; i < apart; i++) part[i] += part[i + apart];
    return part[0];
}

#define DSC_SUM_LOOP(term, tail)                                                                             \
    vec sum[DSC_ISA(lanes)] = {{0}};                                                                         \
    size_t i = 0;                                                                                            \
    for (; i + 16 <= count; i += 16)                                                                         \
        for (int v = 0; v < DSC_ISA(lanes); v++) {                                                           \
            const size_t at = i + (size_t)v * DSC_ISA_WIDTH;                                                 \
            sum[v] += term;                                                                                  \
        }                                                                                                    \
    if (i < count) {                                                                                         \
        dsc_real rest[16] = {0};                                                                             \
        for (size_t r = 0; i + r < count; r++) rest[r] = tail;                                               \
        for (int v = 0; v < DSC_ISA(lanes); v++) sum[v] += vec_load(rest + v * DSC_ISA_WIDTH);               \
    }                                                                                                        \
    return DSC_ISA(sum_lanes)(sum)

static dsc_real DSC_ISA(sum)(const dsc_real *in, size_t count) { DSC_SUM_LOOP(vec_load(in + at), in[i + r]); }
static dsc_real DSC_ISA(sum_squares)(const dsc_real *in, size_t count) {
    DSC_SUM_LOOP(vec_load(in + at) * vec_load(in + at), in[i + r] * in[i + r]);
}
static dsc_real DSC_ISA(dot)(const dsc_real *a, const dsc_real *b, size_t count) {
    DSC_SUM_LOOP(vec_load(a + at) * vec_load(b + at), a[i + r] * b[i + r]);
}
#undef DSC_SUM_LOOP

static dsc_real DSC_ISA(max)(const dsc_real *in, size_t count) {
    vec most = vec_all((dsc_real)-INFINITY);
    vec_bits nan = {0};
    size_t i = 0;
    for (; i + DSC_ISA_WIDTH <= count; i += DSC_ISA_WIDTH) {
        const vec x = vec_load(in + i);
        most = vec_select(x > most, x, most);
        nan |= x != x;
    }
    if (i < count) {
        const vec_mask mask = vec_first(count - i);
        const vec x = vec_load_first(in + i, mask); /* the rest is 0: put there what is in the array */
        vec padded = vec_all(in[i]);
        for (size_t r = 0; i + r < count; r++) padded[r] = x[r];
        most = vec_select(padded > most, padded, most);
        nan |= padded != padded;
    }
    dsc_real result = most[0];
    bool any = nan[0] != 0;
    for (int v = 1; v < DSC_ISA_WIDTH; v++) {
        if (most[v] > result) result = most[v];
        any = any || nan[v] != 0;
    }
    return any ? (dsc_real)NAN : result;
}

static void DSC_ISA(fill)(dsc_real *out, dsc_real value, size_t count) {
    for (size_t i = 0; i < count; i++) out[i] = value;
}
static void DSC_ISA(scale)(dsc_real *out, const dsc_real *in, dsc_real factor, size_t count) {
    for (size_t i = 0; i < count; i++) out[i] = in[i] * factor;
}
static void DSC_ISA(axpy)(dsc_real *y, dsc_real a, const dsc_real *x, size_t count) {
    for (size_t i = 0; i < count; i++) y[i] = y[i] + a * x[i];
}
static void DSC_ISA(add)(dsc_real *out, const dsc_real *a, const dsc_real *b, size_t count) {
    for (size_t i = 0; i < count; i++) out[i] = a[i] + b[i];
}
static void DSC_ISA(subtract)(dsc_real *out, const dsc_real *a, const dsc_real *b, size_t count) {
    for (size_t i = 0; i < count; i++) out[i] = a[i] - b[i];
}
static void DSC_ISA(multiply)(dsc_real *out, const dsc_real *a, const dsc_real *b, size_t count) {
    for (size_t i = 0; i < count; i++) out[i] = a[i] * b[i];
}

/* A loop over vectors, the last one partial. */
#define DSC_MAP_LOOP(store, expression)                                                                      \
    size_t i = 0;                                                                                            \
    for (; i + DSC_ISA_WIDTH <= count; i += DSC_ISA_WIDTH) vec_store(store + i, expression(vec_load));       \
    if (i < count) {                                                                                         \
        const vec_mask mask = vec_first(count - i);                                                          \
        vec_store_first(store + i, expression(DSC_LOAD_FIRST), mask);                                        \
    }
#define DSC_LOAD_FIRST(from) vec_load_first(from, mask)

static void DSC_ISA(relu)(dsc_real *out, const dsc_real *in, size_t count) {
#define DSC_RELU(load) vec_relu(load(in + i))
    DSC_MAP_LOOP(out, DSC_RELU)
#undef DSC_RELU
}

static void DSC_ISA(relu_back)(dsc_real *dx, const dsc_real *dy, const dsc_real *y, size_t count) {
#define DSC_RELU_BACK(load) vec_from_bits(vec_as_bits(load(dy + i)) & (load(y + i) > (vec){0}))
    DSC_MAP_LOOP(dx, DSC_RELU_BACK)
#undef DSC_RELU_BACK
}

static void DSC_ISA(sum_rows)(dsc_real *restrict out, const dsc_real *restrict in, ptrdiff_t in_row,
                              size_t rows, size_t columns, bool accumulate) {
    if (!accumulate)
        for (size_t j = 0; j < columns; j++) out[j] = 0;
    size_t j = 0;
    for (; j + DSC_ISA_WIDTH <= columns; j += DSC_ISA_WIDTH) { /* sums stay in a register */
        vec sum = vec_load(out + j);
        const dsc_real *row = in + j;
        for (size_t i = 0; i < rows; i++, row += in_row) sum += vec_load(row);
        vec_store(out + j, sum);
    }
    if (j < columns) {
        const vec_mask mask = vec_first(columns - j);
        vec sum = vec_load_first(out + j, mask);
        const dsc_real *row = in + j;
        for (size_t i = 0; i < rows; i++, row += in_row) sum += vec_load_first(row, mask);
        vec_store_first(out + j, sum, mask);
    }
}

static void DSC_ISA(from_bf16)(dsc_real *restrict out, const uint16_t *restrict in, size_t count) {
    for (size_t i = 0; i < count; i++) out[i] = dsc_bf16_to_float(in[i]);
}
static void DSC_ISA(to_bf16)(uint16_t *restrict out, const dsc_real *restrict in, size_t count) {
    for (size_t i = 0; i < count; i++) out[i] = dsc_bf16_from_float((float)in[i]);
}

static void DSC_ISA(copy)(dsc_real *out, const dsc_real *in, size_t count) {
    for (; count >= DSC_ISA_WIDTH; count -= DSC_ISA_WIDTH, in += DSC_ISA_WIDTH, out += DSC_ISA_WIDTH)
        vec_store(out, vec_load(in));
    if (count) {
        const vec_mask mask = vec_first(count);
        vec_store_first(out, vec_load_first(in, mask), mask);
    }
}

static void DSC_ISA(zip_halves)(void *out, const uint16_t *restrict even, const uint16_t *restrict odd,
                                size_t count) {
    uint32_t *restrict words = out;
    for (size_t i = 0; i < count; i++) words[i] = even[i] | (uint32_t)odd[i] << 16;
}

static void DSC_ISA(copy_rows)(dsc_real *out, ptrdiff_t out_row, const dsc_real *in, ptrdiff_t in_row,
                               size_t rows, size_t columns) {
    if (columns == DSC_ISA_WIDTH) {
        for (size_t i = 0; i < rows; i++)
            vec_store(out + (ptrdiff_t)i * out_row, vec_load(in + (ptrdiff_t)i * in_row));
        return;
    }
    for (size_t i = 0; i < rows; i++)
        DSC_ISA(copy)(out + (ptrdiff_t)i * out_row, in + (ptrdiff_t)i * in_row, columns);
}

/* ---- Transposing: out[j * out_stride + i] = in[i * in_stride + j], i < rows, j < columns ---- */

DSC_INLINE void DSC_ISA(transpose_few)(dsc_real *out, ptrdiff_t out_stride, const dsc_real *in,
                                       ptrdiff_t stride, size_t rows, size_t columns) {
    for (size_t j = 0; j < columns; j++)
        for (size_t i = 0; i < rows; i++)
            out[(ptrdiff_t)j * out_stride + (ptrdiff_t)i] = in[(ptrdiff_t)i * stride + (ptrdiff_t)j];
}

#if DSC_ISA_LEVEL == 2
/* Four columns of rows 0, 4, 8 and 12 from `in` on, or of those that are there: each 128-bit lane then transposes four by four. */
DSC_INLINE __m512 DSC_ISA(four_rows)(const dsc_real *in, ptrdiff_t stride) {
    __m512 x = _mm512_castps128_ps512(_mm_loadu_ps(in));
    x = _mm512_insertf32x4(x, _mm_loadu_ps(in + 4 * stride), 1);
    x = _mm512_insertf32x4(x, _mm_loadu_ps(in + 8 * stride), 2);
    return _mm512_insertf32x4(x, _mm_loadu_ps(in + 12 * stride), 3);
}
DSC_INLINE __m512 DSC_ISA(some_rows)(const dsc_real *in, ptrdiff_t stride, size_t rows, __mmask8 columns) {
    __m512 x = _mm512_setzero_ps();
    if (rows > 0) x = _mm512_castps128_ps512(_mm_maskz_loadu_ps(columns, in));
    if (rows > 4) x = _mm512_insertf32x4(x, _mm_maskz_loadu_ps(columns, in + 4 * stride), 1);
    if (rows > 8) x = _mm512_insertf32x4(x, _mm_maskz_loadu_ps(columns, in + 8 * stride), 2);
    if (rows > 12) x = _mm512_insertf32x4(x, _mm_maskz_loadu_ps(columns, in + 12 * stride), 3);
    return x;
}
/* The four columns, as vectors of rows. */
DSC_INLINE void DSC_ISA(turn_lanes)(__m512 out[4], __m512 a, __m512 b, __m512 c, __m512 d) {
    const __m512d ab = _mm512_castps_pd(_mm512_unpacklo_ps(a, b)),
                  cd = _mm512_castps_pd(_mm512_unpacklo_ps(c, d));
    const __m512d ef = _mm512_castps_pd(_mm512_unpackhi_ps(a, b)),
                  gh = _mm512_castps_pd(_mm512_unpackhi_ps(c, d));
    out[0] = _mm512_castpd_ps(_mm512_unpacklo_pd(ab, cd));
    out[1] = _mm512_castpd_ps(_mm512_unpackhi_pd(ab, cd));
    out[2] = _mm512_castpd_ps(_mm512_unpacklo_pd(ef, gh));
    out[3] = _mm512_castpd_ps(_mm512_unpackhi_pd(ef, gh));
}
/* Up to 16 rows by four columns. */
static void DSC_ISA(transpose_edge)(dsc_real *out, ptrdiff_t out_stride, const dsc_real *in, ptrdiff_t stride,
                                    size_t rows, size_t columns) {
    const __mmask8 some = (__mmask8)((1u << columns) - 1u);
    __m512 x[4], turned[4];
    for (size_t r = 0; r < 4; r++)
        x[r] = DSC_ISA(some_rows)(in + (ptrdiff_t)r * stride, stride, rows > r ? rows - r : 0, some);
    DSC_ISA(turn_lanes)(turned, x[0], x[1], x[2], x[3]);
    for (size_t j = 0; j < columns; j++)
        _mm512_mask_storeu_ps(out + (ptrdiff_t)j * out_stride, (__mmask16)((1u << rows) - 1u), turned[j]);
}
static void DSC_ISA(transpose)(dsc_real *out, ptrdiff_t out_stride, const dsc_real *in, ptrdiff_t stride,
                               size_t rows, size_t columns) {
    for (; rows >= 16; rows -= 16, in += 16 * stride, out += 16) {
        const dsc_real *from = in;
        dsc_real *to = out;
        size_t left = columns;
        for (; left >= 4; left -= 4, from += 4, to += 4 * out_stride) {
            __m512 turned[4];
            DSC_ISA(turn_lanes)
            (turned, DSC_ISA(four_rows)(from, stride), DSC_ISA(four_rows)(from + stride, stride),
             DSC_ISA(four_rows)(from + 2 * stride, stride), DSC_ISA(four_rows)(from + 3 * stride, stride));
            _mm512_storeu_ps(to, turned[0]);
            _mm512_storeu_ps(to + out_stride, turned[1]);
            _mm512_storeu_ps(to + 2 * out_stride, turned[2]);
            _mm512_storeu_ps(to + 3 * out_stride, turned[3]);
        }
        if (left > 0) DSC_ISA(transpose_edge)(to, out_stride, from, stride, 16, left);
    }
    for (size_t j = 0; rows > 0 && j < columns; j += 4) DSC_ISA(transpose_edge)
    (out + (ptrdiff_t)j * out_stride, out_stride, in + j, stride, rows, columns - j < 4 ? columns - j : 4);
}
#else
#if DSC_HAVE_X86
DSC_INLINE void DSC_ISA(transpose_44)(dsc_real *out, ptrdiff_t out_stride, const dsc_real *in,
                                      ptrdiff_t stride) {
    __m128 a = _mm_loadu_ps(in), b = _mm_loadu_ps(in + stride), c = _mm_loadu_ps(in + 2 * stride),
           d = _mm_loadu_ps(in + 3 * stride);
    _MM_TRANSPOSE4_PS(a, b, c, d);
    _mm_storeu_ps(out, a);
    _mm_storeu_ps(out + out_stride, b);
    _mm_storeu_ps(out + 2 * out_stride, c);
    _mm_storeu_ps(out + 3 * out_stride, d);
}
#else
DSC_INLINE void DSC_ISA(transpose_44)(dsc_real *out, ptrdiff_t out_stride, const dsc_real *in,
                                      ptrdiff_t stride) {
    DSC_ISA(transpose_few)(out, out_stride, in, stride, 4, 4);
}
#endif

static void DSC_ISA(transpose)(dsc_real *out, ptrdiff_t out_stride, const dsc_real *in, ptrdiff_t stride,
                               size_t rows, size_t columns) {
    for (; rows >= 4; rows -= 4, in += 4 * stride, out += 4) {
        size_t j = 0;
        for (; j + 4 <= columns; j += 4)
            DSC_ISA(transpose_44)(out + (ptrdiff_t)j * out_stride, out_stride, in + j, stride);
        DSC_ISA(transpose_few)(out + (ptrdiff_t)j * out_stride, out_stride, in + j, stride, 4, columns - j);
    }
    DSC_ISA(transpose_few)(out, out_stride, in, stride, rows, columns);
}
#endif
