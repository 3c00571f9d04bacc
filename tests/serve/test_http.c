/* SPDX-License-Identifier: MIT */
/* test_http.c: the server on a real socket of this machine: many clients at once, slow ones and broken
 * ones. It uses threads. */
#include "testing.h"

#include "serve/serve.h"
#include "shipped/shipped.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#if defined __SANITIZE_THREAD__ || defined __SANITIZE_ADDRESS__ /* up to thirty times slower */
enum { CLIENTS = 60 };
#else
enum { CLIENTS = 200 };
#endif
enum { SIDE = 280, SECONDS_MOST = 60 };

static dsc_error error;
static dsc_model *model;
static serve_site *site;
static serve_server *server;
static unsigned port;

static struct timeval patience = {SECONDS_MOST, 0};

static int connect_to_it(void) {
    const int s = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in where = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    where.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    assert_true(s >= 0);
    (void)setsockopt(s, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    if (connect(s, (const struct sockaddr *)&where, sizeof where)) fail_msg("connect: %s", strerror(errno));
    return s;
}

static void send_all(int s, const void *bytes, size_t size) {
    const char *at = bytes;
    while (size > 0) {
        const ssize_t sent = send(s, at, size, MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR) continue;
        if (sent <= 0) return; /* it closed the connection, which is allowed */
        at += sent;
        size -= (size_t)sent;
    }
}
static void send_text(int s, const char *text) { send_all(s, text, strlen(text)); }

/* Reads until the server closes; the status, or 0 without an answer. */
static unsigned receive(int s, char *out, size_t size) {
    size_t length = 0;
    for (;;) {
        const ssize_t got = recv(s, out + length, size - 1 - length, 0);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) break;
        length += (size_t)got;
        if (length == size - 1) break;
    }
    out[length] = '\0';
    close(s);
    return strncmp(out, "HTTP/1.1 ", 9) == 0 ? (unsigned)strtoul(out + 9, NULL, 10) : 0;
}

static void send_drawing(int s) {
    static uint8_t pixels[SIDE * SIDE];
    char head[300];
    memset(pixels, 255, sizeof pixels);
    for (size_t y = 60; y < 220; y++) memset(pixels + y * SIDE + 130, 0, 18);
    (void)snprintf(head, sizeof head,
                   "POST /api/read?width=%d&height=%d HTTP/1.1\r\nHost: localhost:%u\r\nConnection: "
                   "close\r\nContent-Length: %d\r\n\r\n",
                   SIDE, SIDE, port, SIDE * SIDE);
    send_text(s, head);
    send_all(s, pixels, sizeof pixels);
}

static unsigned get(const char *path, const char *host, char *out, size_t size) {
    char head[400];
    const int s = connect_to_it();
    (void)snprintf(head, sizeof head, "GET %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n", path, host);
    send_text(s, head);
    return receive(s, out, size);
}

static void it_answers_with_its_headers(void **unused) {
    (void)unused;
    static char out[100000];
    char host[40];
    (void)snprintf(host, sizeof host, "127.0.0.1:%u", port);
    assert_int_equal(get("/", host, out, sizeof out), 200);
    assert_non_null(strstr(out, "Content-Security-Policy: default-src 'none'"));
    assert_non_null(strstr(out, "X-Content-Type-Options: nosniff"));
    assert_non_null(strstr(out, "<title>Descender</title>"));
    assert_int_equal(get("/", "evil.example", out, sizeof out), 403);
    assert_int_equal(get("/api/runs/../../etc/passwd", host, out, sizeof out), 404);
    assert_int_equal(get("/api/runs/%2e%2e%2fsecret", host, out, sizeof out), 404);
    const int s = connect_to_it();
    send_drawing(s);
    assert_int_equal(receive(s, out, sizeof out), 200);
    assert_non_null(strstr(out, "\"label\":\"1\""));
}

