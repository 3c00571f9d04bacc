/* SPDX-License-Identifier: MIT */
/* set_portable.c: the kernels every machine has: vectors of 16 bytes, a multiplication and an addition each
 * rounded, so the same bits wherever IEEE arithmetic is. */
#include "kernel/sets.h"

#include "kernel/isa_portable.h"
#define DSC_SET_NAME   "portable"
#define DSC_SET_HELP   "any processor"
#define DSC_SET_ROWS   6
#define DSC_SET_ROWS_4 2
#define DSC_SET_ROWS_8 1
#define DSC_SET_DEPTH  512
#include "kernel/set_template.h"

#include "kernel/isa_end.h"
