/* SPDX-License-Identifier: MIT */
/* random_integers.c: unbiased integers in an interval.
 *
 * Lemire, "Fast Random Integer Generation in an Interval" (2019): for n values, the high half of bits * n is
 * uniform if products whose low half is below 2^b mod n are rejected. `last` is n - 1 throughout, which
 * always fits. An interval of one value draws nothing; one that spans the type uses the bits unchanged. */
#include "base/random.h"

#include "base/random_bits.h"

#include <assert.h>

static uint32_t below_32(dsc_rng *rng, uint32_t last) {
    uint32_t n = last + 1;
    uint64_t product = (uint64_t)dsc_rng_next32(rng) * n;
    if ((uint32_t)product < n) { /* only then can it be below 2^32 mod n, which needs a division */
        uint32_t threshold = (UINT32_MAX - last) % n;
        while ((uint32_t)product < threshold) product = (uint64_t)dsc_rng_next32(rng) * n;
    }
    return (uint32_t)(product >> 32);
}

static uint64_t below_64(dsc_rng *rng, uint64_t last) {
    uint64_t n = last + 1, high;
    uint64_t low = dsc_wide_multiply(&high, dsc_rng_next64(rng), n);
    if (low < n) {
        uint64_t threshold = (UINT64_MAX - last) % n;
        while (low < threshold) low = dsc_wide_multiply(&high, dsc_rng_next64(rng), n);
    }
    return high;
}

uint64_t dsc_rng_up_to(dsc_rng *rng, uint64_t last) {
    if (last == 0) return 0;
    if (last < UINT32_MAX) return below_32(rng, (uint32_t)last);
    if (last == UINT32_MAX) return dsc_rng_next32(rng);
    return last == UINT64_MAX ? dsc_rng_next64(rng) : below_64(rng, last);
}

/* Small types: each 32-bit draw gives 32 / bits values, the lowest first. The unused rest is dropped at the
 * end of the call. */
typedef struct portions {
    uint32_t buffer;
    unsigned bits, left;
} portions;

static uint32_t next_portion(dsc_rng *rng, portions *from) {
    if (from->left == 0) {
        from->buffer = dsc_rng_next32(rng);
        from->left = 32 / from->bits;
    } else {
        from->buffer >>= from->bits;
    }
    from->left--;
    return from->buffer & ((1u << from->bits) - 1);
}

static uint32_t portion_up_to(dsc_rng *rng, portions *from, uint32_t last) {
    uint32_t mask = (1u << from->bits) - 1, n = last + 1;
    if (last == 0) return 0;
    if (last == mask) return next_portion(rng, from);
    uint32_t product = next_portion(rng, from) * n;
    if ((product & mask) < n) {
        uint32_t threshold = (mask - last) % n;
        while ((product & mask) < threshold) product = next_portion(rng, from) * n;
    }
    return product >> from->bits;
}

void dsc_rng_integers_u64(dsc_rng *rng, uint64_t *out, size_t count, uint64_t low, uint64_t last) {
    assert(low <= last);
    for (size_t i = 0; i < count; i++) out[i] = low + dsc_rng_up_to(rng, last - low);
}

/* For a power of two n = 2^32 >> shift nothing is rejected, and the high half of bits * n is the top bits.
 * Makes two values from each 64 bits. The tutorial's dropout masks use this. */
static void fill_power_of_two(dsc_rng *rng, int64_t *out, size_t count, int64_t low, unsigned shift) {
    size_t i = 0;
    if (rng->has_half && count) out[i++] = low + (dsc_rng_next32(rng) >> shift);
    dsc_rng copy = *rng; /* a copy that the compiler can keep in registers */
    for (; i + 1 < count; i += 2) {
        uint64_t bits = copy.kind == DSC_RNG_PCG64 ? dsc_pcg64_next(&copy) : dsc_philox_next(&copy);
        out[i] = low + ((uint32_t)bits >> shift);
        out[i + 1] = low + (int64_t)(bits >> (32 + shift));
    }
    *rng = copy;
    if (i < count) out[i] = low + (dsc_rng_next32(rng) >> shift);
}

void dsc_rng_integers_i64(dsc_rng *rng, int64_t *out, size_t count, int64_t low, int64_t high) {
    assert(low < high);
    uint64_t last = (uint64_t)high - (uint64_t)low - 1;
    if (last > 0 && last < UINT32_MAX && (last & (last + 1)) == 0) {
        unsigned shift = 32;
        for (uint64_t rest = last; rest; rest >>= 1) shift--;
        fill_power_of_two(rng, out, count, low, shift);
        return;
    }
    for (size_t i = 0; i < count; i++) out[i] = (int64_t)((uint64_t)low + dsc_rng_up_to(rng, last));
}

void dsc_rng_integers_u32(dsc_rng *rng, uint32_t *out, size_t count, uint32_t low, uint64_t high) {
    assert(low < high && high <= (uint64_t)UINT32_MAX + 1);
    for (size_t i = 0; i < count; i++) out[i] = low + (uint32_t)dsc_rng_up_to(rng, high - low - 1);
}

void dsc_rng_integers_i32(dsc_rng *rng, int32_t *out, size_t count, int32_t low, int64_t high) {
    assert(low < high && high <= (int64_t)INT32_MAX + 1);
    uint64_t last = (uint64_t)(high - low - 1);
    for (size_t i = 0; i < count; i++) out[i] = (int32_t)(low + (int64_t)dsc_rng_up_to(rng, last));
}

void dsc_rng_integers_u16(dsc_rng *rng, uint16_t *out, size_t count, uint32_t low, uint32_t high) {
    assert(low < high && high <= UINT16_MAX + 1);
    portions from = {.bits = 16};
    for (size_t i = 0; i < count; i++) out[i] = (uint16_t)(low + portion_up_to(rng, &from, high - low - 1));
}

void dsc_rng_integers_i16(dsc_rng *rng, int16_t *out, size_t count, int32_t low, int32_t high) {
    assert(INT16_MIN <= low && low < high && high <= INT16_MAX + 1);
    portions from = {.bits = 16};
    uint32_t last = (uint32_t)(high - low - 1);
    for (size_t i = 0; i < count; i++) out[i] = (int16_t)(low + (int32_t)portion_up_to(rng, &from, last));
}

void dsc_rng_integers_u8(dsc_rng *rng, uint8_t *out, size_t count, uint32_t low, uint32_t high) {
    assert(low < high && high <= UINT8_MAX + 1);
    portions from = {.bits = 8};
    for (size_t i = 0; i < count; i++) out[i] = (uint8_t)(low + portion_up_to(rng, &from, high - low - 1));
}

void dsc_rng_integers_i8(dsc_rng *rng, int8_t *out, size_t count, int32_t low, int32_t high) {
    assert(INT8_MIN <= low && low < high && high <= INT8_MAX + 1);
    portions from = {.bits = 8};
    uint32_t last = (uint32_t)(high - low - 1);
    for (size_t i = 0; i < count; i++) out[i] = (int8_t)(low + (int32_t)portion_up_to(rng, &from, last));
}

void dsc_rng_integers_bool(dsc_rng *rng, bool *out, size_t count, uint32_t low, uint32_t high) {
    assert(low < high && high <= 2);
    portions from = {.bits = 1};
    for (size_t i = 0; i < count; i++) out[i] = (low + portion_up_to(rng, &from, high - low - 1)) != 0;
}
