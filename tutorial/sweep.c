/* SPDX-License-Identifier: MIT */
/* sweep.c: the inner loops of fast.c.
 *
 * Updating a row for one image and using it for the next while it is in registers halves the traffic between
 * the first and the second cache, which is what bounds this network's speed. A block of columns keeps its
 * sums and steps in registers and runs down the rows; how many columns fit depends on the registers. One
 * source is compiled for each kind of processor. Products are rounded before they are added. */
#include "sweep.h"

typedef double vector __attribute__((vector_size(64), aligned(64)));

#define INLINE static inline __attribute__((always_inline))

enum { MOST = 13 }; /* 13 sums, 13 steps and intermediate values fill 32 registers */

INLINE const vector *vectors(const double *array) { return (const vector *)array; }
INLINE vector *vectors_of(double *array) { return (vector *)array; }

/* Makes the compiler address a row as w + constant. Left alone GCC 12 keeps a register for each column's
 * distance from the start of all rows, and runs out of them. It emits no instruction. */
#define KEEP_ADDRESS(w) __asm__("" : "+r"(w))

/* `n` is a constant wherever this is inlined, so the loops over j unroll and the arrays are registers. */
INLINE void sweep_block(const size_t n, double *sum, double *weights, const double *step,
                        const tutorial_touch *rows, size_t count, const double value[256], size_t stride) {
    vector total[MOST], change[MOST];
#pragma GCC unroll 16
    for (size_t j = 0; j < n; j++) {
        total[j] = (vector){0};
        change[j] = vectors(step)[j];
    }
    for (size_t i = 0; i < count; i++) {
        vector *w = vectors_of(weights + rows[i].row * stride);
        KEEP_ADDRESS(w);
        const double next = value[rows[i].next];
        if (rows[i].now) {
            const double now = value[rows[i].now];
#pragma GCC unroll 16
            for (size_t j = 0; j < n; j++) {
                const vector changed = w[j] + now * change[j];
                w[j] = changed;
                total[j] += next * changed;
            }
        } else {
#pragma GCC unroll 16
            for (size_t j = 0; j < n; j++) total[j] += next * w[j];
        }
    }
#pragma GCC unroll 16
    for (size_t j = 0; j < n; j++) vectors_of(sum)[j] = total[j];
}

/* The same without learning: continues the sums. */
INLINE void gather_block(const size_t n, double *sum, const double *weights, const tutorial_touch *rows,
                         size_t count, const double value[256], size_t stride) {
    vector total[MOST];
#pragma GCC unroll 16
    for (size_t j = 0; j < n; j++) total[j] = vectors(sum)[j];
    for (size_t i = 0; i < count; i++) {
        const vector *w = vectors(weights + rows[i].row * stride);
        KEEP_ADDRESS(w);
        const double next = value[rows[i].next];
#pragma GCC unroll 16
        for (size_t j = 0; j < n; j++) total[j] += next * w[j];
    }
#pragma GCC unroll 16
    for (size_t j = 0; j < n; j++) vectors_of(sum)[j] = total[j];
}

/* case n: function(n, ...), for n from 1 to MOST */
#define CASE(n, function, ...)                                                                               \
    case n:                                                                                                  \
        function(n, __VA_ARGS__);                                                                            \
        break;
#define CASES(...)                                                                                           \
    CASE(1, __VA_ARGS__)                                                                                     \
    CASE(2, __VA_ARGS__)                                                                                     \
    CASE(3, __VA_ARGS__)                                                                                     \
    CASE(4, __VA_ARGS__)                                                                                     \
    CASE(5, __VA_ARGS__)                                                                                     \
    CASE(6, __VA_ARGS__)                                                                                     \
    CASE(7, __VA_ARGS__)                                                                                     \
    CASE(8, __VA_ARGS__)                                                                                     \
    CASE(9, __VA_ARGS__)                                                                                     \
    CASE(10, __VA_ARGS__)                                                                                    \
    CASE(11, __VA_ARGS__)                                                                                    \
    CASE(12, __VA_ARGS__)                                                                                    \
    CASE(13, __VA_ARGS__)

INLINE void sweep(const size_t most, double *sum, double *weights, const double *step,
                  const tutorial_touch *rows, size_t count, const double value[256], size_t stride) {
    size_t all = stride / TUTORIAL_LANES;
    for (size_t done = 0, n; all; all -= n, done += n * TUTORIAL_LANES) {
        n = all < most ? all : most;
        switch (n) {
            CASES(sweep_block, sum + done, weights + done, step + done, rows, count, value, stride)
        default:
            break;
        }
    }
}

INLINE void gather(const size_t most, double *sum, const double *weights, const tutorial_touch *rows,
                   size_t count, const double value[256], size_t stride) {
    size_t all = stride / TUTORIAL_LANES;
    for (size_t done = 0, n; all; all -= n, done += n * TUTORIAL_LANES) {
        n = all < most ? all : most;
        switch (n) {
            CASES(gather_block, sum + done, weights + done, rows, count, value, stride)
        default:
            break;
        }
    }
}

INLINE void combine(double *sum, const double *factor, const double *weights, const uint32_t *list,
                    size_t count, size_t stride) {
    for (size_t j = 0; j < stride / TUTORIAL_LANES; j++) {
        vector total = {0};
        for (size_t i = 0; i < count; i++) total += factor[list[i]] * vectors(weights + list[i] * stride)[j];
        vectors_of(sum)[j] = total;
    }
}

INLINE void update(double *weights, const double *factor, const double *step, const uint32_t *list,
                   size_t count, size_t stride) {
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < stride / TUTORIAL_LANES; j++)
            vectors_of(weights + list[i] * stride)[j] += factor[list[i]] * vectors(step)[j];
}

#define KERNELS(name, attribute, most)                                                                       \
    attribute static void sweep_##name(double *sum, double *weights, const double *step,                     \
                                       const tutorial_touch *rows, size_t count, const double value[256],    \
                                       size_t stride) {                                                      \
        sweep(most, sum, weights, step, rows, count, value, stride);                                         \
    }                                                                                                        \
    attribute static void gather_##name(double *sum, const double *weights, const tutorial_touch *rows,      \
                                        size_t count, const double value[256], size_t stride) {              \
        gather(most, sum, weights, rows, count, value, stride);                                              \
    }                                                                                                        \
    attribute static void combine_##name(double *sum, const double *factor, const double *weights,           \
                                         const uint32_t *list, size_t count, size_t stride) {                \
        combine(sum, factor, weights, list, count, stride);                                                  \
    }                                                                                                        \
    attribute static void update_##name(double *weights, const double *factor, const double *step,           \
                                        const uint32_t *list, size_t count, size_t stride) {                 \
        update(weights, factor, step, list, count, stride);                                                  \
    }                                                                                                        \
    static const tutorial_kernels kernels_##name = {#name, sweep_##name, gather_##name, combine_##name,      \
                                                    update_##name};

KERNELS(portable, , 2)
#if defined(__x86_64__)
KERNELS(avx2, __attribute__((target("avx2"))), 3)
KERNELS(avx512, __attribute__((target("avx512f"))), MOST)
#endif

const tutorial_kernels *tutorial_kernels_get(size_t n) {
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx512f") && n-- == 0) return &kernels_avx512;
    if (__builtin_cpu_supports("avx2") && n-- == 0) return &kernels_avx2;
#endif
    return n == 0 ? &kernels_portable : NULL;
}

const tutorial_kernels *tutorial_kernels_best(void) { return tutorial_kernels_get(0); }
