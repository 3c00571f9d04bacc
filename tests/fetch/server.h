/* SPDX-License-Identifier: MIT */
/* server.h: an HTTP server that misbehaves on request, for the tests of downloads.
 *
 * It runs in a process of its own on 127.0.0.1 and a free port, so the test stays single-threaded, and it
 * ends with the test. It serves the files of one folder as /BEHAVIOUR/NAME. It counts the requests in
 * memory that both processes share. */
#ifndef TESTS_FETCH_SERVER_H
#define TESTS_FETCH_SERVER_H

#include "testing.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

typedef struct server_counts {
    atomic_int requests, ranged; /* those of them that requested a range */
    atomic_int connections;
    atomic_long last_range, sent; /* start of the last range; bytes of all bodies */
} server_counts;

static server_counts *server_count;
static char server_mirror[16][80]; /* results of server_url */
static int server_port;
static pid_t server_process;

static void server_sleep(double seconds) {
    struct timespec t = {(time_t)seconds, (long)((seconds - (double)(time_t)seconds) * 1e9)};
    (void)nanosleep(&t, NULL);
}

static void server_send_uncounted(int client, const void *bytes, size_t size) {
    const char *next = bytes;
    while (size) {
        ssize_t n = send(client, next, size, MSG_NOSIGNAL);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) _exit(0);
        next += n;
        size -= (size_t)n;
    }
}

/* Counts first: a client that has received the bytes must find them counted. */
static void server_send(int client, const void *bytes, size_t size) {
    server_count->sent += (long)size;
    server_send_uncounted(client, bytes, size);
}

static void server_head(int client, const char *status, const char *more, long length) {
    char head[1024];
    int n = snprintf(head, sizeof head, "HTTP/1.1 %s\r\nConnection: close\r\n%s", status, more);
    if (length >= 0) n += snprintf(head + n, sizeof head - (size_t)n, "Content-Length: %ld\r\n", length);
    n += snprintf(head + n, sizeof head - (size_t)n, "\r\n");
    server_send_uncounted(client, head, (size_t)n);
}

/* Sends the rest of the file in the way that `how` names. */
static void server_body(int client, const char *how, const char *bytes, long size, long start) {
    long rest = size - start;
    const char *from = bytes + start;
    if (!strcmp(how, "close")) { /* half of the rest, then closes */
        server_send(client, from, (size_t)((rest + 1) / 2));
    } else if (!strcmp(how, "stall")) {
        server_send(client, from, (size_t)(rest / 2));
        server_sleep(30);
    } else if (!strcmp(how, "slow")) { /* in about half a second */
        for (long i = 0; i < 20; i++) {
            server_send(client, from + rest * i / 20, (size_t)(rest * (i + 1) / 20 - rest * i / 20));
            server_sleep(0.025);
        }
    } else if (!strcmp(how, "trickle")) { /* a byte now and then: too slow to be useful */
        for (long i = 0; i < rest; i++) {
            server_send(client, from + i, 1);
            server_sleep(0.1);
        }
    } else if (!strcmp(how, "wrong") || !strcmp(how, "wrongtail")) {
        char *copy = malloc((size_t)rest + 1);
        memcpy(copy, from, (size_t)rest);
        for (long i = how[5] ? rest / 2 : 0; i < rest; i++) copy[i] ^= 1;
        server_send(client, copy, (size_t)rest);
        free(copy);
    } else {
        server_send(client, from, (size_t)rest);
    }
}

static void server_file(int client, const char *how, const char *path, long start) {
    int fd = open(path, O_RDONLY);
    struct stat info;
    if (fd < 0 || fstat(fd, &info)) {
        server_head(client, "404 Not Found", "", 9);
        server_send(client, "not here\n", 9);
        return;
    }
    long size = info.st_size;
    char *bytes = malloc((size_t)size + 1), more[128] = "";
    if (testing_read(fd, bytes, (size_t)size) != (size_t)size) _exit(1);
    bool ranges = strcmp(how, "noranges") && strcmp(how, "badrange");
    if (start > 0 && !strcmp(how, "badrange")) { /* claims to continue at another position */
        (void)snprintf(more, sizeof more, "Content-Range: bytes %ld-%ld/%ld\r\n", start - 1, size - 1, size);
        server_head(client, "206 Partial Content", more, size - start + 1);
        server_body(client, how, bytes, size, start - 1);
    } else if ((start >= size && start > 0 && ranges) || (start > 0 && !strcmp(how, "no416"))) {
        server_head(client, "416 Range Not Satisfiable", "", 0);
    } else if (start > 0 && ranges) {
        (void)snprintf(more, sizeof more, "content-range: bytes %ld-%ld/%ld\r\n", start, size - 1, size);
        server_head(client, "206 Partial Content", more, size - start);
        server_body(client, how, bytes, size, start);
    } else {
        server_head(client, "200 OK", "", strcmp(how, "nolength") ? size : -1);
        server_body(client, how, bytes, size, 0);
    }
    free(bytes);
    (void)close(fd);
}

