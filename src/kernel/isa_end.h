/* SPDX-License-Identifier: MIT */
/* isa_end.h: ends the code that isa_*.h began. */
#if defined(__clang__)
#pragma clang attribute pop
#else
#pragma GCC pop_options
#endif
#undef DSC_ISA_SUFFIX
#undef DSC_ISA_BYTES
#undef DSC_ISA_WIDTH
#undef DSC_ISA_MORE
#undef DSC_OWN_LARGER
#undef DSC_SET_NAME
#undef DSC_SET_HELP
#undef DSC_SET_ROWS
#undef DSC_SET_ROWS_4
#undef DSC_SET_ROWS_8
#undef DSC_SET_DEPTH
#undef DSC_SET_PLAIN
#undef DSC_SET_LOOPS
