/* SPDX-License-Identifier: MIT */
/* max_pool_loops.h: 2 x 2 max pooling with stride 2, channels last: the loops of max_pool.c over one row of
 * windows, which covers two rows of pixels. Places are 0 1 above 2 3.
 *
 * Eight channels at a time form a vector of GCC's and clang's extension, because compilers do not vectorise
 * this loop. */
#ifndef DSC_OP_MAX_POOL_LOOPS_H
#define DSC_OP_MAX_POOL_LOOPS_H

#include "kernel/loop.h"
#include "kernel/pack.h"

#include <string.h>

/* Whether x replaces the largest so far. NaN is larger than all. */
#define LARGER(x, most) (((x) > (most)) | ((x) != (x)))

#define EIGHT(type) type __attribute__((vector_size(8 * sizeof(type))))
typedef EIGHT(uint8_t) eight_places;
typedef EIGHT(uint16_t) eight_halves;
typedef EIGHT(uint32_t) eight_words;
typedef EIGHT(int32_t) eight_ints;
typedef EIGHT(float) eight_floats;
typedef EIGHT(dsc_real) eight_reals;
#ifdef DSC_REAL_DOUBLE
typedef EIGHT(int64_t) eight_bits;
#else
typedef EIGHT(int32_t) eight_bits;
#endif

/* Widening for comparison and narrowing again: of one element, and of eight. */
#define ONE_REAL(x)       (x)
#define EIGHT_REALS(x)    (x)
#define EIGHT_WIDENED(x)  ((eight_floats)(__builtin_convertvector(x, eight_words) << 16))
#define EIGHT_NARROWED(x) __builtin_convertvector((eight_words)(x) >> 16, eight_halves)

/* `given`: type of eight stored elements; `wide`: type for comparison; `bits`: result type of a
 * comparison. */
#define POOL_LOOPS(suffix, number, given, wide, bits, WIDEN_8, NARROW_8, WIDEN)                              \
    DSC_LOOP(pool_row_##suffix,                                                                              \
             (number *restrict y, uint8_t *restrict place, const number *restrict above,                     \
              const number *restrict below, size_t columns, size_t channels),                                \
             {                                                                                               \
                 for (size_t j = 0; j < columns; j++) {                                                      \
                     const number *of[4] = {above, above + channels, below, below + channels};               \
                     size_t c = 0;                                                                           \
                     for (; c + 8 <= channels; c += 8) {                                                     \
                         given x;                                                                            \
                         memcpy(&x, of[0] + c, sizeof x);                                                    \
                         wide most = WIDEN_8(x);                                                             \
                         bits at = {0};                                                                      \
                         for (int k = 1; k < 4; k++) {                                                       \
                             memcpy(&x, of[k] + c, sizeof x);                                                \
                             const wide other = WIDEN_8(x);                                                  \
                             const bits takes = LARGER(other, most);                                         \
                             most = (wide)((takes & (bits)other) | (~takes & (bits)most));                   \
                             at = (takes & k) | (~takes & at);                                               \
                         }                                                                                   \
                         const given made = NARROW_8(most);                                                  \
                         const eight_places places = __builtin_convertvector(at, eight_places);              \
                         memcpy(y + c, &made, sizeof made);                                                  \
                         memcpy(place + c, &places, sizeof places);                                          \
                     }                                                                                       \
                     for (; c < channels; c++) {                                                             \
                         dsc_real most = WIDEN(of[0][c]);                                                    \
                         uint8_t at = 0;                                                                     \
                         for (uint8_t k = 1; k < 4; k++) {                                                   \
                             const dsc_real other = WIDEN(of[k][c]);                                         \
                             if (!LARGER(other, most)) continue;                                             \
                             most = other;                                                                   \
                             at = k;                                                                         \
                         }                                                                                   \
                         y[c] = of[at][c];                                                                   \
                         place[c] = at;                                                                      \
                     }                                                                                       \
                     y += channels;                                                                          \
                     place += channels;                                                                      \
                     above += 2 * channels;                                                                  \
                     below += 2 * channels;                                                                  \
                 }                                                                                           \
             })

/* dx = dy at its place, 0 at the other three. `mask`: result type of a comparison of elements. */
#define POOL_BACK_LOOPS(suffix, number, given, mask)                                                         \
    DSC_LOOP(pool_row_back_##suffix,                                                                         \
             (number *restrict above, number *restrict below, const number *restrict dy,                     \
              const uint8_t *restrict place, size_t columns, size_t channels),                               \
             {                                                                                               \
                 for (size_t j = 0; j < columns; j++) {                                                      \
                     number *const to[4] = {above, above + channels, below, below + channels};               \
                     size_t c = 0;                                                                           \
                     for (; c + 8 <= channels; c += 8) {                                                     \
                         given d;                                                                            \
                         eight_places places;                                                                \
                         memcpy(&d, dy + c, sizeof d);                                                       \
                         memcpy(&places, place + c, sizeof places);                                          \
                         const mask at = __builtin_convertvector(places, mask);                              \
                         mask tap = {0}; /* eight times 0, 1, 2, 3 */                                        \
                         const mask less = (mask)(tap == tap);                                               \
                         for (int k = 0; k < 4; k++, tap -= less) {                                          \
                             const given made = (given)((mask)d & (mask)(at == tap));                        \
                             memcpy(to[k] + c, &made, sizeof made);                                          \
                         }                                                                                   \
                     }                                                                                       \
                     for (; c < channels; c++)                                                               \
                         for (int k = 0; k < 4; k++) to[k][c] = place[c] == k ? dy[c] : 0;                   \
                     dy += channels;                                                                         \
                     place += channels;                                                                      \
                     above += 2 * channels;                                                                  \
                     below += 2 * channels;                                                                  \
                 }                                                                                           \
             })

POOL_LOOPS(reals, dsc_real, eight_reals, eight_reals, eight_bits, EIGHT_REALS, EIGHT_REALS, ONE_REAL)
POOL_LOOPS(bf16, uint16_t, eight_halves, eight_floats, eight_ints, EIGHT_WIDENED, EIGHT_NARROWED,
           dsc_bf16_to_float)
POOL_BACK_LOOPS(reals, dsc_real, eight_reals, eight_bits)
POOL_BACK_LOOPS(bf16, uint16_t, eight_halves, eight_halves)

#endif
