/* SPDX-License-Identifier: MIT */
/* read_ahead.c: one thread and two buffers: the thread fills one while the caller uses the other. */
#include "data/read_ahead.h"

#include "base/error.h"
#include "base/memory.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

typedef enum state { IDLE, ASKED, DONE, QUIT } state;

struct dsc_read_ahead {
    const dsc_dataset *data;
    size_t most;
    unsigned char *buffer[2];
    unsigned front; /* the caller's buffer; the thread fills the other */
    uint32_t *samples;
    size_t count; /* of the requested samples */
    state state;
    dsc_status status;
    dsc_error error;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    pthread_t thread;
    bool started;
};

static void *work(void *argument) {
    dsc_read_ahead *r = argument;
    (void)pthread_mutex_lock(&r->lock);
    for (;;) {
        while (r->state != ASKED && r->state != QUIT) (void)pthread_cond_wait(&r->changed, &r->lock);
        if (r->state == QUIT) break;
        unsigned char *to = r->buffer[!r->front];
        (void)pthread_mutex_unlock(&r->lock);
        const dsc_status status = dsc_dataset_read(to, r->data, r->samples, r->count, &r->error);
        (void)pthread_mutex_lock(&r->lock);
        r->status = status;
        if (r->state == ASKED) r->state = DONE;
        (void)pthread_cond_broadcast(&r->changed);
    }
    (void)pthread_mutex_unlock(&r->lock);
    return NULL;
}

dsc_status dsc_read_ahead_create(dsc_read_ahead **result, const dsc_dataset *data, size_t most,
                                 dsc_error *error) {
    *result = NULL;
    dsc_read_ahead *r = dsc_allocate(1, sizeof *r);
    if (!r) return dsc_fail_memory(error, sizeof *r, "reading ahead");
    r->data = data;
    r->most = most;
    (void)pthread_mutex_init(&r->lock, NULL);
    (void)pthread_cond_init(&r->changed, NULL);
    dsc_status status = DSC_OK;
    r->samples = dsc_allocate(most, sizeof *r->samples);
    for (int i = 0; i < 2; i++) r->buffer[i] = dsc_allocate_aligned(most, data->image_bytes);
    if (!r->samples || !r->buffer[0] || !r->buffer[1])
        status = dsc_fail_memory(error, 2 * most * data->image_bytes, "reading ahead");
    const int code = status ? 0 : pthread_create(&r->thread, NULL, work, r);
    if (code) {
        char reason[128];
        status = dsc_fail(error, DSC_ERROR_MEMORY, "cannot start a thread that reads ahead: %s",
                          strerror_r(code, reason, sizeof reason));
    }
    r->started = !status;
    if (status)
        dsc_read_ahead_free(r);
    else
        *result = r;
    return status;
}

void dsc_read_ahead_free(dsc_read_ahead *r) {
    if (!r) return;
    if (r->started) {
        (void)pthread_mutex_lock(&r->lock);
        r->state = QUIT;
        (void)pthread_cond_broadcast(&r->changed);
        (void)pthread_mutex_unlock(&r->lock);
        (void)pthread_join(r->thread, NULL);
    }
    (void)pthread_cond_destroy(&r->changed);
    (void)pthread_mutex_destroy(&r->lock);
    free(r->samples);
    free(r->buffer[0]);
    free(r->buffer[1]);
    free(r);
}

/* Waits until the thread is idle. The caller holds the lock. */
static void wait_until_read(dsc_read_ahead *r) {
    while (r->state == ASKED) (void)pthread_cond_wait(&r->changed, &r->lock);
}

void dsc_read_ahead_begin(dsc_read_ahead *r, const uint32_t *samples, size_t count) {
    (void)pthread_mutex_lock(&r->lock);
    wait_until_read(r);
    memcpy(r->samples, samples, count * sizeof *samples);
    r->count = count;
    r->state = ASKED;
    (void)pthread_cond_broadcast(&r->changed);
    (void)pthread_mutex_unlock(&r->lock);
}

dsc_status dsc_read_ahead_take(const unsigned char **images, dsc_read_ahead *r, const uint32_t *samples,
                               size_t count, dsc_error *error) {
    (void)pthread_mutex_lock(&r->lock);
    wait_until_read(r);
    const bool foreseen =
        r->state == DONE && r->count == count && !memcmp(r->samples, samples, count * sizeof *samples);
    r->state = IDLE;
    (void)pthread_mutex_unlock(&r->lock);
    dsc_status status = DSC_OK;
    if (foreseen && r->status)
        status = dsc_fail(error, r->status, "%s", r->error.message);
    else if (!foreseen)
        status = dsc_dataset_read(r->buffer[!r->front], r->data, samples, count, error);
    r->front = !r->front;
    *images = status ? NULL : r->buffer[r->front];
    return status;
}

size_t dsc_read_ahead_bytes(const dsc_read_ahead *r) {
    return r ? 2 * r->most * r->data->image_bytes + r->most * sizeof *r->samples : 0;
}
