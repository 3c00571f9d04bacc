/* SPDX-License-Identifier: MIT */
/* key.c: a token and a cookie (RFC 6265, sections 4.1 and 5.2); see key.h. */
#include "serve/key.h"

#include "base/error.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>

static bool draw(unsigned char *bytes, size_t size) {
    for (size_t done = 0; done < size;) {
        const ssize_t n = getrandom(bytes + done, size - done, 0);
        if (n < 0 && errno != EINTR) return false;
        if (n > 0) done += (size_t)n;
    }
    return true;
}

static void write_digits(char *text, const unsigned char *bytes, size_t size) {
    for (size_t i = 0; i < size; i++) (void)snprintf(text + 2 * i, 3, "%02x", bytes[i]);
}

dsc_status serve_key_make(serve_key *key, dsc_error *error) {
    enum { SECRET = (SERVE_SECRET - 1) / 2, NAME = 4 };
    unsigned char bytes[2 * SECRET + NAME];
    *key = (serve_key){.name = "descender-"};
    if (!draw(bytes, sizeof bytes))
        return dsc_fail(error, DSC_ERROR_IO, "the system provides no random numbers for the token: %s",
                        strerror(errno));
    write_digits(key->token, bytes, SECRET);
    write_digits(key->session, bytes + SECRET, SECRET);
    write_digits(key->name + strlen(key->name), bytes + 2 * (size_t)SECRET, NAME);
    return DSC_OK;
}

bool serve_key_is(const char *given, const char secret[SERVE_SECRET]) {
    const size_t n = SERVE_SECRET - 1;
    unsigned char differ = 0;
    if (!given || strlen(given) != n) return false;
    for (size_t i = 0; i < n; i++) differ |= (unsigned char)(given[i] ^ secret[i]);
    return !differ;
}

void serve_key_cookie(char cookie[SERVE_COOKIE], const serve_key *key) {
    (void)snprintf(cookie, SERVE_COOKIE, "%s=%s; Path=/; HttpOnly; SameSite=Strict", key->name, key->session);
}
