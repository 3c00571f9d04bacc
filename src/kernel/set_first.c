/* SPDX-License-Identifier: MIT */
/* set_first.c: the kernel set of the first instruction set in the list of this kind of processor. One file
 * for each, so that they compile side by side. */
#include "kernel/sets.h"

#include DSC_ISA_HEADER(DSC_ISA_FIRST)
#include "kernel/set_template.h"

#include "kernel/isa_end.h"
