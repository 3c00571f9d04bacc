/* SPDX-License-Identifier: MIT */
/* set_avx2.c: the kernels for AVX2 and FMA: 16 registers, so 6 rows by 2 vectors of 8. */
#include "kernel/sets.h"

#if DSC_ON_X86
#include "kernel/isa_avx2.h"
#include "kernel/loops_avx2.h"
#define DSC_SET_NAME   "avx2"
#define DSC_SET_HELP   "AVX2 and FMA"
#define DSC_SET_ROWS   6
#define DSC_SET_ROWS_4 2
#define DSC_SET_ROWS_8 1
#define DSC_SET_DEPTH  384
#include "kernel/set_template.h"

#include "kernel/isa_end.h"
#endif
