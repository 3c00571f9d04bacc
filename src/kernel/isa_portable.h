/* SPDX-License-Identifier: MIT */
/* isa_portable.h: begins what is compiled for any machine: vectors of 16 bytes, which the compiler maps to what it has. */
#define DSC_ISA_SUFFIX portable
#define DSC_ISA_LEVEL  0
#define DSC_ISA_BYTES  16
#if defined(__clang__)
#pragma clang attribute push
#else
#pragma GCC push_options
#endif
#include "kernel/vector_template.h"
