/* SPDX-License-Identifier: MIT */
/* loops_template.h: the simple loops of vectors.h, for the instruction set that isa_*.h began. The compiler
 * vectorises the element-wise loops. Sums name their sixteen lanes, so that all sets add in the same order. A
 * set with a better loop (isa_avx512_loops.h) defines DSC_OWN_ZIP_HALVES or DSC_OWN_TRANSPOSE. */

enum { DSC_ISA(lanes) = 16 / DSC_ISA_WIDTH }; /* vectors that hold sixteen partial sums */

/* Adds the partial sums in pairs: 8 apart, then 4, 2, 1. */
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

/* Keeps both sets of partial sums in registers; compilers do not do this by themselves. */
static void DSC_ISA(sum_centred)(double *restrict plain, double *restrict centred, const dsc_real *restrict x,
                                 const dsc_real *restrict d, dsc_real mean, size_t count) {
    vec p[DSC_ISA(lanes)], q[DSC_ISA(lanes)];
    for (int v = 0; v < DSC_ISA(lanes); v++) p[v] = q[v] = (vec){0};
    size_t i = 0;
    for (; i + 16 <= count; i += 16)
        for (int v = 0; v < DSC_ISA(lanes); v++) {
            const vec some = vec_load(d + i + v * DSC_ISA_WIDTH);
            p[v] += some;
            q[v] += some * (vec_load(x + i + v * DSC_ISA_WIDTH) - vec_all(mean));
        }
    dsc_real p_parts[16], q_parts[16];
    for (int v = 0; v < DSC_ISA(lanes); v++) {
        vec_store(p_parts + v * DSC_ISA_WIDTH, p[v]);
        vec_store(q_parts + v * DSC_ISA_WIDTH, q[v]);
    }
    for (size_t k = 0; i < count; i++, k++) {
        p_parts[k] += d[i];
        q_parts[k] += d[i] * (x[i] - mean);
    }
    for (size_t k = 0; k < 16; k++) {
        *plain += (double)p_parts[k];
        *centred += (double)q_parts[k];
    }
}

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
        const vec x = vec_load_first(in + i, mask); /* beyond the end: 0, to be replaced */
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

static void DSC_ISA(copy_rows)(dsc_real *out, ptrdiff_t out_row, const dsc_real *in, ptrdiff_t in_row,
                               size_t rows, size_t columns) {
    for (size_t i = 0; i < rows; i++)
        DSC_ISA(copy)(out + (ptrdiff_t)i * out_row, in + (ptrdiff_t)i * in_row, columns);
}

/* ---- Rows into panels: column j of row i goes to out[j / W * panel + i * out_row + j % W] ---- */

/* Copies vectors [0, n) of each row to n panels; the last vector may be partial. */
DSC_INLINE void DSC_ISA(copy_some_panels)(dsc_real *out, ptrdiff_t panel, ptrdiff_t out_row,
                                          const dsc_real *in, ptrdiff_t in_row, size_t rows, const int n,
                                          size_t last) {
    const vec_mask mask = vec_first(last);
    for (size_t i = 0; i < rows; i++, in += in_row, out += out_row)
        for (int v = 0; v < n; v++) {
            const dsc_real *from = in + v * DSC_ISA_WIDTH;
            __builtin_prefetch((const char *)from + 4 * in_row * (ptrdiff_t)sizeof *in);
            if (last == DSC_ISA_WIDTH || v < n - 1)
                vec_store(out + v * panel, vec_load(from));
            else
                vec_store_first(out + v * panel, vec_load_first(from, mask), mask);
        }
}
/* Four panels at a time: reads are contiguous, and stores go to few places. */
static void DSC_ISA(copy_panels)(dsc_real *out, ptrdiff_t panel, ptrdiff_t out_row, const dsc_real *in,
                                 ptrdiff_t in_row, size_t rows, size_t columns) {
    const size_t w = DSC_ISA_WIDTH;
    for (; columns >= 4 * w; columns -= 4 * w, in += 4 * w, out += 4 * panel)
        DSC_ISA(copy_some_panels)(out, panel, out_row, in, in_row, rows, 4, w);
    for (; columns >= w; columns -= w, in += w, out += panel)
        DSC_ISA(copy_some_panels)(out, panel, out_row, in, in_row, rows, 1, w);
    if (columns) DSC_ISA(copy_some_panels)(out, panel, out_row, in, in_row, rows, 1, columns);
}

