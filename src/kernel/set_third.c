/* SPDX-License-Identifier: MIT */
/* set_third.c: the kernel set of the third instruction set in the list of this kind of processor. One file
 * for each, so that they compile side by side. */
#include "kernel/sets.h"

#if DSC_ISA_COUNT > 2
#include DSC_ISA_HEADER(DSC_ISA_THIRD)
#include "kernel/set_template.h"

#include "kernel/isa_end.h"
#endif
