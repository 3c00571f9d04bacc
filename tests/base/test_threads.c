/* SPDX-License-Identifier: MIT */
#include "testing.h"

#include "base/threads.h"

#include <stdatomic.h>
#include <time.h>

enum { MOST = 1000 };
struct counts {
    atomic_int calls[MOST];
    atomic_uint largest_worker;
};

static void count(void *context, size_t index, unsigned worker) {
    struct counts *counts = context;
    atomic_fetch_add(&counts->calls[index], 1);
    unsigned seen = atomic_load(&counts->largest_worker);
    while (worker > seen && !atomic_compare_exchange_weak(&counts->largest_worker, &seen, worker)) {
    }
}

static void every_index_runs_exactly_once(void **state) {
    (void)state;
    for (unsigned threads = 1; threads <= 4; threads++) {
        dsc_error error;
        dsc_threads *pool;
        ASSERT_OK(dsc_threads_create(&pool, threads, &error), error);
        assert_int_equal(dsc_threads_count(pool), threads);
        static struct counts counts;
        memset(&counts, 0, sizeof counts);
        int runs = 0;
        for (size_t n = 0; n < MOST; n += 1 + n / 7, runs++) {
            memset(counts.calls, 0, sizeof counts.calls);
            dsc_threads_run(pool, n, count, &counts);
            for (size_t i = 0; i < MOST; i++) assert_int_equal(counts.calls[i], i < n);
        }
        assert_true(counts.largest_worker < threads);
        dsc_threads_free(pool);
    }
}

static void every_index_of_every_group_runs_exactly_once(void **state) {
    (void)state;
    for (unsigned threads = 1; threads <= 3; threads++) {
        dsc_error error;
        dsc_threads *pool;
        ASSERT_OK(dsc_threads_create(&pool, threads, &error), error);
        static struct counts counts;
        for (size_t n = 0; n < 60; n++) {
            const size_t groups[] = {n, 1, 0, 2 * n, 3};
            memset(counts.calls, 0, sizeof counts.calls);
            dsc_threads_run_groups(pool, groups, 5, count, &counts);
            for (size_t i = 0; i < MOST; i++) assert_int_equal(counts.calls[i], i < 3 * n + 4);
        }
        dsc_threads_free(pool);
    }
}

static void sleeping_workers_wake_for_the_next_job(void **state) {
    (void)state;
    dsc_error error;
    dsc_threads *pool;
    ASSERT_OK(dsc_threads_create(&pool, 3, &error), error);
    static struct counts counts;
    for (int i = 0; i < 20; i++) {
        nanosleep(&(struct timespec){.tv_nsec = 2000000}, NULL); /* long enough for all threads to sleep */
        memset(counts.calls, 0, sizeof counts.calls);
        dsc_threads_run(pool, 50, count, &counts);
        for (size_t k = 0; k < 50; k++) assert_int_equal(counts.calls[k], 1);
    }
    dsc_threads_free(pool);
}

static void no_pool_runs_on_the_caller(void **state) {
    (void)state;
    static struct counts counts;
    dsc_threads_run(NULL, 5, count, &counts);
    for (size_t k = 0; k < 5; k++) assert_int_equal(counts.calls[k], 1);
    assert_int_equal(counts.largest_worker, 0);
    assert_int_equal(dsc_threads_count(NULL), 1);
    dsc_threads_free(NULL);
}

static void a_failed_allocation_is_an_error(void **state) {
    (void)state;
    for (long n = 0;; n++) {
        dsc_error error;
        dsc_threads *pool;
        testing_fail_allocation(n);
        dsc_status status = dsc_threads_create(&pool, 2, &error);
        bool failed = testing_allocation_failed();
        assert_int_equal(status, failed ? DSC_ERROR_MEMORY : DSC_OK);
        dsc_threads_free(pool);
        if (!failed) break;
        assert_null(pool);
    }
}

static void running_a_job_allocates_nothing(void **state) {
    (void)state;
    dsc_error error;
    dsc_threads *pool;
    ASSERT_OK(dsc_threads_create(&pool, 2, &error), error);
    static struct counts counts;
    long before = testing_allocations();
    dsc_threads_run(pool, 100, count, &counts);
    assert_int_equal(testing_allocations(), before);
    dsc_threads_free(pool);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_index_runs_exactly_once),
        cmocka_unit_test(every_index_of_every_group_runs_exactly_once),
        cmocka_unit_test(sleeping_workers_wake_for_the_next_job),
        cmocka_unit_test(no_pool_runs_on_the_caller),
        cmocka_unit_test(a_failed_allocation_is_an_error),
        cmocka_unit_test(running_a_job_allocates_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
