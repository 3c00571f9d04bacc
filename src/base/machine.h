/* SPDX-License-Identifier: MIT */
/* machine.h: the name of the processor. */
#ifndef DSC_BASE_MACHINE_H
#define DSC_BASE_MACHINE_H

enum { DSC_PROCESSOR_NAME = 128 };

/* Copies "model name" from Linux's /proc/cpuinfo; empty on other systems. */
void dsc_processor_name(char out[DSC_PROCESSOR_NAME]);

#endif
