/* SPDX-License-Identifier: MIT */
/* host.h: for whom a request is, and whose page sent it.
 *
 * A page of another site can make a browser send requests to this machine, also under a name of the site's
 * own that it lets point here (DNS rebinding). So the name in Host must be one that no stranger owns: this
 * machine's own names, or those that the user allows. Its port does not matter: behind `ssh -L
 * 9000:localhost:8017` it is 9000. And Origin, which says whose page asks, must be the same name and port. */
#ifndef SERVE_HOST_H
#define SERVE_HOST_H

#include <stdbool.h>
#include <stddef.h>

/* `host`, the address that the server listens on; `allowed`, more names, divided by commas (NULL: none). */
bool serve_host_is_ours(const char *header, const char *host, const char *allowed);

/* Whether only this machine reaches a server that listens on `host`: an address such as 127.0.0.1 or ::1, or
 * localhost. */
bool serve_host_is_loopback(const char *host);

/* The length of the name in "NAME" or "NAME:PORT", brackets of an address of version 6 included; 0: it is
 * none. */
size_t serve_host_name_length(const char *header);

/* Whether a request with these two headers may be answered. `origin` NULL: no page sent it. */
bool serve_host_is_trusted(const char *header, const char *origin, const char *host, const char *allowed);

/* Whether both name this machine as only it can be meant: localhost, 127.0.0.0/8, [::1]. */
bool serve_host_is_local(const char *header, const char *origin);

/* Whether `allowed` is a list of names without "http://" and ports. */
bool serve_host_list_is_right(const char *allowed);

#endif
