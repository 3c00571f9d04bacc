/* SPDX-License-Identifier: MIT */
/* isa_avx512_mask.h: the lanes of a mask as bits, and their count; used inside isa_avx512.h. */

/* GCC 12 may spill a mask as 16 bits and then read 32. Call this before any other use of the mask; it forces
 * the mask through a register. */
DSC_INLINE uint32_t dsc_mask_bits(__mmask16 mask) {
    uint32_t bits = mask;
    __asm__ volatile("" : "+r"(bits));
    return bits & 0xffffu;
}
DSC_INLINE size_t dsc_count_bits(__mmask16 mask) { return (size_t)__builtin_popcount(dsc_mask_bits(mask)); }
