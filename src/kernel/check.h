/* SPDX-License-Identifier: MIT */
/* check.h: compares a kernel set with the portable set on this machine.
 *
 * Compilers, virtual machines and processors have broken sets that were correct elsewhere. Every set is
 * therefore checked when it is chosen (choose.h), and `descender --version --check` checks all of them. The
 * operands of products are chosen so that every sum is exact in float: sets must then agree in every bit,
 * whatever their order of addition. Loops must agree in every bit anyway (vectors.h).
 *
 * An instruction that the processor lacks, or that faults, ends the process; a check cannot detect this. */
#ifndef DSC_KERNEL_CHECK_H
#define DSC_KERNEL_CHECK_H

#include "kernel/kernel.h"

/* Short check: a product, the patches of a convolution and a reduction, in f32 and in bf16. Takes about 20
 * microseconds and at most 56 KiB of stack (a WebAssembly program has 64 KiB by default). Returns NULL if all
 * are correct, otherwise a static text that names the failure, such as "its bf16 product". Any thread may
 * call it. */
const char *dsc_kernels_check(const dsc_kernels *set);

/* Long check: every function of the set, and products of many sizes with all forms of operands; about 50 ms.
 * It also accepts sets that belong to no processor, such as those that tests make. DSC_ERROR_MISMATCH:
 * `error` names the wrong function. DSC_ERROR_MEMORY: memory ran out. */
dsc_status dsc_kernels_check_all(const dsc_kernels *set, dsc_error *error);

#endif
