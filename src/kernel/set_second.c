/* SPDX-License-Identifier: MIT */
/* set_second.c: the kernel set of the second instruction set in this architecture's list. Each set has its
 * own file, so that the files compile in parallel. */
#include "kernel/sets.h"

#if DSC_ISA_COUNT > 1
#include DSC_ISA_HEADER(DSC_ISA_SECOND)
#include "kernel/set_template.h"

#include "kernel/isa_end.h"
#endif
