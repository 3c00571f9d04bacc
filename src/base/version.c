/* SPDX-License-Identifier: MIT */
/* version.c: which library is running. */
#include <descender.h>

const char *dsc_version(void) { return DSC_VERSION; }
