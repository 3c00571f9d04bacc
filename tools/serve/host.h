/* SPDX-License-Identifier: MIT */
/* host.h: decides whether a request is for this server and from its own page.
 *
 * A page of another site can make a browser send requests to this machine, even under its own name that it
 * points here (DNS rebinding). The name in Host must therefore belong to this machine or be allowed by the
 * user. Its port is ignored: behind `ssh -L 9000:localhost:8017` it is 9000. Origin, which names the page's
 * site, must have the same name and port. All functions are pure; any thread. */
#ifndef SERVE_HOST_H
#define SERVE_HOST_H

#include <stdbool.h>
#include <stddef.h>

/* `host` is the address that the server listens on; `allowed` holds more names, separated by commas (NULL:
 * none). */
bool serve_host_is_ours(const char *header, const char *host, const char *allowed);

/* Whether a server on `host` is reachable only from this machine: an address such as 127.0.0.1 or ::1, or
 * localhost. */
bool serve_host_is_loopback(const char *host);

/* The length of the name in "NAME" or "NAME:PORT", including the brackets of an IPv6 address; 0: invalid. */
size_t serve_host_name_length(const char *header);

/* Whether to answer a request with these headers. `origin` NULL: not sent by a page. */
bool serve_host_is_trusted(const char *header, const char *origin, const char *host, const char *allowed);

/* Whether both name this machine unambiguously: localhost, 127.0.0.0/8, [::1]. */
bool serve_host_is_local(const char *header, const char *origin);

/* Whether `allowed` is a valid list of names, without "http://" and ports. */
bool serve_host_list_is_right(const char *allowed);

#endif
