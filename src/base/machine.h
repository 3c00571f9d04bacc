/* SPDX-License-Identifier: MIT */
/* machine.h: what the machine calls its processor. */
#ifndef DSC_BASE_MACHINE_H
#define DSC_BASE_MACHINE_H

enum { DSC_PROCESSOR_NAME = 128 };

/* "model name : ..." of Linux's /proc/cpuinfo; empty elsewhere. */
void dsc_processor_name(char out[DSC_PROCESSOR_NAME]);

#endif
