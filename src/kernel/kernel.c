/* SPDX-License-Identifier: MIT */
/* kernel.c: which kernel sets there are, and which of them this processor has. */
#include "kernel/kernel.h"

#include "kernel/sets.h"

#include <string.h>

#if DSC_HAVE_X86
#include <cpuid.h>
#if defined(__linux__)
#include <sys/syscall.h>
#include <unistd.h>
#endif

/* What the processor has and the operating system saves (Intel, "Software Developer's Manual", volume 1, chapters 13 to 15, 18). */
static uint64_t saved_state(void) {
    uint32_t low, high;
    __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    return (uint64_t)high << 32 | low;
}

static bool has_bits(uint64_t value, uint64_t wanted) { return (value & wanted) == wanted; }

static bool has_avx2(void) {
    unsigned a, b, c, d;
    if (!__get_cpuid(1, &a, &b, &c, &d) || !has_bits(c, bit_FMA | bit_OSXSAVE | bit_AVX)) return false;
    if (!has_bits(saved_state(), 0x6)) return false;
    return __get_cpuid_count(7, 0, &a, &b, &c, &d) && has_bits(b, bit_AVX2);
}

static bool has_avx512(void) {
    unsigned a, b, c, d;
    if (!has_avx2() || !has_bits(saved_state(), 0xe6)) return false;
    return __get_cpuid_count(7, 0, &a, &b, &c, &d) &&
           has_bits(b, 1u << 16 /* F */ | 1u << 17 /* DQ */ | 1u << 30 /* BW */ | 1u << 31 /* VL */);
}

static bool has_avx512_bf16(void) {
    unsigned a, b, c, d;
    return has_avx512() && __get_cpuid_count(7, 1, &a, &b, &c, &d) && has_bits(a, 1u << 5);
}

/* Linux hands out the tiles' 8 KiB of state on request, once for the process; asking again does no harm. */
static bool has_amx(void) {
    unsigned a, b, c, d;
    if (!has_avx512_bf16() || !__get_cpuid_count(7, 0, &a, &b, &c, &d)) return false;
    if (!has_bits(d, 1u << 22 /* bf16 */ | 1u << 24 /* tiles */) || !has_bits(saved_state(), 3u << 17))
        return false;
#if defined(__linux__) && defined(SYS_arch_prctl)
    enum { REQUEST_PERMISSION = 0x1023, TILE_DATA = 18 };
    return syscall(SYS_arch_prctl, REQUEST_PERMISSION, TILE_DATA) == 0;
#else
    return false;
#endif
}
#endif

static bool always(void) { return true; }

typedef struct entry {
    dsc_kernels kernels;
    bool (*here)(void);
} entry;

/* Least capable first. */
static const entry sets[] = {
#ifdef DSC_REAL_DOUBLE /* the checking build does not round to bfloat16 */
    {{"portable", "vectors of 16 bytes", DSC_ISA_PORTABLE, &dsc_vectors_portable, &dsc_gemm_f32_portable,
      &dsc_gemm_f32_portable},
     always},
#else
    {{"portable", "any processor; bf16 rounded, then as f32", DSC_ISA_PORTABLE, &dsc_vectors_portable,
      &dsc_gemm_f32_portable, &dsc_gemm_rounded_portable},
     always},
#endif
#if DSC_HAVE_X86
    {{"avx2", "AVX2 and FMA; bf16 rounded, then as f32", DSC_ISA_AVX2, &dsc_vectors_avx2, &dsc_gemm_f32_avx2,
      &dsc_gemm_rounded_avx2},
     has_avx2},
    {{"avx512", "AVX-512; bf16 rounded, then as f32", DSC_ISA_AVX512, &dsc_vectors_avx512,
      &dsc_gemm_f32_avx512, &dsc_gemm_rounded_avx512},
     has_avx512},
    {{"avx512-bf16", "AVX-512 with its bf16 dot product", DSC_ISA_AVX512, &dsc_vectors_avx512,
      &dsc_gemm_f32_avx512, &dsc_gemm_bf16_avx512},
     has_avx512_bf16},
    {{"amx", "AVX-512, bf16 on AMX tiles", DSC_ISA_AVX512, &dsc_vectors_avx512, &dsc_gemm_f32_avx512,
      &dsc_gemm_bf16_amx},
     has_amx},
#endif
};
enum { SETS = sizeof sets / sizeof *sets };

const dsc_kernels *dsc_kernels_at(size_t index) {
    for (size_t i = 0; i < SETS; i++)
        if (sets[i].here() && index-- == 0) return &sets[i].kernels;
    return NULL;
}

const char *dsc_kernels_name(size_t index) { return index < SETS ? sets[index].kernels.name : NULL; }

const dsc_kernels *dsc_kernels_find(const char *name) {
    for (size_t i = 0; i < SETS; i++)
        if (!strcmp(name, sets[i].kernels.name)) return sets[i].here() ? &sets[i].kernels : NULL;
    return NULL;
}

#define NEVER_INLINED __attribute__((noinline))

/* MXCSR's flush-to-zero (bit 15) and denormals-are-zero (bit 6); on ARM the same in FPCR (bit 24). */
#if defined(__x86_64__)
NEVER_INLINED unsigned dsc_denormals_flush(void) {
    const unsigned before = __builtin_ia32_stmxcsr();
    __builtin_ia32_ldmxcsr(before | 0x8040u);
    return before & 0x8040u;
}
NEVER_INLINED void dsc_denormals_restore(unsigned before) {
    __builtin_ia32_ldmxcsr((__builtin_ia32_stmxcsr() & ~0x8040u) | before);
}
#elif defined(__aarch64__)
NEVER_INLINED unsigned dsc_denormals_flush(void) {
    uint64_t control;
    __asm__ volatile("mrs %0, fpcr" : "=r"(control));
    __asm__ volatile("msr fpcr, %0" : : "r"(control | 1u << 24));
    return (unsigned)control & 1u << 24;
}
NEVER_INLINED void dsc_denormals_restore(unsigned before) {
    uint64_t control;
    __asm__ volatile("mrs %0, fpcr" : "=r"(control));
    __asm__ volatile("msr fpcr, %0" : : "r"((control & ~(uint64_t)(1u << 24)) | before));
}
#else
NEVER_INLINED unsigned dsc_denormals_flush(void) { return 0; }
NEVER_INLINED void dsc_denormals_restore(unsigned before) { (void)before; }
#endif
