/* SPDX-License-Identifier: MIT */
/* set_first.c: the kernel set of the first instruction set in this architecture's list. Each set has its own
 * file, so that the files compile in parallel. */
#include "kernel/sets.h"

#include DSC_ISA_HEADER(DSC_ISA_FIRST)
#include "kernel/set_template.h"

#include "kernel/isa_end.h"
