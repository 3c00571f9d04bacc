/* SPDX-License-Identifier: MIT */
/* key.h: what lets a browser in that is not on this machine.
 *
 * The address that is handed out has a token; the first request with it gets a cookie, by which the
 * browser is known from then on. Both are new at each start of the server. Any number of browsers may come
 * with the same token: a class opens one address. The cookie holds another secret than the address, so
 * that neither says the other. */
#ifndef SERVE_KEY_H
#define SERVE_KEY_H

#include <descender.h>

enum { SERVE_SECRET = 33, SERVE_COOKIE_NAME = 24, SERVE_COOKIE = 128 };

typedef struct serve_key {
    char token[SERVE_SECRET], session[SERVE_SECRET]; /* 128 bits each, as hexadecimal digits */
    char name[SERVE_COOKIE_NAME]; /* of the cookie: one of each server, for a browser sends all of a host */
} serve_key;

/* From the system's random numbers. IO: it has none. */
dsc_status serve_key_make(serve_key *key, dsc_error *error);

/* Whether they are the same, in a time that does not tell how much of it is. `given` NULL: no. */
bool serve_key_is(const char *given, const char secret[SERVE_SECRET]);

/* The header Set-Cookie: until the browser is closed, for no script, and not for requests that other sites
 * bring about. */
void serve_key_cookie(char cookie[SERVE_COOKIE], const serve_key *key);

#endif
