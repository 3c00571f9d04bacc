/* SPDX-License-Identifier: MIT */
/* threads.c: a small thread pool.
 *
 * A training step runs dozens of jobs of about ten microseconds each. Waking a sleeping thread for each would
 * cost more than the work, so workers spin for a bounded time before they sleep, and so does the caller
 * before it waits for the last worker. Each thread starts with its own share, the same part of the indices in
 * every job, so that it finds its earlier results in its cache; then it helps the others. */
#include "base/threads.h"

#include "base/error.h"
#include "base/memory.h"
#include "base/thresholds.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

struct dsc_threads {
    unsigned count;   /* including the caller */
    unsigned started; /* running workers */
    pthread_mutex_t lock;
    pthread_cond_t wake, finished;
    atomic_uint generation; /* changes with each new job */
    atomic_uint sleeping;   /* workers that wait for `wake` */
    atomic_uint working;    /* workers that have not finished the job */
    atomic_bool waiting;    /* the caller waits for `finished` */
    atomic_bool quit;
    dsc_job *job;
    void *context;
    size_t groups;
    struct worker {
        _Alignas(64) atomic_size_t next[DSC_GROUPS_MOST]; /* next index of its share of a group */
        size_t end[DSC_GROUPS_MOST];
        dsc_threads *pool;
        unsigned number;
        pthread_t thread;
    } * workers;
};

unsigned dsc_threads_available(void) {
    cpu_set_t set;
    CPU_ZERO(&set);
    if (sched_getaffinity(0, sizeof set, &set)) return 1;
    int count = CPU_COUNT(&set);
    return count > 0 ? (unsigned)count : 1;
}

static void pause_a_moment(void) {
#if defined(__x86_64__) || defined(__i386__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("yield");
#endif
}

static void take_indices(dsc_threads *pool, unsigned worker) {
    for (unsigned i = 0; i < pool->count; i++) {
        struct worker *of = &pool->workers[(worker + i) % pool->count];
        for (size_t g = 0; g < pool->groups; g++)
            /* A load first spares other threads' counters a write and prevents overflow. */
            while (atomic_load_explicit(&of->next[g], memory_order_relaxed) < of->end[g]) {
                size_t index = atomic_fetch_add_explicit(&of->next[g], 1, memory_order_relaxed);
                if (index >= of->end[g]) break;
                pool->job(pool->context, index, worker);
            }
    }
}

static void wait_for_generation(dsc_threads *pool, unsigned seen) {
    for (int i = 0; i < DSC_THREADS_SPINS; i++) {
        if (atomic_load_explicit(&pool->generation, memory_order_acquire) != seen) return;
        pause_a_moment();
    }
    pthread_mutex_lock(&pool->lock);
    /* Sequentially consistent with dsc_threads_run: either the caller sees this worker sleeping, or this
     * worker sees the job. */
    atomic_fetch_add(&pool->sleeping, 1);
    while (atomic_load(&pool->generation) == seen) pthread_cond_wait(&pool->wake, &pool->lock);
    atomic_fetch_sub(&pool->sleeping, 1);
    pthread_mutex_unlock(&pool->lock);
}

static void *work(void *argument) {
    struct worker *self = argument;
    dsc_threads *pool = self->pool;
    for (unsigned seen = 0;;) {
        wait_for_generation(pool, seen);
        seen = atomic_load(&pool->generation);
        if (atomic_load(&pool->quit)) return NULL;
        take_indices(pool, self->number);
        if (atomic_fetch_sub(&pool->working, 1) == 1 && atomic_load(&pool->waiting)) {
            pthread_mutex_lock(&pool->lock);
            pthread_cond_signal(&pool->finished);
            pthread_mutex_unlock(&pool->lock);
        }
    }
}

static void announce(dsc_threads *pool) {
    atomic_fetch_add(&pool->generation, 1);
    if (!atomic_load(&pool->sleeping)) return;
    pthread_mutex_lock(&pool->lock);
    pthread_cond_broadcast(&pool->wake);
    pthread_mutex_unlock(&pool->lock);
}

