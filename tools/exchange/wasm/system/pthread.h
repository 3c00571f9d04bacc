/* SPDX-License-Identifier: MIT */
/* pthread.h: the part of threads that the library's headers and locks need, for WebAssembly, which has one
 * thread. Locks do nothing, and no thread can be created; one.c replaces the pool of src/base/threads.c. */
#ifndef WASM_PTHREAD_H
#define WASM_PTHREAD_H

#include <errno.h>

typedef struct pthread_mutex_t {
    char nothing;
} pthread_mutex_t;
typedef struct pthread_cond_t {
    char nothing;
} pthread_cond_t;
typedef struct pthread_t {
    char nothing;
} pthread_t;

static inline int pthread_mutex_init(pthread_mutex_t *mutex, const void *how) {
    (void)how, mutex->nothing = 0;
    return 0;
}
static inline int pthread_mutex_lock(pthread_mutex_t *mutex) { return mutex->nothing; }
static inline int pthread_mutex_unlock(pthread_mutex_t *mutex) { return mutex->nothing; }
static inline int pthread_mutex_destroy(pthread_mutex_t *mutex) { return mutex->nothing; }
static inline int pthread_cond_init(pthread_cond_t *condition, const void *how) {
    (void)how, condition->nothing = 0;
    return 0;
}
static inline int pthread_cond_wait(pthread_cond_t *condition, pthread_mutex_t *mutex) {
    return condition->nothing | mutex->nothing;
}
static inline int pthread_cond_signal(pthread_cond_t *condition) { return condition->nothing; }
static inline int pthread_cond_broadcast(pthread_cond_t *condition) { return condition->nothing; }
static inline int pthread_cond_destroy(pthread_cond_t *condition) { return condition->nothing; }
static inline int pthread_create(pthread_t *thread, const void *how, void *(*run)(void *), void *with) {
    (void)how, (void)run, (void)with, thread->nothing = 0;
    return ENOSYS;
}
static inline int pthread_join(pthread_t thread, void **result) {
    (void)result;
    return thread.nothing;
}

#endif
