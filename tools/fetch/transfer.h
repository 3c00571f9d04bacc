/* SPDX-License-Identifier: MIT */
/* transfer.h: one request to one server, its answer written to a file that may be there in part. */
#ifndef FETCH_TRANSFER_H
#define FETCH_TRANSFER_H

#include <descender.h>

typedef enum fetch_outcome {
    FETCH_DONE,      /* the server sent all that it wanted to send */
    FETCH_BROKEN,    /* it ended midway: what has come is good, and may be resumed */
    FETCH_STALLED,   /* the same, but this server is too slow to be asked again */
    FETCH_UNREACHED, /* no connection: no name, no route, no answer */
    FETCH_REFUSED,   /* an error status, a forbidden redirection, more than `limit` bytes */
    FETCH_RANGE,     /* it cannot go on from `offset`: begin at zero */
    FETCH_FAILED     /* no other server would help: stopped, too late, disk full, memory short */
} fetch_outcome;

typedef struct fetch_transfer {
    const char *url;
    int file;        /* open for writing */
    uint64_t offset; /* what is there already; more than 0 asks for the rest (RFC 9110, section 14) */
    uint64_t limit;  /* the file never becomes larger */
    double connect_seconds;
    double stall_seconds; /* broken if fewer than 100 bytes a second come for so long */
    double deadline;      /* on fetch_clock's scale; 0: none */
    const char *path;     /* of the file, for messages */

    /* Called about ten times a second; anything but 0 stops the transfer. */
    int (*on_tick)(void *user, uint64_t bytes);
    void *user;

    uint64_t start; /* out: where what was sent begins: `offset`, or 0 if the server sends all anew */
    uint64_t bytes; /* out: the size of the file now */
} fetch_transfer;

/* Seconds on a clock that is never set. */
double fetch_clock(void);

/* Only http and https, and from https only to https. `error` holds the reason for all but FETCH_DONE. */
fetch_outcome fetch_transfer_run(fetch_transfer *transfer, dsc_error *error);

#endif
