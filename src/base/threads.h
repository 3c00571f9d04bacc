/* SPDX-License-Identifier: MIT */
/* threads.h: a small pool of threads, owned by whoever makes it.
 *
 * A job is a function called once for each index 0 .. count-1; which thread gets which index is not
 * defined, so a job must compute the same whatever thread runs it. */
#ifndef DSC_BASE_THREADS_H
#define DSC_BASE_THREADS_H

#include "base/limits.h"

#include <descender.h>

typedef struct dsc_threads dsc_threads;

/* The number of processors this process may run on, at least 1. */
unsigned dsc_threads_available(void);

/* A pool of `count` threads (0: all available), the caller's included: one makes no thread at all. */
dsc_status dsc_threads_create(dsc_threads **pool, unsigned count, dsc_error *error);
void dsc_threads_free(dsc_threads *pool);
unsigned dsc_threads_count(const dsc_threads *pool); /* NULL: 1 */

/* Calls job(context, index, worker) for every index below `count`, on all threads, and returns when all are
 * done. `worker` is below dsc_threads_count and names the thread that runs, for per-thread scratch. Never
 * fails and never allocates. A NULL pool runs everything on the caller. Not re-entrant. */
typedef void dsc_job(void *context, size_t index, unsigned worker);
void dsc_threads_run(dsc_threads *pool, size_t count, dsc_job *job, void *context);

/* The same for the indices of several groups, one after the other: counts[0], then counts[1], ... Each
 * thread begins with its share of each group, so that it works on the same part of what the groups make as
 * in jobs of one group. */
enum { DSC_GROUPS_MOST = DSC_USUALLY(64, 5) };
void dsc_threads_run_groups(dsc_threads *pool, const size_t *counts, size_t groups, dsc_job *job,
                            void *context);

#endif
