/* SPDX-License-Identifier: MIT */
/* clock.c: the monotonic clock. */
#include "base/clock.h"

#include <time.h>

double dsc_clock(void) {
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}
