/* SPDX-License-Identifier: MIT */
/* threads.h: a small thread pool, owned by its creator.
 *
 * A job is a function called once for each index 0 .. count-1. Which thread gets which index is unspecified,
 * so the result of a job must not depend on it. */
#ifndef DSC_BASE_THREADS_H
#define DSC_BASE_THREADS_H

#include "base/limits.h"

#include <descender.h>

typedef struct dsc_threads dsc_threads;

/* Number of processors available to this process, at least 1. */
unsigned dsc_threads_available(void);

/* Creates a pool of `count` threads including the caller (0: all processors); 1 creates no thread. Fails
 * without memory or threads. dsc_threads_free ends the threads; NULL is allowed. */
dsc_status dsc_threads_create(dsc_threads **pool, unsigned count, dsc_error *error);
void dsc_threads_free(dsc_threads *pool);
unsigned dsc_threads_count(const dsc_threads *pool); /* NULL: 1 */

/* Calls job(context, index, worker) for every index below `count` on all threads and returns when all are
 * done. `worker`, below dsc_threads_count, identifies the running thread, for per-thread scratch. Never fails
 * and never allocates. A NULL pool runs everything on the caller. One caller at a time; not re-entrant. */
typedef void dsc_job(void *context, size_t index, unsigned worker);
void dsc_threads_run(dsc_threads *pool, size_t count, dsc_job *job, void *context);

/* The same for several groups of indices in order: counts[0], then counts[1], ... Each thread starts with its
 * share of each group, so it works on the same part of the data as in jobs of one group. */
enum { DSC_GROUPS_MOST = DSC_USUALLY(64, 5) };
void dsc_threads_run_groups(dsc_threads *pool, const size_t *counts, size_t groups, dsc_job *job,
                            void *context);

#endif
