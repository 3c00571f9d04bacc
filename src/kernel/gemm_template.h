/* SPDX-License-Identifier: MIT */
/* gemm_template.h: the micro-kernel of the matrix product, for the instruction set that isa_*.h began.
 *
 * A micro-tile of `rows` by `vectors` vectors keeps its sums in registers. Each step of depth loads `vectors`
 * vectors of B and multiplies each by `rows` broadcast words of A. The tile uses as many sums as there are
 * registers, because each sum is a chain of additions with a latency of four cycles and each load must serve
 * several products.
 *
 * Define before the include: DSC_TILE_NAME, the name of the generated function; DSC_TILE_DOT(sum, a, b), sum
 * + a * b in words; DSC_TILE_ROWS, the most rows of a tile of two vectors (at most 15); DSC_TILE_ROWS_4 and
 * DSC_TILE_ROWS_8, the same for tiles of four and eight vectors. */

/* Inlined once for each tile size, so that rows and vectors are constants. */
DSC_INLINE void DSC_ISA(DSC_ISA_PASTE(DSC_TILE_NAME, sized))(const dsc_micro_tile *t, const int rows,
                                                             const int vectors) {
    vec sum[15][8];
#pragma GCC unroll 15
    for (int i = 0; i < rows; i++)
#pragma GCC unroll 8
        for (int v = 0; v < vectors; v++) sum[i][v] = (vec){0};

    /* One pointer and two strides address rows 5 g .. 5 g + 4, because registers are few. */
    const ptrdiff_t one = t->a_row * (ptrdiff_t)sizeof(dsc_real);
    ptrdiff_t three = 3 * one;
    const ptrdiff_t step = t->a_depth * (ptrdiff_t)sizeof(dsc_real);
    const char *a0 = (const char *)t->a, *a1 = a0 + 5 * one, *a2 = a1 + 5 * one;
    const dsc_real *b = t->b;
    const ptrdiff_t b_vector = t->b_vector, b_depth = t->b_depth;
#if defined(__GNUC__) && !defined(__clang__) && defined(__x86_64__)
    __asm__("" : "+r"(three)); /* keeps the compiler from recomputing and spilling it for each row */
#endif
    /* Prefetch the part of C that the end writes, and the part of B that is needed soon. B only where a
     * vector is a whole cache line: narrower vectors would request each line several times, which costs more
     * than it gains (AVX2: 10 %). */
#pragma GCC unroll 15
    for (int i = 0; i < rows; i++)
#pragma GCC unroll 8
        for (int v = 0; v < vectors; v++)
            __builtin_prefetch(
                (const char *)t->c + i * t->c_row * (ptrdiff_t)sizeof(dsc_real) + v * DSC_ISA_BYTES, 1);
    const ptrdiff_t jump = t->a_jump * (ptrdiff_t)sizeof(dsc_real);
    for (size_t left = t->depth, run = t->first_run; left > 0; run = t->run) {
        if (run > left) run = left;
        left -= run;
/* A step has so few instructions that loop overhead would be a large part, so unroll. Not for WebAssembly:
 * where runs are short, V8 moves all sums between the unrolled loops, which takes a third more time. */
#if DSC_ISA_BYTES < 64 && !defined(__wasm__)
#pragma GCC unroll 4
#endif
        for (; run > 0; run--) {
            vec bs[8];
#pragma GCC unroll 8
            for (int v = 0; v < vectors; v++) {
                bs[v] = vec_load(b + v * b_vector);
                if (DSC_ISA_BYTES >= 64) __builtin_prefetch((const char *)(b + v * b_vector) + 1024);
            }
#pragma GCC unroll 15
            for (int i = 0; i < rows; i++) {
                const char *group = i < 5 ? a0 : i < 10 ? a1 : a2;
                const int r = i % 5;
                const ptrdiff_t offset = r == 0   ? 0
                                         : r == 1 ? one
                                         : r == 2 ? 2 * one
                                         : r == 3 ? three
                                                  : 4 * one;
                const vec x = vec_all(*(const vec_word_of_a *)(const void *)(group + offset));
#pragma GCC unroll 8
                for (int v = 0; v < vectors; v++) sum[i][v] = DSC_TILE_DOT(sum[i][v], x, bs[v]);
            }
            a0 += step;
            if (rows > 5) a1 += step;
            if (rows > 10) a2 += step;
            b += b_depth;
        }
        a0 += jump;
        a1 += jump;
        a2 += jump;
    }

    /* The end. Only the last vector can be partial. */
    const size_t last = t->columns - (size_t)(vectors - 1) * DSC_ISA_WIDTH;
    const bool full = last == DSC_ISA_WIDTH;
    const vec_mask mask = vec_first(last);
#define DSC_TILE_LOAD(from, v) (full || (v) < vectors - 1 ? vec_load(from) : vec_load_first(from, mask))
    if (t->load) {
        const dsc_real *c = t->c;
#pragma GCC unroll 15
        for (int i = 0; i < rows; i++, c += t->c_row)
#pragma GCC unroll 8
            for (int v = 0; v < vectors; v++) sum[i][v] += DSC_TILE_LOAD(c + v * DSC_ISA_WIDTH, v);
    }
    if (t->bias_rows) {
#pragma GCC unroll 15
        for (int i = 0; i < rows; i++)
#pragma GCC unroll 8
            for (int v = 0; v < vectors; v++) sum[i][v] += vec_all(t->bias_rows[i]);
    }
    if (t->bias_columns) {
#pragma GCC unroll 8
        for (int v = 0; v < vectors; v++) {
            const vec bias = DSC_TILE_LOAD(t->bias_columns + v * DSC_ISA_WIDTH, v);
#pragma GCC unroll 15
            for (int i = 0; i < rows; i++) sum[i][v] += bias;
        }
    }
    if (t->relu) {
#pragma GCC unroll 15
        for (int i = 0; i < rows; i++)
#pragma GCC unroll 8
            for (int v = 0; v < vectors; v++) sum[i][v] = vec_relu(sum[i][v]);
    }
    dsc_real *c = t->c;
#pragma GCC unroll 15
    for (int i = 0; i < rows; i++, c += t->c_row)
#pragma GCC unroll 8
        for (int v = 0; v < vectors; v++) {
            if (full || v < vectors - 1)
                vec_store(c + v * DSC_ISA_WIDTH, sum[i][v]);
            else
                vec_store_first(c + v * DSC_ISA_WIDTH, sum[i][v], mask);
        }
#undef DSC_TILE_LOAD
}

