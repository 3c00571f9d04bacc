/* SPDX-License-Identifier: MIT */
/* networks.c: the networks that can read a drawing: the served one, and those of runs, of which a few are
 * kept open; see parts.h. */
#include "serve/parts.h"

#include "base/error.h"
#include "base/memory.h"
#include "base/text.h"
#include "exchange/exchange.h"

#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { KEPT_MOST = 6 };

/* An open network. The first is the served one, which is never closed. */
typedef struct entry {
    serve_network network; /* first member: what callers get */
    dsc_model *own;        /* of a run */
    char *path, *name;
    struct stat info; /* of the file when it was read */
    size_t users;
    uint64_t used; /* time of the last use, in uses */
    struct entry *next;
} entry;

struct serve_networks {
    const serve_options *options;
    entry *all;
    size_t count;
    uint64_t clock;
    pthread_mutex_t lock;
};

static void close_entry(entry *e) {
    if (!e) return;
    serve_reader_free(e->network.reader);
    dsc_model_free(e->own);
    free(e->path);
    free(e->name);
    free(e);
}

dsc_status serve_networks_create(serve_networks **result, const serve_options *options, dsc_error *error) {
    *result = NULL;
    serve_networks *n = dsc_allocate(1, sizeof *n);
    if (!n) return dsc_fail_memory(error, sizeof *n, "the server");
    (void)pthread_mutex_init(&n->lock, NULL);
    n->options = options;
    dsc_status status = DSC_OK;
    if (options->model) {
        n->all = dsc_allocate(1, sizeof *n->all);
        if (!n->all) status = dsc_fail_memory(error, sizeof *n->all, "the server");
        if (!status) {
            n->all->network = (serve_network){.name = options->model_name, .epoch = NAN};
            status = serve_reader_create(&n->all->network.reader, options->model, error);
        }
    }
    if (status)
        serve_networks_free(n);
    else
        *result = n;
    return status;
}

void serve_networks_free(serve_networks *n) {
    if (!n) return;
    while (n->all) {
        entry *next = n->all->next;
        close_entry(n->all);
        n->all = next;
    }
    (void)pthread_mutex_destroy(&n->lock);
    free(n);
}

static dsc_status open_entry(entry **result, const char *run, char *path, const struct stat *info,
                             dsc_error *error) {
    entry *e = dsc_allocate(1, sizeof *e);
    *result = NULL;
    if (!e) {
        free(path);
        return dsc_fail_memory(error, sizeof *e, "a network");
    }
    e->path = path;
    e->info = *info;
    e->name = strdup(run);
    e->network = (serve_network){.name = e->name, .epoch = NAN};
    dsc_status status = e->name ? exchange_load(&e->own, path, NULL, error)
                                : dsc_fail_memory(error, strlen(run), "a network");
    if (!status) status = serve_reader_create(&e->network.reader, e->own, error);
    if (status) {
        close_entry(e);
        return status;
    }
    const char *epoch = dsc_model_about(e->own, "epoch");
    if (!epoch || !dsc_parse_real(&e->network.epoch, epoch)) e->network.epoch = NAN;
    *result = e;
    return DSC_OK;
}

/* Closes unused networks: the least recently used one, or one whose file changed. */
static void make_room(serve_networks *n) {
    entry **oldest = NULL;
    size_t kept = 0;
    for (entry **at = &n->all; *at; at = &(*at)->next) {
        if (!(*at)->own) continue;
        kept++;
        if (!(*at)->users && (!oldest || (*at)->used < (*oldest)->used)) oldest = at;
    }
    if (kept < KEPT_MOST || !oldest) return;
    entry *gone = *oldest;
    *oldest = gone->next;
    close_entry(gone);
}

static bool is_same(const struct stat *a, const struct stat *b) {
    return a->st_ino == b->st_ino && a->st_size == b->st_size && a->st_mtim.tv_sec == b->st_mtim.tv_sec &&
           a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

static entry *find_entry(const serve_networks *n, const char *path, const struct stat *info) {
    for (entry *e = n->all; e; e = e->next)
        if (e->path && !strcmp(e->path, path) && is_same(&e->info, info)) return e;
    return NULL;
}

static dsc_status take_runs(entry **result, serve_networks *n, const char *run, const char *epoch,
                            dsc_error *error) {
    struct stat info;
    char *path = serve_run_network(n->options->runs, run, epoch);
    if (!path || stat(path, &info)) {
        free(path);
        return dsc_fail(error, DSC_ERROR_IO,
                        "there is no such network; a run's network exists after its first epoch, if it is "
                        "small enough to keep");
    }
    *result = find_entry(n, path, &info);
    if (*result) {
        free(path);
        return DSC_OK;
    }
    make_room(n);
    dsc_status status = open_entry(result, run, path, &info, error);
    if (status) return status;
    (*result)->next = n->all;
    n->all = *result;
    return DSC_OK;
}

dsc_status serve_network_take(const serve_network **network, serve_networks *n, const char *run,
                              const char *epoch, dsc_error *error) {
    entry *e = NULL;
    dsc_status status = DSC_OK;
    *network = NULL;
    (void)pthread_mutex_lock(&n->lock);
    if (run && *run) {
        status = take_runs(&e, n, run, epoch, error);
    } else {
        for (e = n->all; e && e->own;) e = e->next;
        if (!e)
            status = dsc_fail(error, DSC_ERROR_IO, "this server has no network of its own; choose a run's");
    }
    if (e) {
        e->users++;
        e->used = ++n->clock;
        *network = &e->network;
    }
    (void)pthread_mutex_unlock(&n->lock);
    return status;
}

void serve_network_let_go(serve_networks *n, const serve_network *network) {
    if (!network) return;
    (void)pthread_mutex_lock(&n->lock);
    for (entry *e = n->all; e; e = e->next)
        if (&e->network == network) e->users--;
    (void)pthread_mutex_unlock(&n->lock);
}
