/* SPDX-License-Identifier: MIT */
/* spread.c: spreads the trials of a rung over several processes (dsc_ranks).
 *
 * A process has places: one for each trial that it trains at a time, each with its own thread. The thread
 * that runs the search trains nothing: fifty times a second it exchanges with the other processes what stands
 * at each place (a result, or the progress of a trial) and whether one must stop. After that all know the
 * same, so all deal the next trials to the free places in the same way. Checkpoints lie in the search's
 * folder, so any process can continue a trial of any other. */
#include "tune/work.h"

#include "base/error.h"
#include "base/memory.h"
#include "base/threads.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

/* What the processes exchange: the numbers of the whole, then those of each place. Each process fills in its
 * own and leaves the others 0, so the sum has all. */
enum { STOPS, FAILURES, WHOLE };
enum { END, FAILED, ACCURACY, LOSS, SECONDS, EPOCHS, NOW_ACCURACY, NOW_LOSS, EACH };

typedef enum end { NONE, RESULT, STOP /* without a result */ } end;

#define NOBODY SIZE_MAX
static const long NAP = 20000000; /* nanoseconds between two exchanges */

/* The outcome, `dealt` and `end` are used in the process that has the place. */
typedef struct place {
    size_t trial; /* NOBODY: free */
    bool dealt;   /* its thread has not begun the trial */
    end end;
    dsc_tune_outcome outcome;
} place;

typedef struct spread {
    dsc_tune *tune; /* its mutex protects the state that threads share */
    dsc_threads *pool;
    pthread_cond_t changed;   /* `dealt` of a place, or `over` */
    size_t count, first, own; /* places of all; this process has `own` from `first` on */
    place *places;
    double *numbers, *received;
    size_t next;        /* of tune->waiting */
    bool stops, failed; /* in any process */
    bool over;
} spread;

static bool is_own(const spread *s, size_t i) { return i >= s->first && i < s->first + s->own; }

/* --- training --- */

static void train_at(spread *s, size_t i) {
    dsc_tune *tune = s->tune;
    place *p = &s->places[i];
    (void)pthread_mutex_lock(&tune->mutex);
    for (;;) {
        while (!p->dealt && !s->over) (void)pthread_cond_wait(&s->changed, &tune->mutex);
        if (s->over) break;
        p->dealt = false;
        (void)pthread_mutex_unlock(&tune->mutex);
        dsc_error error = {0};
        const dsc_status status = dsc_tune_trial_run(tune, p->trial, i, &p->outcome, &error);
        (void)pthread_mutex_lock(&tune->mutex);
        tune->running[i].active = false;
        if (status) dsc_tune_fail(tune, status, &error);
        p->end = status ? STOP : RESULT;
    }
    (void)pthread_mutex_unlock(&tune->mutex);
}

/* --- conferring --- */

static void write_own(spread *s) {
    const dsc_tune *tune = s->tune;
    memset(s->numbers, 0, (WHOLE + s->count * EACH) * sizeof *s->numbers);
    s->numbers[STOPS] = atomic_load(&tune->stopping);
    s->numbers[FAILURES] = tune->status && tune->status != DSC_ERROR_STOPPED;
    for (size_t i = s->first; i < s->first + s->own; i++) {
        const place *p = &s->places[i];
        const dsc_tune_running *now = &tune->running[i];
        const dsc_tune_result *r = &p->outcome.result;
        double *n = s->numbers + WHOLE + i * EACH;
        n[END] = p->end;
        if (p->end == RESULT) {
            n[FAILED] = r->failed;
            n[ACCURACY] = r->accuracy;
            n[LOSS] = r->loss;
            n[SECONDS] = r->seconds;
        } else if (now->active) {
            n[EPOCHS] = now->epochs;
            n[NOW_ACCURACY] = now->accuracy;
            n[NOW_LOSS] = now->loss;
        }
    }
}

