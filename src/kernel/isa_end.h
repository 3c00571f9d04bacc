/* SPDX-License-Identifier: MIT */
/* isa_end.h: ends what isa_portable.h, isa_avx2.h or isa_avx512.h began. */
#if defined(__clang__)
#pragma clang attribute pop
#else
#pragma GCC pop_options
#endif
#undef DSC_ISA_SUFFIX
#undef DSC_ISA_LEVEL
#undef DSC_ISA_BYTES
#undef DSC_ISA_WIDTH
#undef DSC_ISA_MORE
