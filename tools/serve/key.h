/* SPDX-License-Identifier: MIT */
/* key.h: access for browsers on other machines.
 *
 * The address handed out contains a token; the first request with it receives a cookie, which identifies the
 * browser afterwards. Both are new at each start of the server. Any number of browsers may use the same
 * token: a class opens one address. The cookie holds a different secret, so that neither reveals the
 * other. */
#ifndef SERVE_KEY_H
#define SERVE_KEY_H

#include <descender.h>

enum { SERVE_SECRET = 33, SERVE_COOKIE_NAME = 24, SERVE_COOKIE = 128 };

typedef struct serve_key {
    char token[SERVE_SECRET], session[SERVE_SECRET]; /* 128 bits each, as hexadecimal digits */
    char name[SERVE_COOKIE_NAME]; /* of the cookie; unique per server, as browsers send all of a host */
} serve_key;

/* Generates the secrets from the system's random numbers. DSC_ERROR_IO: there are none. */
dsc_status serve_key_make(serve_key *key, dsc_error *error);

/* Compares in constant time. `given` NULL: false. */
bool serve_key_is(const char *given, const char secret[SERVE_SECRET]);

/* The Set-Cookie header: valid until the browser closes, hidden from scripts, not sent with requests from
 * other sites. */
void serve_key_cookie(char cookie[SERVE_COOKIE], const serve_key *key);

#endif
