/* SPDX-License-Identifier: MIT */
/* transfer.h: one request to one server; the response is written to a file that may be partly present. */
#ifndef FETCH_TRANSFER_H
#define FETCH_TRANSFER_H

#include <descender.h>

typedef enum fetch_outcome {
    FETCH_DONE,      /* the server sent everything */
    FETCH_BROKEN,    /* ended early: the received bytes are good and can be resumed */
    FETCH_STALLED,   /* likewise, but this server is too slow to try again */
    FETCH_UNREACHED, /* no connection: no name, no route, no answer */
    FETCH_REFUSED,   /* an error status, a forbidden redirection, more than `limit` bytes */
    FETCH_RANGE,     /* cannot continue from `offset`: restart at zero */
    FETCH_FAILED     /* no other server would help: stopped, too late, disk full, out of memory */
} fetch_outcome;

typedef struct fetch_transfer {
    const char *url;
    int file;        /* open for writing */
    uint64_t offset; /* bytes present; if positive, requests the rest (RFC 9110, section 14) */
    uint64_t limit;  /* maximum size of the file */
    double connect_seconds;
    double stall_seconds; /* broken if fewer than 100 bytes a second arrive for this long */
    double deadline;      /* on the scale of dsc_clock; 0: none */
    const char *path;     /* of the file, for messages */

    /* Called about ten times a second; a nonzero result stops the transfer. */
    int (*on_tick)(void *user, uint64_t bytes);
    void *user;

    uint64_t start; /* out: where the response begins: `offset`, or 0 if the server sends everything */
    uint64_t bytes; /* out: current size of the file */
} fetch_transfer;

/* Runs the transfer. Allows only http and https, and from https only https. `error` holds the reason except
 * for FETCH_DONE. */
fetch_outcome fetch_transfer_run(fetch_transfer *transfer, dsc_error *error);

#endif
