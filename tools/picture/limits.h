/* SPDX-License-Identifier: MIT */
/* limits.h: limits on the memory and time of a process that decodes one picture (decoder.h). A process
 * that takes longer, or that waits for ever, is ended; memory beyond the limit is not given. */
#ifndef PICTURE_LIMITS_H
#define PICTURE_LIMITS_H

#include <descender.h>

/* Limits this process from now on: the processor's time, and the memory to what parsing a file needs.
 * DSC_ERROR_IO: the system cannot. One thread calls it, once. */
dsc_status picture_limits_begin(dsc_error *error);

/* After decoding: the process may then wait, such as for the reader of the picture. */
void picture_limits_end(void);

/* For formats, before they decode: allows the memory that a picture of `pixels` pixels needs, from now on.
 * No effect in a process without limits. */
dsc_status picture_limits_allow(uint64_t pixels, dsc_error *error);

#endif
