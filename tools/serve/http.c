/* SPDX-License-Identifier: MIT */
/* http.c: sockets, through libmicrohttpd: a few threads serve all connections; see serve.h. */
#include "serve/serve.h"

#include "base/error.h"
#include "base/memory.h"

#if DESCENDER_WITH_MICROHTTPD

#include <arpa/inet.h>
#include <errno.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "late/late.h"

/* One per line: clang-format does not format such lists stably. */
/* clang-format off */
#define LATE_MHD(X) \
    X(MHD_start_daemon) \
    X(MHD_stop_daemon) \
    X(MHD_get_daemon_info) \
    X(MHD_get_connection_info) \
    X(MHD_lookup_connection_value) \
    X(MHD_create_response_from_buffer) \
    X(MHD_create_response_from_buffer_with_free_callback) \
    X(MHD_add_response_header) \
    X(MHD_queue_response) \
    X(MHD_destroy_response)
/* clang-format on */
typedef struct mhd_functions {
    LATE_MHD(LATE_MEMBER)
} mhd_functions;
static const char *const mhd_names[] = {LATE_MHD(LATE_NAME) NULL};

/* A request that computes for long, such as that of a report, keeps its thread waiting, and with it the other
 * connections of that thread. */
enum { THREADS = 8 };

struct serve_server {
    mhd_functions api;
    struct MHD_Daemon *daemon;
    serve_site *site;
    char *host;
};

/* A request whose body is arriving. */
typedef struct upload {
    unsigned char *bytes;
    size_t size, capacity;
    bool begun, unwanted, refused; /* unwanted: the request will be refused, whatever it holds */
} upload;

/* A connection, and the library's functions. */
typedef struct asked {
    const mhd_functions *api;
    struct MHD_Connection *connection;
} asked;

static const char *query_of(void *context, const char *name) {
    const asked *a = context;
    return a->api->MHD_lookup_connection_value(a->connection, MHD_GET_ARGUMENT_KIND, name);
}

static const char *cookie_of(void *context, const char *name) {
    const asked *a = context;
    return a->api->MHD_lookup_connection_value(a->connection, MHD_COOKIE_KIND, name);
}

