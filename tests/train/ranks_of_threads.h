/* SPDX-License-Identifier: MIT */
/* ranks_of_threads.h: several "processes" that train together, each a thread of this process. Two threads
 * exchange data through a shared table. */
#ifndef TESTS_TRAIN_RANKS_OF_THREADS_H
#define TESTS_TRAIN_RANKS_OF_THREADS_H

#include "testing.h"

#include <pthread.h>

enum { RANKS_MOST = 8 };

/* Data that one has sent to another, not yet received. */
typedef struct letter {
    const void *bytes;
    size_t size;
    bool there;
} letter;

typedef struct ranks_world {
    unsigned count;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    letter letters[RANKS_MOST][RANKS_MOST]; /* [from][to] */
    size_t messages, bytes;                 /* sent by rank 0; messages without a byte do not count */
    size_t fail_at;                         /* the exchange of rank 0 that fails, from 1; 0: none */
    size_t exchanges;                       /* of rank 0 */
    bool failed;                            /* then all others fail, too */
} ranks_world;

typedef struct ranks_seat {
    ranks_world *world;
    unsigned rank;
} ranks_seat;

static inline dsc_status ranks_fail(dsc_error *error) {
    if (error) {
        error->code = DSC_ERROR_IO;
        (void)snprintf(error->message, sizeof error->message, "the cable is cut");
    }
    return DSC_ERROR_IO;
}

static inline dsc_status ranks_meet(void *context, unsigned partner, void *receive, size_t received,
                                    const void *send, size_t sent, dsc_error *error) {
    const ranks_seat *seat = context;
    ranks_world *w = seat->world;
    letter *out = &w->letters[seat->rank][partner], *in = &w->letters[partner][seat->rank];
    (void)pthread_mutex_lock(&w->lock);
    if (seat->rank == 0) {
        w->messages += sent > 0;
        w->bytes += sent;
        w->failed = w->failed || ++w->exchanges == w->fail_at;
    }
    *out = (letter){send, sent, true};
    (void)pthread_cond_broadcast(&w->changed);
    while (!in->there && !w->failed) (void)pthread_cond_wait(&w->changed, &w->lock);
    const bool fits = w->failed || in->size == received;
    if (!w->failed && fits && received) memcpy(receive, in->bytes, received);
    in->there = false;
    (void)pthread_cond_broadcast(&w->changed);
    while (out->there && !w->failed) (void)pthread_cond_wait(&w->changed, &w->lock);
    const bool failed = w->failed || !fits;
    w->failed = failed;
    (void)pthread_cond_broadcast(&w->changed);
    (void)pthread_mutex_unlock(&w->lock);
    return failed ? ranks_fail(error) : DSC_OK;
}

/* The work of one of them; `ranks` is NULL if there is only one. */
typedef void ranks_work(void *context, const dsc_ranks *ranks);

typedef struct ranks_thread {
    pthread_t thread;
    ranks_seat seat;
    ranks_work *work;
    void *context;
} ranks_thread;

static inline void *ranks_begin(void *given) {
    ranks_thread *t = given;
    const dsc_ranks ranks = {
        .rank = t->seat.rank, .count = t->seat.world->count, .exchange = ranks_meet, .context = &t->seat};
    t->work(t->context, t->seat.world->count > 1 ? &ranks : NULL);
    return NULL;
}

/* work(contexts + rank * size, ...) for each of world->count, at once. */
static inline void ranks_run(ranks_world *world, ranks_work *work, void *contexts, size_t size) {
    ranks_thread threads[RANKS_MOST];
    assert_int_equal(pthread_mutex_init(&world->lock, NULL) | pthread_cond_init(&world->changed, NULL), 0);
    for (unsigned r = 0; r < world->count; r++) {
        threads[r] =
            (ranks_thread){.seat = {world, r}, .work = work, .context = (unsigned char *)contexts + r * size};
        assert_int_equal(pthread_create(&threads[r].thread, NULL, ranks_begin, &threads[r]), 0);
    }
    for (unsigned r = 0; r < world->count; r++) (void)pthread_join(threads[r].thread, NULL);
    (void)pthread_mutex_destroy(&world->lock);
    (void)pthread_cond_destroy(&world->changed);
}

#endif
