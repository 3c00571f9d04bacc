/* SPDX-License-Identifier: MIT */
/* host.c: the headers Host (RFC 9110, section 7.2) and Origin (RFC 6454, section 7); see host.h. */
#include "serve/host.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <string.h>
#include <strings.h>

enum { NAME_MOST = 255, PORT_MOST = 5 };

size_t serve_host_name_length(const char *header) {
    size_t n = 0;
    if (*header == '[') {
        n = strcspn(header, "]");
        if (!header[n]) return 0;
        n++;
    } else {
        while (isalnum((unsigned char)header[n]) || (header[n] && strchr("-._", header[n]))) n++;
    }
    const char *rest = header + n;
    if (!n || n > NAME_MOST) return 0;
    if (!*rest) return n;
    size_t digits = *rest == ':' ? strspn(rest + 1, "0123456789") : 0;
    return digits && digits <= PORT_MOST && !rest[1 + digits] ? n : 0;
}

static bool is_name(const char *name, size_t length, const char *other) {
    return strlen(other) == length && !strncasecmp(name, other, length);
}

/* Parses `text` as an address, plain or in brackets. */
static bool read_address(struct in6_addr *six, struct in_addr *four, const char *name, size_t length) {
    char text[NAME_MOST + 1];
    const bool bracketed = *name == '[';
    if (bracketed) name++, length -= 2;
    memcpy(text, name, length);
    text[length] = '\0';
    *four = (struct in_addr){0};
    *six = (struct in6_addr){0};
    return bracketed ? inet_pton(AF_INET6, text, six) == 1 : inet_pton(AF_INET, text, four) == 1;
}

/* By RFC 6761, section 6.3, localhost and names below it are this machine; browsers ask no DNS server for
 * them. */
static bool is_loopback(const char *name, size_t length) {
    static const char local[] = "localhost";
    const size_t n = sizeof local - 1;
    if (length >= n && !strncasecmp(name + length - n, local, n))
        return length == n || (length > n + 1 && name[length - n - 1] == '.' && *name != '.');
    struct in6_addr six;
    struct in_addr four;
    if (!read_address(&six, &four, name, length)) return false;
    return *name == '[' ? IN6_IS_ADDR_LOOPBACK(&six) : ntohl(four.s_addr) >> 24 == 127;
}

bool serve_host_is_loopback(const char *host) {
    struct in6_addr six;
    const size_t length = strlen(host);
    if (inet_pton(AF_INET6, host, &six) == 1) return IN6_IS_ADDR_LOOPBACK(&six);
    return length && length <= NAME_MOST && is_loopback(host, length);
}

/* The address that the server listens on. If it listens on all addresses, any address may be this machine's,
 * and an address cannot be redirected by DNS. */
static bool is_listened_on(const char *name, size_t length, const char *host) {
    struct in6_addr six;
    struct in_addr four;
    if (is_name(name, length, host)) return true;
    if (*name == '[' && is_name(name + 1, length - 2, host)) return true;
    const bool all = !strcmp(host, "0.0.0.0") || !strcmp(host, "::");
    return all && read_address(&six, &four, name, length);
}

bool serve_host_is_ours(const char *header, const char *host, const char *allowed) {
    const size_t length = serve_host_name_length(header);
    if (!length) return false;
    if (is_loopback(header, length) || is_listened_on(header, length, host)) return true;
    for (const char *at = allowed; at && *at; at += strspn(at, ", ")) {
        const size_t n = strcspn(at, ", ");
        if (n == length && !strncasecmp(at, header, n)) return true;
        at += n;
    }
    return false;
}

bool serve_host_is_trusted(const char *header, const char *origin, const char *host, const char *allowed) {
    if (!header || !serve_host_is_ours(header, host, allowed)) return false;
    if (!origin) return true;
    const char *name = strstr(origin, "://");
    const size_t scheme = name ? (size_t)(name - origin) : 0;
    if (!is_name(origin, scheme, "http") && !is_name(origin, scheme, "https")) return false;
    name += 3;
    if (!strcasecmp(name, header)) return true;
    /* An allowed proxy may forward requests under the server's own name. */
    return allowed && !serve_host_is_ours(name, host, NULL) && serve_host_is_ours(name, host, allowed);
}

bool serve_host_is_local(const char *header, const char *origin) {
    const char *name = origin ? strstr(origin, "://") : NULL;
    const size_t length = serve_host_name_length(header);
    if (!length || !is_loopback(header, length)) return false;
    if (!origin) return true;
    const size_t n = name ? serve_host_name_length(name + 3) : 0;
    return n && is_loopback(name + 3, n);
}

bool serve_host_list_is_right(const char *allowed) {
    for (const char *at = allowed; *at; at += strspn(at, ", ")) {
        char name[NAME_MOST + 1];
        const size_t n = strcspn(at, ", ");
        if (!n || n > NAME_MOST) return false;
        memcpy(name, at, n);
        name[n] = '\0';
        if (serve_host_name_length(name) != n) return false;
        at += n;
    }
    return *allowed != '\0';
}