/* A proxy on this machine forwards requests of others; most proxies identify themselves. */
static bool is_local(const asked *a) {
    static const char *const of_proxies[] = {
        "Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-IP", "Via", NULL};
    for (size_t i = 0; of_proxies[i]; i++)
        if (a->api->MHD_lookup_connection_value(a->connection, MHD_HEADER_KIND, of_proxies[i])) return false;
    const union MHD_ConnectionInfo *info =
        a->api->MHD_get_connection_info(a->connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    if (!info || !info->client_addr) return false;
    union {
        struct sockaddr_in four;
        struct sockaddr_in6 six;
    } peer;
    const bool six = info->client_addr->sa_family == AF_INET6;
    if (!six && info->client_addr->sa_family != AF_INET) return false;
    memcpy(&peer, info->client_addr, six ? sizeof peer.six : sizeof peer.four);
    return six ? IN6_IS_ADDR_LOOPBACK(&peer.six.sin6_addr) : ntohl(peer.four.sin_addr.s_addr) >> 24 == 127;
}

static void add_headers(const mhd_functions *api, struct MHD_Response *response, const serve_response *r) {
    const char *const headers[][2] = {{"Content-Type", r->type},
                                      {"Content-Security-Policy", r->policy},
                                      {"X-Content-Type-Options", "nosniff"},
                                      {"Referrer-Policy", "no-referrer"},
                                      {"Cross-Origin-Resource-Policy", "same-origin"},
                                      {"Cross-Origin-Opener-Policy", "same-origin"},
                                      {"Set-Cookie", *r->cookie ? r->cookie : NULL},
                                      {"Cache-Control", "no-store"}};
    for (size_t i = 0; i < sizeof headers / sizeof *headers; i++)
        if (headers[i][1]) (void)api->MHD_add_response_header(response, headers[i][0], headers[i][1]);
}

static enum MHD_Result send_response(const mhd_functions *api, struct MHD_Connection *connection,
                                     serve_response *r) {
    struct MHD_Response *response =
        r->fixed ? api->MHD_create_response_from_buffer_with_free_callback(r->size,
                                                                           (void *)(uintptr_t)r->fixed, NULL)
                 : api->MHD_create_response_from_buffer(r->text.length, r->text.data, MHD_RESPMEM_MUST_COPY);
    dsc_text_free(&r->text);
    if (!response) return MHD_NO;
    add_headers(api, response, r);
    const enum MHD_Result result = api->MHD_queue_response(connection, r->status, response);
    api->MHD_destroy_response(response);
    return result;
}

static enum MHD_Result refuse_large(const mhd_functions *api, struct MHD_Connection *connection) {
    serve_response r = {.status = 413, .type = "application/json", .policy = "default-src 'none'"};
    dsc_text_append(&r.text, "{\"error\":\"more than %d bytes\"}", SERVE_BODY_MOST);
    return send_response(api, connection, &r);
}

static bool add(upload *u, const char *data, size_t size) {
    if (u->refused || size > SERVE_BODY_MOST - u->size ||
        !dsc_grow(&u->bytes, &u->capacity, u->size + size, 1))
        return false;
    memcpy(u->bytes + u->size, data, size);
    u->size += size;
    return true;
}

static enum MHD_Result on_request(void *context, struct MHD_Connection *connection, const char *path,
                                  const char *method, const char *version, const char *data, size_t *size,
                                  void **mine) {
    (void)version;
    serve_server *server = context;
    const mhd_functions *api = &server->api;
    asked a = {api, connection};
    upload *u = *mine;
    if (!u) { /* only the headers have arrived */
        *mine = u = dsc_allocate(1, sizeof *u);
        return u ? MHD_YES : MHD_NO;
    }
    const serve_request q = {
        .method = method,
        .path = path,
        .host = api->MHD_lookup_connection_value(connection, MHD_HEADER_KIND, "Host"),
        .origin = api->MHD_lookup_connection_value(connection, MHD_HEADER_KIND, "Origin"),
        .last_event = api->MHD_lookup_connection_value(connection, MHD_HEADER_KIND, "Last-Event-ID"),
        .is_local = is_local(&a),
        .query = query_of,
        .cookie = cookie_of,
        .context = &a,
        .body = u->bytes,
        .size = u->size,
    };
    if (*size) {
        if (!u->begun) u->unwanted = !serve_is_allowed(server->site, &q, server->host);
        u->begun = true;
        if (!u->unwanted && !add(u, data, *size)) u->refused = true; /* the rest is discarded, too */
        *size = 0;
        return MHD_YES;
    }
    if (u->refused) return refuse_large(api, connection);
    serve_response r;
    serve_handle(&r, server->site, &q, server->host);
    return send_response(api, connection, &r);
}

static void on_completed(void *context, struct MHD_Connection *connection, void **mine,
                         enum MHD_RequestTerminationCode how) {
    (void)context;
    (void)connection;
    (void)how;
    upload *u = *mine;
    if (u) free(u->bytes);
    free(u);
    *mine = NULL;
}

/* Discards the library's messages about broken clients. */
static void say_nothing(void *context, const char *format, va_list arguments) {
    (void)context;
    (void)format;
    (void)arguments;
}

typedef union address {
    struct sockaddr any;
    struct sockaddr_in four;
    struct sockaddr_in6 six;
} address;

static bool parse_address(address *a, const char *host, unsigned port) {
    memset(a, 0, sizeof *a);
    if (!strcmp(host, "localhost")) host = "127.0.0.1";
    if (inet_pton(AF_INET, host, &a->four.sin_addr) == 1) {
        a->four.sin_family = AF_INET;
        a->four.sin_port = htons((uint16_t)port);
        return true;
    }
    if (inet_pton(AF_INET6, host, &a->six.sin6_addr) != 1) return false;
    a->six.sin6_family = AF_INET6;
    a->six.sin6_port = htons((uint16_t)port);
    return true;
}

static dsc_status listen_on(serve_server *s, const char *host, unsigned *port, dsc_error *error) {
    address where;
    dsc_status status = late_load(&s->api, mhd_names, DESCENDER_MICROHTTPD_SONAME, error);
    if (status) return status;
    if (!parse_address(&where, host, *port))
        return dsc_fail(error, DSC_ERROR_ARGUMENT,
                        "'%s' is not an address: expected one such as 127.0.0.1 or ::1", host);
    unsigned flags = MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_AUTO | MHD_USE_ERROR_LOG;
    if (where.any.sa_family == AF_INET6) flags |= MHD_USE_IPv6;
    errno = 0;
    s->daemon = s->api.MHD_start_daemon(
        flags, (uint16_t)*port, NULL, NULL, on_request, s, MHD_OPTION_EXTERNAL_LOGGER, say_nothing, NULL,
        MHD_OPTION_SOCK_ADDR, &where.any, MHD_OPTION_THREAD_POOL_SIZE, (unsigned)THREADS,
        MHD_OPTION_CONNECTION_LIMIT, (unsigned)SERVE_CLIENTS_MOST, MHD_OPTION_CONNECTION_TIMEOUT,
        (unsigned)SERVE_SECONDS, MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)32768,
        MHD_OPTION_NOTIFY_COMPLETED, on_completed, NULL, MHD_OPTION_END);
    if (!s->daemon) {
        if (errno)
            return dsc_fail(error, DSC_ERROR_IO, "cannot listen on %s, port %u: %s; try --port 0", host,
                            *port, strerror(errno));
        return dsc_fail(error, DSC_ERROR_IO, "cannot listen on %s, port %u; try --port 0", host, *port);
    }
    const union MHD_DaemonInfo *info = s->api.MHD_get_daemon_info(s->daemon, MHD_DAEMON_INFO_BIND_PORT);
    if (info && info->port) *port = info->port;
    return DSC_OK;
}

dsc_status serve_start(serve_server **result, serve_site *site, const char *host, unsigned *port,
                       dsc_error *error) {
    *result = NULL;
    serve_server *s = dsc_allocate(1, sizeof *s);
    if (!s) return dsc_fail_memory(error, sizeof *s, "the server");
    s->site = site;
    s->host = strdup(host);
    dsc_status status =
        s->host ? listen_on(s, host, port, error) : dsc_fail_memory(error, strlen(host), "the server");
    if (status)
        serve_stop(s);
    else
        *result = s;
    return status;
}

void serve_stop(serve_server *s) {
    if (!s) return;
    if (s->daemon) s->api.MHD_stop_daemon(s->daemon);
    free(s->host);
    free(s);
}

#else

dsc_status serve_start(serve_server **server, serve_site *site, const char *host, unsigned *port,
                       dsc_error *error) {
    (void)site, (void)host, (void)port;
    *server = NULL;
    return dsc_fail(error, DSC_ERROR_UNSUPPORTED,
                    "this build has no libmicrohttpd, which serves pages; install its development package "
                    "and build again");
}
void serve_stop(serve_server *server) { (void)server; }

#endif