#define DSC_TILE_CASE(r, v)                                                                                  \
    case (r)*8 + (v)-1:                                                                                      \
        DSC_ISA(DSC_ISA_PASTE(DSC_TILE_NAME, sized))(tile, r, v);                                            \
        break;
#define DSC_TILE_CASES(r) DSC_TILE_CASE(r, 1) DSC_TILE_CASE(r, 2)

static void DSC_ISA(DSC_TILE_NAME)(size_t rows, size_t vectors, const dsc_micro_tile *tile) {
    switch (rows * 8 + vectors - 1) {
        DSC_TILE_CASES(1)
        DSC_TILE_CASES(2)
        DSC_TILE_CASES(3)
        DSC_TILE_CASES(4)
        DSC_TILE_CASES(5)
        DSC_TILE_CASES(6)
#if DSC_TILE_ROWS > 6
        DSC_TILE_CASES(7)
        DSC_TILE_CASES(8)
        DSC_TILE_CASES(9)
        DSC_TILE_CASES(10)
        DSC_TILE_CASES(11)
        DSC_TILE_CASES(12)
        DSC_TILE_CASES(13)
        DSC_TILE_CASES(14)
#endif
        DSC_TILE_CASE(1, 4)
        DSC_TILE_CASE(2, 4)
        DSC_TILE_CASE(1, 8)
#if DSC_TILE_ROWS_4 > 2
        DSC_TILE_CASE(3, 4)
        DSC_TILE_CASE(4, 4)
        DSC_TILE_CASE(5, 4)
        DSC_TILE_CASE(6, 4)
#endif
#if DSC_TILE_ROWS_8 > 1
        DSC_TILE_CASE(2, 8)
        DSC_TILE_CASE(3, 8)
#endif
    default:
        break; /* unreachable: there is no other size */
    }
}

static size_t DSC_ISA(DSC_ISA_PASTE(DSC_TILE_NAME, vectors))(size_t rows) {
    return rows <= DSC_TILE_ROWS_8 ? 8 : rows <= DSC_TILE_ROWS_4 ? 4 : 2;
}

#undef DSC_TILE_CASE
#undef DSC_TILE_CASES
#undef DSC_TILE_NAME
#undef DSC_TILE_DOT
#undef DSC_TILE_ROWS
#undef DSC_TILE_ROWS_4
#undef DSC_TILE_ROWS_8
