/* SPDX-License-Identifier: MIT */
/* choose.h: selects a kernel set: the one asked for, or the best for this processor (`auto`).
 *
 * `auto` looks the processor up in a table of measured processors (choose.c), so that one kind of processor
 * always makes the same choice and gives the same result. A processor outside the table gets the first of
 * "avx512", "avx2" and "portable" that it has. The set determines the precision `auto`: bf16 if the set has
 * bfloat16 instructions, f32 if it would only round to bfloat16.
 *
 * Every choice checks the set (check.h). The library keeps no state between calls, so it cannot remember
 * earlier checks; a check takes microseconds. */
#ifndef DSC_KERNEL_CHOOSE_H
#define DSC_KERNEL_CHOOSE_H

#include "kernel/kernel.h"

enum { DSC_KERNELS_LINE = 256 };

typedef struct dsc_kernels_choice {
    const dsc_kernels *kernels;
    bool bf16;                      /* meaning of the precision `auto` */
    char reason[DSC_KERNELS_LINE];  /* "asked for", or why `auto` chose it: for the run's record */
    char refused[DSC_KERNELS_LINE]; /* one line about better sets that failed the check; empty if none did */
} dsc_kernels_choice;

/* Chooses set `name`; NULL or "auto" selects by the table and never fails. DSC_ERROR_ARGUMENT: there is no
 * such set, or this processor lacks it. DSC_ERROR_MISMATCH: the set computes wrong results here. `error` may
 * be NULL. Any thread may call it. */
dsc_status dsc_kernels_choose(dsc_kernels_choice *choice, const char *name, dsc_error *error);

/* Sets `bf16` if products use bfloat16. `precision` is "f32" (or NULL), "bf16", or "auto", which follows
 * `choice`. DSC_ERROR_ARGUMENT: any other name. */
dsc_status dsc_precision_choose(bool *bf16, const char *precision, const dsc_kernels_choice *choice,
                                dsc_error *error);

/* The set that `auto` selects. */
const dsc_kernels *dsc_kernels_auto(void);

/* ---- the table ---- */

/* `vendor` is a CPUID string such as "AuthenticAMD", or empty on processors without CPUID; family and model
 * as in /proc/cpuinfo. */
typedef struct dsc_processor {
    char vendor[13];
    unsigned family, model;
} dsc_processor;

void dsc_processor_read(dsc_processor *processor);

/* The name of candidate `index` for that processor, best first; `*why` receives the reason. NULL after the
 * last candidate, "portable". */
const char *dsc_kernels_candidate(const char **why, const dsc_processor *processor, size_t index);

#endif