/* Sends the message of a trial that failed to all, as numbers. */
static dsc_status share_message(spread *s, size_t i, dsc_error *error) {
    double bytes[DSC_MESSAGE_SIZE] = {0}, received[DSC_MESSAGE_SIZE];
    char *message = s->places[i].outcome.message;
    for (size_t k = 0; k < DSC_MESSAGE_SIZE && is_own(s, i); k++) bytes[k] = (unsigned char)message[k];
    dsc_status status = dsc_ranks_sum_doubles(s->tune->ranks, bytes, DSC_MESSAGE_SIZE, received, error);
    for (size_t k = 0; k < DSC_MESSAGE_SIZE; k++) message[k] = (char)(unsigned char)bytes[k];
    message[DSC_MESSAGE_SIZE - 1] = '\0';
    return status;
}

/* Fails if the processes cannot exchange. A journal that cannot be written stops the search in the ordinary
 * way. */
static dsc_status take_result(spread *s, size_t i, const double *n, dsc_error *error) {
    place *p = &s->places[i];
    p->outcome.result = (dsc_tune_result){.done = true,
                                          .failed = n[FAILED] > 0,
                                          .accuracy = n[ACCURACY],
                                          .loss = n[LOSS],
                                          .seconds = n[SECONDS]};
    dsc_status status = p->outcome.result.failed ? share_message(s, i, error) : DSC_OK;
    if (status) return status;
    dsc_error failure = {0};
    status = dsc_tune_note(s->tune, p->trial, &p->outcome, &failure);
    if (status) dsc_tune_fail(s->tune, status, &failure);
    return DSC_OK;
}

static dsc_status look_at(spread *s, size_t i, dsc_error *error) {
    place *p = &s->places[i];
    dsc_tune_running *running = &s->tune->running[i];
    const double *n = s->numbers + WHOLE + i * EACH;
    const end how = n[END] > RESULT ? STOP : n[END] > NONE ? RESULT : NONE;
    if (p->trial == NOBODY) return DSC_OK;
    if (how == NONE) {
        if (!is_own(s, i))
            *running = (dsc_tune_running){.active = true,
                                          .trial = p->trial,
                                          .epochs = n[EPOCHS],
                                          .loss = n[NOW_LOSS],
                                          .accuracy = n[NOW_ACCURACY]};
        return DSC_OK;
    }
    running->active = false;
    dsc_status status = how == RESULT ? take_result(s, i, n, error) : DSC_OK;
    p->trial = NOBODY;
    p->end = NONE;
    return status;
}

/* What follows from s->numbers is the same in all processes: it must not depend on anything else. It is over
 * only after an exchange without results, so that all know what became of the last ones. */
static dsc_status look(spread *s, dsc_error *error) {
    dsc_tune *tune = s->tune;
    dsc_status status = DSC_OK;
    bool idle = true;
    s->stops = s->numbers[STOPS] > 0;
    s->failed = s->numbers[FAILURES] > 0;
    if (s->stops) atomic_store(&tune->stopping, true);
    for (size_t i = 0; i < s->count && !status; i++) {
        idle = idle && s->places[i].trial == NOBODY;
        status = look_at(s, i, error);
    }
    for (size_t i = 0; i < s->count && !status && !s->stops && s->next < tune->waiting_count; i++) {
        if (s->places[i].trial != NOBODY) continue;
        s->places[i].trial = tune->waiting[s->next++];
        s->places[i].dealt = is_own(s, i);
        idle = false;
    }
    s->over = status || idle;
    return status;
}

static void confer(spread *s) {
    dsc_tune *tune = s->tune;
    const size_t length = WHOLE + s->count * EACH;
    for (bool over = false; !over;) {
        dsc_error error = {0};
        (void)pthread_mutex_lock(&tune->mutex);
        write_own(s);
        (void)pthread_mutex_unlock(&tune->mutex);
        dsc_status status = dsc_ranks_sum_doubles(tune->ranks, s->numbers, length, s->received, &error);
        (void)pthread_mutex_lock(&tune->mutex);
        if (!status) status = look(s, &error);
        if (status) dsc_tune_fail(tune, status, &error);
        over = s->over = s->over || status;
        if (!over) dsc_tune_tell_step(tune, 0);
        (void)pthread_cond_broadcast(&s->changed);
        (void)pthread_mutex_unlock(&tune->mutex);
        if (!over) (void)nanosleep(&(struct timespec){.tv_nsec = NAP}, NULL);
    }
}