static void wait_until_finished(dsc_threads *pool) {
    for (int i = 0; i < DSC_THREADS_SPINS; i++) {
        if (!atomic_load_explicit(&pool->working, memory_order_acquire)) return;
        pause_a_moment();
    }
    pthread_mutex_lock(&pool->lock);
    /* Either the caller sees that the last worker has finished, or that worker sees the caller waiting. An
     * exchange instead of a store: QEMU 7's ARM emulation lets the load below overtake a store, and then
     * nobody wakes the caller. */
    (void)atomic_exchange(&pool->waiting, true);
    while (atomic_load(&pool->working)) pthread_cond_wait(&pool->finished, &pool->lock);
    atomic_store(&pool->waiting, false);
    pthread_mutex_unlock(&pool->lock);
}

/* The first index of thread `i`'s share, of `threads` threads. */
static size_t share(size_t count, unsigned i, unsigned threads) {
    return count / threads * i + count % threads * i / threads;
}

static void share_out(dsc_threads *pool, const size_t *counts, size_t groups) {
    pool->groups = groups;
    for (unsigned i = 0; i < pool->count; i++) {
        struct worker *worker = &pool->workers[i];
        size_t before = 0;
        for (size_t g = 0; g < groups; before += counts[g++]) {
            worker->end[g] = before + share(counts[g], i + 1, pool->count);
            atomic_store_explicit(&worker->next[g], before + share(counts[g], i, pool->count),
                                  memory_order_relaxed);
        }
    }
}

void dsc_threads_run(dsc_threads *pool, size_t count, dsc_job *job, void *context) {
    dsc_threads_run_groups(pool, &count, 1, job, context);
}

void dsc_threads_run_groups(dsc_threads *pool, const size_t *counts, size_t groups, dsc_job *job,
                            void *context) {
    size_t count = 0;
    for (size_t g = 0; g < groups; g++) count += counts[g];
    if (!pool || !pool->started || count <= 1) {
        for (size_t i = 0; i < count; i++) job(context, i, 0);
        return;
    }
    pool->job = job;
    pool->context = context;
    share_out(pool, counts, groups);
    atomic_store_explicit(&pool->working, pool->started, memory_order_relaxed);
    announce(pool);
    take_indices(pool, 0);
    wait_until_finished(pool);
}

unsigned dsc_threads_count(const dsc_threads *pool) { return pool ? pool->count : 1; }

dsc_status dsc_threads_create(dsc_threads **result, unsigned count, dsc_error *error) {
    *result = NULL;
    if (!count) count = dsc_threads_available();
    dsc_threads *pool = dsc_allocate(1, sizeof *pool);
    if (pool) pool->workers = dsc_allocate_aligned(count, sizeof *pool->workers);
    if (!pool || !pool->workers) {
        free(pool);
        return dsc_fail_memory(error, count * sizeof *pool->workers, "a pool of threads");
    }
    memset(pool->workers, 0, count * sizeof *pool->workers);
    pool->count = count;
    pthread_mutex_init(&pool->lock, NULL);
    pthread_cond_init(&pool->wake, NULL);
    pthread_cond_init(&pool->finished, NULL);
    for (unsigned i = 1; i < count; i++) {
        struct worker *worker = &pool->workers[i];
        worker->pool = pool;
        worker->number = i;
        int code = pthread_create(&worker->thread, NULL, work, worker);
        if (code) {
            char reason[128];
            dsc_status status =
                dsc_fail(error, DSC_ERROR_MEMORY, "cannot start thread %u of %u: %s; use fewer threads", i,
                         count, strerror_r(code, reason, sizeof reason));
            dsc_threads_free(pool);
            return status;
        }
        pool->started++;
    }
    *result = pool;
    return DSC_OK;
}

void dsc_threads_free(dsc_threads *pool) {
    if (!pool) return;
    atomic_store(&pool->quit, true);
    announce(pool);
    for (unsigned i = 1; i <= pool->started; i++) pthread_join(pool->workers[i].thread, NULL);
    pthread_cond_destroy(&pool->finished);
    pthread_cond_destroy(&pool->wake);
    pthread_mutex_destroy(&pool->lock);
    free(pool->workers);
    free(pool);
}
