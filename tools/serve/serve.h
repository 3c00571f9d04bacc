/* SPDX-License-Identifier: MIT */
/* serve.h: a page in the browser on which one draws digits and watches runs, served on this machine.
 *
 *   host.c        whose requests are answered
 *   key.c         what lets browsers in that are not on this machine
 *   handle.c      requests in, responses out: no socket, so that tests and fuzzers call it as the server does
 *   about_runs.c  those about one run        respond.c   what all of them need
 *   reading.c     a picture -> what the network sees, what its layers make of it, what it says
 *   networks.c    the networks that can be asked
 *   runs.c        the runs of a folder, by their names; nothing else on the disk is reached
 *   collection.c  digits that were corrected, as a data set
 *   work.c        training, reports: this program in a process of its own (child.c)
 *   http.c        libmicrohttpd: sockets, limits, time-outs
 *   page/         the page: HTML, CSS, JavaScript, inside the program
 */
#ifndef SERVE_SERVE_H
#define SERVE_SERVE_H

#include "base/text.h"
#include "serve/key.h"

#include <descender.h>

enum {
    SERVE_BODY_MOST = 4 << 20, /* bytes of a drawing */
    SERVE_SIDE_MOST = 2048,    /* pixels of its side */
    SERVE_CLIENTS_MOST = 512,
    SERVE_SECONDS = 10 /* without a sign of life, and a connection is closed */
};

typedef struct serve_site serve_site;

typedef struct serve_options {
    const dsc_model *model; /* outlives the site; NULL: only networks of runs are asked */
    const char *model_name;
    const char *model_path; /* the file that `model` is of; NULL: it is inside the program */
    const char *runs;       /* the folder of runs; it may be missing */
    /* This program's own file, which trains and makes reports in processes of its own; NULL: neither can be
     * done. */
    const char *program;
    const char *const
        *data; /* what can be trained on, as for --data, beside that of the runs; NULL ends it */
    const char *no_reports, *no_training; /* why that is not done; NULL: it is */
    const char *collect;       /* the folder for digits that were corrected; NULL: they are not kept */
    const char *allowed_hosts; /* more names to answer for, divided by commas (host.h); NULL: none */
    const serve_key *key;      /* asked of all that do not come from this machine; NULL: of nobody */
} serve_options;

/* What is served, to any number of threads. */
dsc_status serve_site_create(serve_site **site, const serve_options *options, dsc_error *error);
/* Asks what the site has begun to end (training saves); for the time before the server is stopped. */
void serve_site_stop(serve_site *site);
/* Waits until it has ended. */
void serve_site_free(serve_site *site);

typedef struct serve_request {
    const char *method, *path; /* "GET", "/api/runs": without the query */
    const char *host, *origin; /* headers; NULL: absent */
    const char *last_event;    /* Last-Event-ID, or NULL */
    bool is_local; /* the connection comes from this machine, and no proxy says that it stands between */
    const char *(*query)(void *context, const char *name);  /* a field of the query, or NULL */
    const char *(*cookie)(void *context, const char *name); /* of the header Cookie; NULL: there are none */
    void *context;
    const unsigned char *body;
    size_t size;
} serve_request;

typedef struct serve_response {
    unsigned status; /* 200, 404, ... */
    const char *type;
    const char *policy;        /* Content-Security-Policy */
    char cookie[SERVE_COOKIE]; /* Set-Cookie; empty: none */
    const void *fixed;         /* bytes that live as long as the program, or NULL: */
    dsc_text text;             /* the body, to be released */
    size_t size;               /* of `fixed` */
} serve_response;

/* Always gives a response. The request's Host must be this machine's by name or number, `host`, or an
 * allowed one, so that no page of another site can talk to the server by a name of its own (DNS rebinding;
 * host.h). Who does not come from this machine needs the key. */
void serve_handle(serve_response *response, serve_site *site, const serve_request *request, const char *host);

/* ---- the server ---- */

typedef struct serve_server serve_server;

/* Listens on `host` (an address) and *port (0: a free one, which is then put there). */
dsc_status serve_start(serve_server **server, serve_site *site, const char *host, unsigned *port,
                       dsc_error *error);
/* Answers what is in progress, and ends. */
void serve_stop(serve_server *server);

#endif