#if !defined(DSC_OWN_ZIP_HALVES)
static void DSC_ISA(zip_halves)(void *out, ptrdiff_t panel, ptrdiff_t out_row, const uint16_t *in,
                                ptrdiff_t in_row, size_t pairs, size_t columns) {
    uint32_t *words = out;
    for (; columns > 0; in += 16, words += panel) {
        const size_t some = columns < 16 ? columns : 16;
        for (size_t i = 0; i < pairs; i++) {
            const uint16_t *even = in + 2 * (ptrdiff_t)i * in_row, *odd = even + in_row;
            for (size_t c = 0; c < some; c++)
                words[(ptrdiff_t)(i * (size_t)out_row + c)] = even[c] | (uint32_t)odd[c] << 16;
        }
        columns -= some;
    }
}
#endif

/* ---- Transposing: out[j * out_stride + i] = in[i * in_stride + j], i < rows, j < columns ---- */

#if !defined(DSC_OWN_TRANSPOSE)
DSC_INLINE void DSC_ISA(transpose_few)(dsc_real *out, ptrdiff_t out_stride, const dsc_real *in,
                                       ptrdiff_t stride, size_t rows, size_t columns) {
    for (size_t j = 0; j < columns; j++)
        for (size_t i = 0; i < rows; i++)
            out[(ptrdiff_t)j * out_stride + (ptrdiff_t)i] = in[(ptrdiff_t)i * stride + (ptrdiff_t)j];
}

/* A 4 x 4 block, in vectors of 16 bytes whatever the width of the set. */
#ifdef DSC_REAL_DOUBLE
DSC_INLINE void DSC_ISA(transpose_44)(dsc_real *out, ptrdiff_t out_stride, const dsc_real *in,
                                      ptrdiff_t stride) {
    DSC_ISA(transpose_few)(out, out_stride, in, stride, 4, 4);
}
#else
#if defined(__clang__)
#define DSC_SHUFFLE(a, b, i, j, k, l) __builtin_shufflevector(a, b, i, j, k, l)
#else
#define DSC_SHUFFLE(a, b, i, j, k, l) __builtin_shuffle(a, b, (DSC_ISA(four_bits)){i, j, k, l})
#endif
typedef dsc_real DSC_ISA(four) __attribute__((vector_size(16)));
typedef int32_t DSC_ISA(four_bits) __attribute__((vector_size(16), unused));
typedef dsc_real DSC_ISA(four_loose) __attribute__((vector_size(16), aligned(sizeof(dsc_real)), may_alias));
DSC_INLINE void DSC_ISA(transpose_44)(dsc_real *out, ptrdiff_t out_stride, const dsc_real *in,
                                      ptrdiff_t stride) {
    const DSC_ISA(four) a = *(const DSC_ISA(four_loose) *)in, b = *(const DSC_ISA(four_loose) *)(in + stride),
                        c = *(const DSC_ISA(four_loose) *)(in + 2 * stride),
                        d = *(const DSC_ISA(four_loose) *)(in + 3 * stride);
    const DSC_ISA(four) ab = DSC_SHUFFLE(a, b, 0, 4, 1, 5), cd = DSC_SHUFFLE(c, d, 0, 4, 1, 5),
                        ef = DSC_SHUFFLE(a, b, 2, 6, 3, 7), gh = DSC_SHUFFLE(c, d, 2, 6, 3, 7);
    *(DSC_ISA(four_loose) *)out = DSC_SHUFFLE(ab, cd, 0, 1, 4, 5);
    *(DSC_ISA(four_loose) *)(out + out_stride) = DSC_SHUFFLE(ab, cd, 2, 3, 6, 7);
    *(DSC_ISA(four_loose) *)(out + 2 * out_stride) = DSC_SHUFFLE(ef, gh, 0, 1, 4, 5);
    *(DSC_ISA(four_loose) *)(out + 3 * out_stride) = DSC_SHUFFLE(ef, gh, 2, 3, 6, 7);
}
#undef DSC_SHUFFLE
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
