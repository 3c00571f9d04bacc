/* SPDX-License-Identifier: MIT */
/* set_third.c: the kernel set of the third instruction set in this architecture's list. Each set has its own
 * file, so that the files compile in parallel. */
#include "kernel/sets.h"

#if DSC_ISA_COUNT > 2
#include DSC_ISA_HEADER(DSC_ISA_THIRD)
#include "kernel/set_template.h"

#include "kernel/isa_end.h"
#endif
