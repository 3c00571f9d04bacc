/* SPDX-License-Identifier: MIT */
/* set_neon.c: the kernels for 64-bit ARM: 32 registers, so 6 rows by 4 vectors of 4, which need 10 loads for 24 products. */
#include "kernel/sets.h"

#if DSC_ON_ARM
#include "kernel/isa_neon.h"
#define DSC_SET_NAME   "neon"
#define DSC_SET_HELP   "64-bit ARM"
#define DSC_SET_ROWS   6
#define DSC_SET_ROWS_4 6
#define DSC_SET_ROWS_8 3
#define DSC_SET_DEPTH  512
#include "kernel/set_template.h"

#include "kernel/isa_end.h"
#endif
