/* SPDX-License-Identifier: MIT */
/* clock.h: time for measuring how long something takes. */
#ifndef DSC_BASE_CLOCK_H
#define DSC_BASE_CLOCK_H

/* Seconds of a monotonic clock. Only differences have a meaning. */
double dsc_clock(void);

#endif
