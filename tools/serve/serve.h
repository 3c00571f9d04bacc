/* SPDX-License-Identifier: MIT */
/* serve.h: a web page to draw digits and watch runs, served on this machine.
 *
 *   host.c        decides which requests to answer
 *   key.c         access for browsers on other machines
 *   handle.c      requests and responses without sockets, so that tests and fuzzers can call it
 *   about_runs.c  requests about one run     respond.c   shared helpers
 *   reading.c     a picture -> the digits found, the outputs of the layers, the answers
 *   networks.c    the available networks
 *   runs.c        the runs of a folder, by name; nothing else on disk is accessible
 *   collection.c  corrected digits as a data set
 *   work.c        training and reports: this program in a separate process (child.c)
 *   http.c        libmicrohttpd: sockets, limits, timeouts
 *   page/         the page: HTML, CSS, JavaScript, embedded in the program */
#ifndef SERVE_SERVE_H
#define SERVE_SERVE_H

#include "base/text.h"
#include "serve/key.h"

#include <descender.h>

enum {
    SERVE_BODY_MOST = 4 << 20, /* bytes of a drawing */
    SERVE_SIDE_MOST = 2048,    /* pixels of a drawing's side */
    SERVE_CLIENTS_MOST = 512,
    SERVE_SECONDS = 10 /* idle time after which a connection is closed */
};

typedef struct serve_site serve_site;

typedef struct serve_options {
    const dsc_model *model; /* outlives the site; NULL: only networks of runs */
    const char *model_name;
    const char *model_path; /* the file of `model`; NULL: the built-in model */
    const char *runs;       /* the folder of runs; may not exist */
    /* The path of this program, which trains and makes reports in separate processes; NULL: neither is
     * available. */
    const char *program;
    const char *const
        *data; /* data to train on, as for --data, in addition to that of the runs; NULL-terminated */
    const char *no_reports, *no_training; /* why these are unavailable; NULL: they are available */
    const char *collect;                  /* the folder for corrected digits; NULL: not collected */
    const char *allowed_hosts;            /* more host names, separated by commas (host.h); NULL: none */
    const serve_key *key;                 /* required from other machines; NULL: not required */
} serve_options;

/* Creates the site; any number of threads may use it. */
dsc_status serve_site_create(serve_site **site, const serve_options *options, dsc_error *error);
/* Asks the site's work to stop (training saves); call before stopping the server. */
void serve_site_stop(serve_site *site);
/* Waits for the work to end and frees the site. */
void serve_site_free(serve_site *site);

typedef struct serve_request {
    const char *method, *path; /* "GET", "/api/runs": without the query */
    const char *host, *origin; /* headers; NULL: absent */
    const char *last_event;    /* Last-Event-ID, or NULL */
    bool is_local;             /* the connection comes from this machine, and no proxy announced itself */
    const char *(*query)(void *context, const char *name);  /* a field of the query, or NULL */
    const char *(*cookie)(void *context, const char *name); /* of the Cookie header; NULL: none */
    void *context;
    const unsigned char *body;
    size_t size;
} serve_request;

typedef struct serve_response {
    unsigned status; /* 200, 404, ... */
    const char *type;
    const char *policy;        /* Content-Security-Policy */
    char cookie[SERVE_COOKIE]; /* Set-Cookie; empty: none */
    const void *fixed;         /* bytes with static lifetime, or NULL: */
    dsc_text text;             /* the body, which the caller releases */
    size_t size;               /* of `fixed` */
} serve_response;

/* Always produces a response. The request's Host must be a name or number of this machine, `host`, or an
 * allowed name, so that pages of other sites cannot reach the server through their own names (DNS rebinding;
 * host.h). Requests from other machines need the key. */
void serve_handle(serve_response *response, serve_site *site, const serve_request *request, const char *host);

/* Whether it will be handled, not refused for its Host or key, as far as its headers say. */
bool serve_is_allowed(const serve_site *site, const serve_request *request, const char *host);

/* ---- the server ---- */

typedef struct serve_server serve_server;

/* Listens on `host` (an address) and *port (0: chooses a free one and stores it). */
dsc_status serve_start(serve_server **server, serve_site *site, const char *host, unsigned *port,
                       dsc_error *error);
/* Completes the requests in progress and stops. */
void serve_stop(serve_server *server);

#endif