static void what_is_broken_or_too_large_does_no_harm(void **unused) {
    (void)unused;
    static char out[100000];
    static const char *const broken[] = {
        "\r\n\r\n",
        "GARBAGE\r\n\r\n",
        "GET / HTTP/9.9\r\n\r\n",
        "GET /\r\n\r\n",
        "\xff\xfe\x00\x01",
        "POST /api/read HTTP/1.1\r\nHost: localhost\r\nContent-Length: -5\r\n\r\n",
        "POST /api/read HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"};
    patience = (struct timeval){0, 200000}; /* it may also send nothing, and wait for more */
    for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
        const int s = connect_to_it();
        send_text(s, broken[i]);
        (void)shutdown(s, SHUT_WR);
        const unsigned status = receive(s, out, sizeof out);
        assert_true(status == 0 || status >= 400);
    }
    patience = (struct timeval){SECONDS_MOST, 0};
    /* More than the limit: refused, not stored. For another name of this machine: not even counted. */
    char head[200], *block = calloc(1, 1 << 16);
    for (int other = 0; other < 2; other++) {
        const int s = connect_to_it();
        (void)snprintf(head, sizeof head,
                       "POST /api/read HTTP/1.1\r\nHost: %s:%u\r\nConnection: close\r\nContent-Length: "
                       "%d\r\n\r\n",
                       other ? "elsewhere.example" : "localhost", port, SERVE_BODY_MOST + (1 << 16));
        send_text(s, head);
        for (size_t sent = 0; sent < SERVE_BODY_MOST + (1 << 16); sent += 1 << 16)
            send_all(s, block, 1 << 16);
        const unsigned status = receive(s, out, sizeof out);
        assert_true(status == (other ? 403 : 413) || status == 0);
    }
    free(block);
    /* An endless header. */
    const int s = connect_to_it();
    for (int i = 0; i < 100; i++)
        send_text(
            s,
            "X-Long: "
            "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa");
    close(s);
}

static void many_at_once_are_all_answered_though_others_dawdle(void **unused) {
    (void)unused;
    static char out[100000];
    int slow[50], clients[CLIENTS];
    for (int i = 0; i < 50; i++) { /* they begin and never end */
        slow[i] = connect_to_it();
        send_text(slow[i], i % 2 ? "GET / HT"
                                 : "POST /api/read?width=9&height=9 HTTP/1.1\r\nHost: "
                                   "localhost\r\nContent-Length: 81\r\n\r\nabc");
    }
    struct timespec start, end;
    (void)clock_gettime(CLOCK_MONOTONIC, &start);
    for (int i = 0; i < CLIENTS; i++) clients[i] = connect_to_it();
    for (int i = 0; i < CLIENTS; i++) send_drawing(clients[i]);
    for (int i = 0; i < CLIENTS; i++) {
        /* A byte now and then: the server must not close them as idle, and answer the others only then. */
        for (int k = 0; i % 10 == 0 && k < 50; k++) send_text(slow[k], "x");
        assert_int_equal(receive(clients[i], out, sizeof out), 200);
        assert_non_null(strstr(out, "\"label\":\"1\""));
    }
    (void)clock_gettime(CLOCK_MONOTONIC, &end);
    print_message("%d drawings at once took %.2f s\n", CLIENTS,
                  (double)(end.tv_sec - start.tv_sec) + 1e-9 * (double)(end.tv_nsec - start.tv_nsec));
    for (int i = 0; i < 50; i++) close(slow[i]);
}

static int make(void **unused) {
    (void)unused;
    if (shipped_model(&model, &error)) return 1;
    const serve_options options = {.model = model, .model_name = "shipped", .runs = testing_folder()};
    return serve_site_create(&site, &options, &error) != DSC_OK;
}

static void it_starts(void **unused) {
    (void)unused;
    const dsc_status status = serve_start(&server, site, "127.0.0.1", &port, &error);
    if (status == DSC_ERROR_UNSUPPORTED) TEST_SKIP("this build has no libmicrohttpd");
    ASSERT_OK(status, error);
    assert_true(port > 0);
    serve_server *other;
    unsigned same = port;
    assert_int_equal(serve_start(&other, site, "127.0.0.1", &same, &error), DSC_ERROR_IO);
    ASSERT_MESSAGE(error, "--port 0");
    assert_int_equal(serve_start(&other, site, "somewhere", &same, &error), DSC_ERROR_ARGUMENT);
}

static int clear(void **unused) {
    (void)unused;
    serve_stop(server);
    serve_site_free(site);
    dsc_model_free(model);
    return 0;
}

/* Without a server the other tests have no peer. */
#define IF_SERVED(test)                                                                                      \
    static void served_##test(void **state) {                                                                \
        if (!server) TEST_SKIP("there is no server");                                                        \
        test(state);                                                                                         \
    }
IF_SERVED(it_answers_with_its_headers)
IF_SERVED(what_is_broken_or_too_large_does_no_harm)
IF_SERVED(many_at_once_are_all_answered_though_others_dawdle)

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_starts),
        cmocka_unit_test(served_it_answers_with_its_headers),
        cmocka_unit_test(served_what_is_broken_or_too_large_does_no_harm),
        cmocka_unit_test(served_many_at_once_are_all_answered_though_others_dawdle),
    };
    return cmocka_run_group_tests(tests, make, clear);
}
