/* SPDX-License-Identifier: MIT */
/* check.h: whether a kernel set computes here what the portable set computes.
 *
 * Compilers, virtual machines and processors have made sets wrong that were right elsewhere. So every set
 * is checked when it is chosen (choose.h), and all of them by `descender --version --check`. The operands
 * of products are such that every sum is exact in float: then sets must agree in every bit, in whatever
 * order they add. Loops must agree in every bit anyway (vectors.h).
 *
 * An instruction that the processor lacks, or one that faults, ends the process: a check cannot find that
 * out. */
#ifndef DSC_KERNEL_CHECK_H
#define DSC_KERNEL_CHECK_H

#include "kernel/kernel.h"

/* A product, a convolution's patches and a reduction, in f32 and in bf16: about 20 microseconds, 56 KiB of
 * stack at most (a WebAssembly program has 64 by default). NULL if all are right; otherwise what is wrong,
 * for people: "its bf16 product". */
const char *dsc_kernels_check(const dsc_kernels *set);

/* The long check: every function of the set; products of many sizes, in all forms of operands; 50 ms. It
 * also works on sets that no processor offers, such as those that tests make. DSC_ERROR_MISMATCH: `error`
 * names what is wrong. */
dsc_status dsc_kernels_check_all(const dsc_kernels *set, dsc_error *error);

#endif
