/* SPDX-License-Identifier: MIT */
/* choose.h: which kernel set is used: the one that was asked for, or what `auto` means on this processor.
 *
 * `auto` follows a table of measured processors (choose.c), so that one kind of processor always makes one
 * choice and gives one result. A processor that is not in the table gets the first of "avx512", "avx2" and
 * "portable" that it has. The set implies what the precision `auto` means: bf16 if the set multiplies
 * bfloat16 as such, f32 if it would only round to it.
 *
 * Every set is checked (check.h) whenever it is chosen: without state that outlives a call, the library
 * cannot remember that it has been checked before, and the check takes microseconds. */
#ifndef DSC_KERNEL_CHOOSE_H
#define DSC_KERNEL_CHOOSE_H

#include "kernel/kernel.h"

enum { DSC_KERNELS_LINE = 256 };

typedef struct dsc_kernels_choice {
    const dsc_kernels *kernels;
    bool bf16;                      /* what the precision `auto` means */
    char reason[DSC_KERNELS_LINE];  /* "asked for", or what `auto` went by: for the run's record */
    char refused[DSC_KERNELS_LINE]; /* one line about better sets that are wrong here; empty if none is */
} dsc_kernels_choice;

/* `name` NULL or "auto": the table's choice, which never fails. Otherwise that set. DSC_ERROR_ARGUMENT:
 * there is no such set, or this processor lacks it. DSC_ERROR_MISMATCH: it computes wrong results here.
 * Any thread may call it. */
dsc_status dsc_kernels_choose(dsc_kernels_choice *choice, const char *name, dsc_error *error);

/* Whether products are in bfloat16: `precision` is "f32" (also NULL), "bf16", or "auto", which is what that
 * choice says. ARGUMENT: another. */
dsc_status dsc_precision_choose(bool *bf16, const char *precision, const dsc_kernels_choice *choice,
                                dsc_error *error);

/* The table's choice alone. */
const dsc_kernels *dsc_kernels_auto(void);

/* ---- the table ---- */

/* "AuthenticAMD" or the like, empty where there is none; family and model as /proc/cpuinfo has them. */
typedef struct dsc_processor {
    char vendor[13];
    unsigned family, model;
} dsc_processor;

void dsc_processor_read(dsc_processor *processor);

/* The name of the set that is tried as number `index` on that processor, and why; NULL behind the last,
 * which is "portable". */
const char *dsc_kernels_candidate(const char **why, const dsc_processor *processor, size_t index);

#endif
