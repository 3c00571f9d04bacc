/* SPDX-License-Identifier: MIT */
/* set_wasm.c: the kernels for WebAssembly's vectors. An engine has as many registers as its processor; 16 at least, so 6 rows by 2
 * vectors of 4. */
#include "kernel/sets.h"

#if DSC_ON_WASM
#include "kernel/isa_wasm.h"
#define DSC_SET_NAME   "wasm"
#define DSC_SET_HELP   "WebAssembly with SIMD"
#define DSC_SET_ROWS   6
#define DSC_SET_ROWS_4 2
#define DSC_SET_ROWS_8 1
#define DSC_SET_DEPTH  512
#include "kernel/set_template.h"

#include "kernel/isa_end.h"
#endif
