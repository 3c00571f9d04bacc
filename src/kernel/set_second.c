/* SPDX-License-Identifier: MIT */
/* set_second.c: the kernel set of the second instruction set in the list of this kind of processor. One file
 * for each, so that they compile side by side. */
#include "kernel/sets.h"

#if DSC_ISA_COUNT > 1
#include DSC_ISA_HEADER(DSC_ISA_SECOND)
#include "kernel/set_template.h"

#include "kernel/isa_end.h"
#endif
