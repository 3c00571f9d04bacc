/* SPDX-License-Identifier: MIT */
/* kernel.c: the table of kernel sets, and which of them this processor supports.
 *
 * Every instruction set is a kernel set. A kernel set that combines an instruction set's loops with its own
 * product is a file set_SUFFIX.c and a line in DSC_SETS, in the form of instruction_sets.h. */
#include "kernel/kernel.h"

#include "kernel/sets.h"

#include <string.h>

/* clang-format off */
#define DSC_SETS(SET)                                                                                        \
    DSC_ISAS(SET, )                                                                                          \
    DSC_IF(DSC_ON_X86,  SET(avx512_bf16, ,            dsc_has_avx512_bf16(), ))                              \
    DSC_IF(DSC_ON_X86,  SET(amx,         ,            dsc_has_amx(), ))
/* clang-format on */

#define DSC_SET_DECLARE_(suffix, ...) extern const dsc_kernels dsc_set_##suffix;
DSC_SETS(DSC_SET_DECLARE_)
#undef DSC_SET_DECLARE_

static const dsc_kernels *const sets[] = {
#define SET(suffix, ...) &dsc_set_##suffix,
    DSC_SETS(SET)
#undef SET
};

#define SET(suffix, ...) NUMBER_##suffix,
enum { DSC_SETS(SET) SETS };
#undef SET

/* Whether this processor supports set `number`. */
static bool is_here(size_t number) {
    switch (number) {
#define SET(suffix, attribute, here, ...)                                                                    \
    case NUMBER_##suffix:                                                                                    \
        return here;
        DSC_SETS(SET)
#undef SET
    default:
        return false;
    }
}

const dsc_kernels *dsc_kernels_at(size_t index) {
    for (size_t i = 0; i < SETS; i++)
        if (is_here(i) && index-- == 0) return sets[i];
    return NULL;
}

const char *dsc_kernels_name(size_t index) { return index < SETS ? sets[index]->name : NULL; }

const dsc_kernels *dsc_kernels_find(const char *name) {
    for (size_t i = 0; i < SETS; i++)
        if (!strcmp(name, sets[i]->name)) return is_here(i) ? sets[i] : NULL;
    return NULL;
}

#define NEVER_INLINED __attribute__((noinline))

/* x86: MXCSR flush-to-zero (bit 15) and denormals-are-zero (bit 6). ARM: FPCR bit 24 does both. */
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