static void server_endless(int client) {
    char block[4096];
    memset(block, 'x', sizeof block);
    server_head(client, "200 OK", "", -1);
    for (;;) server_send(client, block, sizeof block);
}

static void server_answer(int client, const char *root) {
    char request[4096] = "", how[64] = "", name[256] = "", path[600], more[700];
    size_t length = 0;
    while (!strstr(request, "\r\n\r\n") && length < sizeof request - 1) {
        ssize_t n = recv(client, request + length, sizeof request - 1 - length, 0);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) return;
        length += (size_t)n;
        request[length] = '\0';
    }
    server_count->requests++;
    if (sscanf(request, "GET /%63[^/]/%255[^ ]", how, name) != 2) return;
    long start = 0;
    const char *range = strstr(request, "Range: bytes=");
    if (range && sscanf(range, "Range: bytes=%ld-", &start) == 1) {
        server_count->ranged++;
        server_count->last_range = start;
    }
    (void)snprintf(path, sizeof path, "%s/%s", root, name);
    if (!strcmp(how, "404")) {
        server_head(client, "404 Not Found", "", 9);
        server_send(client, "not here\n", 9);
    } else if (!strcmp(how, "500")) {
        server_head(client, "500 Internal Server Error", "", 0);
    } else if (!strcmp(how, "silent")) {
        server_sleep(30);
    } else if (!strcmp(how, "redirect") || !strcmp(how, "loop")) {
        (void)snprintf(more, sizeof more, "Location: /%s/%s\r\n", how[0] == 'r' ? "ok" : how, name);
        server_head(client, "302 Found", more, 5);
        server_send(client, "moved", 5);
    } else if (!strcmp(how, "tofile")) {
        (void)snprintf(more, sizeof more, "Location: file://%s\r\n", path);
        server_head(client, "302 Found", more, 0);
    } else if (!strcmp(how, "nowhere")) {
        server_head(client, "302 Found", "", 5);
        server_send(client, "moved", 5);
    } else if (!strcmp(how, "empty")) {
        server_head(client, "200 OK", "", 0);
    } else if (!strcmp(how, "page")) { /* as a captive portal does */
        server_head(client, "200 OK", "", 21);
        server_send(client, "<html>pay here</html>", 21);
    } else if (!strcmp(how, "endless")) {
        server_endless(client);
    } else {
        server_file(client, how, path, start);
    }
}

static void server_run(int listener, const char *root) {
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    (void)signal(SIGCHLD, SIG_IGN);
    for (;;) {
        int client = accept(listener, NULL, NULL);
        if (client < 0) continue;
        server_count->connections++;
        if (fork() == 0) {
            (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
            (void)alarm(60);
            server_answer(client, root);
            (void)shutdown(client, SHUT_WR);
            (void)close(client);
            _exit(0);
        }
        (void)close(client);
    }
}

/* Starts the server for the files of `root`. */
static inline void server_start(const char *root) {
    (void)signal(SIGPIPE, SIG_IGN);
    static const char *const proxies[] = {"http_proxy", "https_proxy", "all_proxy", "HTTPS_PROXY",
                                          "ALL_PROXY"};
    for (size_t i = 0; i < sizeof proxies / sizeof *proxies; i++) (void)unsetenv(proxies[i]);
    server_count =
        mmap(NULL, sizeof *server_count, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    if (server_count == MAP_FAILED || listener < 0 ||
        bind(listener, (struct sockaddr *)&address, sizeof address) || listen(listener, 64) ||
        getsockname(listener, (struct sockaddr *)&address, &length))
        abort();
    server_port = ntohs(address.sin_port);
    server_process = fork();
    if (server_process == 0) {
        server_run(listener, root);
        _exit(0);
    }
    (void)close(listener);
}

static inline void server_stop(void) {
    if (server_process > 0 && !kill(server_process, SIGKILL)) (void)waitpid(server_process, NULL, 0);
    server_process = 0;
}

/* Returns whether 127.0.0.1 is reachable: a sandbox may have no loopback interface. Sends nothing. */
static inline bool server_reachable(void) {
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons(9), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0) return false;
    bool reachable = !connect(fd, (struct sockaddr *)&address, sizeof address);
    (void)close(fd);
    return reachable;
}

static inline void server_reset(void) { *server_count = (server_counts){0}; }

/* The base URL of a behaviour; lives until sixteen more were made. */
static inline const char *server_url(const char *behaviour) {
    static unsigned next;
    char *url = server_mirror[next++ % 16];
    (void)snprintf(url, sizeof server_mirror[0], "http://127.0.0.1:%d/%s/", server_port, behaviour);
    return url;
}

#endif