/* No thread ends its part before all is over, so each has one, and the caller of the pool confers. */
static void take_part(void *context, size_t index, unsigned worker) {
    (void)index;
    spread *s = context;
    if (worker)
        train_at(s, s->first + worker - 1);
    else
        confer(s);
}

/* --- the whole --- */

/* How many places each process has, and which of them are its own. */
static dsc_status count_places(spread *s, dsc_error *error) {
    const dsc_tune *tune = s->tune;
    const size_t share = (tune->waiting_count + tune->ranks->count - 1) / tune->ranks->count;
    double counts[DSC_TUNE_RANKS_MOST] = {0}, received[DSC_TUNE_RANKS_MOST];
    s->own = tune->parallel < share ? tune->parallel : share;
    counts[tune->ranks->rank] = (double)s->own;
    dsc_status status = dsc_ranks_sum_doubles(tune->ranks, counts, tune->ranks->count, received, error);
    for (unsigned r = 0; r < tune->ranks->count; r++) {
        if (r == tune->ranks->rank) s->first = s->count;
        s->count += (size_t)counts[r];
    }
    return status;
}

static dsc_status make(spread *s, dsc_error *error) {
    dsc_tune *tune = s->tune;
    const size_t numbers = WHOLE + s->count * EACH;
    s->places = dsc_allocate(s->count, sizeof *s->places);
    s->numbers = dsc_allocate(2 * numbers, sizeof *s->numbers);
    dsc_tune_running *running = dsc_allocate(s->count, sizeof *running);
    if (!s->places || !s->numbers || !running) {
        free(running);
        return dsc_fail_memory(error, s->count * sizeof *s->places, "a search");
    }
    s->received = s->numbers + numbers;
    for (size_t i = 0; i < s->count; i++) s->places[i].trial = NOBODY;
    free(tune->running);
    tune->running = running;
    tune->running_count = s->count;
    tune->trial_threads = tune->threads > s->own ? tune->threads / (unsigned)s->own : 1;
    return dsc_threads_create(&s->pool, (unsigned)s->own + 1, error);
}

dsc_status dsc_tune_agree(const dsc_ranks *ranks, dsc_status status, dsc_error *error) {
    double failed = status != DSC_OK, received;
    dsc_error lost;
    const dsc_status exchanged = dsc_ranks_sum_doubles(ranks, &failed, 1, &received, &lost);
    if (status) return status;
    if (exchanged) return dsc_fail(error, exchanged, "%s", lost.message);
    return failed > 0 ? dsc_fail(error, DSC_ERROR_STOPPED, "another process failed, so all processes end")
                      : DSC_OK;
}

static dsc_status result_of(const spread *s, dsc_error *error) {
    const dsc_tune *tune = s->tune;
    if (tune->status && tune->status != DSC_ERROR_STOPPED) {
        if (error) *error = tune->error;
        return tune->status;
    }
    if (s->failed) return dsc_fail(error, DSC_ERROR_STOPPED, "another process failed, so all processes end");
    return s->stops ? dsc_fail(error, DSC_ERROR_STOPPED, "the search was stopped") : DSC_OK;
}

dsc_status dsc_tune_spread(dsc_tune *tune, dsc_error *error) {
    spread s = {.tune = tune};
    dsc_status status = count_places(&s, error);
    if (status) return status;
    status = dsc_tune_agree(tune->ranks, make(&s, error), error);
    if (!status) {
        (void)pthread_cond_init(&s.changed, NULL);
        dsc_threads_run(s.pool, s.own + 1, take_part, &s);
        (void)pthread_cond_destroy(&s.changed);
        status = result_of(&s, error);
    }
    dsc_threads_free(s.pool);
    free(s.places);
    free(s.numbers);
    return status;
}
