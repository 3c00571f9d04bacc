/* SPDX-License-Identifier: MIT */
/* set_avx512.c: the kernels for AVX-512: 32 registers, so 14 rows by 2 vectors of 16. */
#include "kernel/sets.h"

#if DSC_ON_X86
#include "kernel/isa_avx512.h"
#include "kernel/loops_avx512.h"
#define DSC_SET_NAME   "avx512"
#define DSC_SET_HELP   "AVX-512"
#define DSC_SET_ROWS   14
#define DSC_SET_ROWS_4 6
#define DSC_SET_ROWS_8 3
#define DSC_SET_DEPTH  320
#include "kernel/set_template.h"

#include "kernel/isa_end.h"
#endif
