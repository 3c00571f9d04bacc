/* SPDX-License-Identifier: MIT */
/* child.c: fork, exec, and the child's output; see child.h. */
#include "child/child.h"

#include "base/error.h"
#include "base/memory.h"
#include "base/visible.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif

enum { OUTPUT_MOST = 16 << 20, COMPLAINTS_MOST = 1 << 16 };

struct child {
    pid_t id;
    FILE *printed,
        *complained; /* unnamed files: an unread pipe would block the child; no `printed` if connected */
    bool ended;
    int status; /* from waitpid */
    pthread_mutex_t lock;
};

static void say(const char *text) {
    while (*text) {
        const ssize_t written = write(STDERR_FILENO, text, strlen(text));
        if (written > 0)
            text += written;
        else if (errno != EINTR)
            return;
    }
}

/* Between fork and exec of a threaded process only async-signal-safe functions may be called. */
static void become(const char *program, const char *const *arguments, int in, int out, int err,
                   pid_t parent) {
#ifdef __linux__
    (void)prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (getppid() != parent) _exit(127); /* the parent died before the request */
#else
    (void)parent;
#endif
    if (dup2(in, 0) < 0 || dup2(out, 1) < 0 || dup2(err, 2) < 0) _exit(127);
    (void)execv(program, (char *const *)(uintptr_t)arguments);
    say("descender: cannot start ");
    say(program);
    _exit(127);
}

static void release(child *c) {
    if (c->printed) (void)fclose(c->printed);
    if (c->complained) (void)fclose(c->complained);
    (void)pthread_mutex_destroy(&c->lock);
    free(c);
}

/* `in` and `out` become the program's input and output; they stay the caller's. */
static dsc_status start(child *c, const char *program, const char *const *arguments, int in, int out,
                        dsc_error *error) {
    const pid_t parent = getpid();
    c->id = -1;
    if (in >= 0 && out >= 0) c->complained = tmpfile(); /* otherwise errno says why not */
    if (c->complained) {
        /* Inherited only as descriptor 2, and by no other child. */
        (void)fcntl(fileno(c->complained), F_SETFD, FD_CLOEXEC);
        c->id = fork();
        if (c->id == 0) become(program, arguments, in, out, fileno(c->complained), parent);
    }
    if (c->id > 0) return DSC_OK;
    return dsc_fail(error, DSC_ERROR_IO, "cannot start a process: %s", strerror(errno));
}

static child *create(dsc_error *error) {
    child *c = dsc_allocate(1, sizeof *c);
    if (c)
        (void)pthread_mutex_init(&c->lock, NULL);
    else
        (void)dsc_fail_memory(error, sizeof *c, "a process");
    return c;
}

dsc_status child_start(child **result, const char *program, const char *const *arguments, dsc_error *error) {
    *result = NULL;
    child *c = create(error);
    if (!c) return DSC_ERROR_MEMORY;
    c->printed = tmpfile();
    if (c->printed) (void)fcntl(fileno(c->printed), F_SETFD, FD_CLOEXEC);
    const int in = c->printed ? open("/dev/null", O_RDONLY | O_CLOEXEC) : -1;
    const dsc_status status = start(c, program, arguments, in, c->printed ? fileno(c->printed) : -1, error);
    if (in >= 0) (void)close(in);
    if (status)
        release(c);
    else
        *result = c;
    return status;
}

dsc_status child_start_connected(child **result, int *connection, const char *program,
                                 const char *const *arguments, dsc_error *error) {
    *result = NULL;
    *connection = -1;
    child *c = create(error);
    if (!c) return DSC_ERROR_MEMORY;
    int ends[2] = {-1, -1};
    (void)socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends);
    const dsc_status status = start(c, program, arguments, ends[1], ends[1], error);
    if (ends[1] >= 0) (void)close(ends[1]);
    if (status) {
        if (ends[0] >= 0) (void)close(ends[0]);
        release(c);
    } else {
        *result = c;
        *connection = ends[0];
    }
    return status;
}

/* The caller holds the lock. */
static bool look(child *c, int options) {
    if (c->ended) return true;
    pid_t got;
    do got = waitpid(c->id, &c->status, options);
    while (got < 0 && errno == EINTR);
    if (got < 0) c->status = -1; /* someone else waited for it */
    c->ended = got != 0;
    return c->ended;
}

bool child_has_ended(child *c) {
    (void)pthread_mutex_lock(&c->lock);
    const bool ended = look(c, WNOHANG);
    (void)pthread_mutex_unlock(&c->lock);
    return ended;
}

void child_stop(child *c) {
    (void)pthread_mutex_lock(&c->lock);
    if (!look(c, WNOHANG)) (void)kill(c->id, SIGTERM); /* else the id may be another process's */
    (void)pthread_mutex_unlock(&c->lock);
}

/* Waits without the lock, and without taking the id, so that child_stop can still be called. */
static void wait_for_end(const child *c) {
    siginfo_t info;
    while (waitid(P_PID, (id_t)c->id, &info, WEXITED | WNOWAIT) != 0 && errno == EINTR) {
    }
}

static void wait_a_little(void) {
    const struct timespec little = {0, 10000000};
    (void)nanosleep(&little, NULL);
}

static void read_all(dsc_text *text, FILE *file, size_t most) {
    char block[4096];
    size_t got;
    rewind(file);
    while (text->length < most && (got = fread(block, 1, sizeof block, file)) > 0)
        dsc_text_append_bytes(text, block, got);
}

/* "descender: no such file\nmore" -> "no such file": the program's last error message, otherwise the last
 * line. */
static void last_complaint(char *out, size_t size, FILE *file) {
    static const char begin[] = "descender: ";
    dsc_text text = {0};
    read_all(&text, file, COMPLAINTS_MOST);
    const char *found = "";
    bool own = false;
    for (char *line = text.data; line && *line;) {
        char *end = line + strcspn(line, "\n");
        const bool more = *end != '\0', is_own = !strncmp(line, begin, sizeof begin - 1);
        *end = '\0';
        if (is_own) found = line + sizeof begin - 1;
        if (!own && !is_own && *line) found = line;
        own = own || is_own;
        line = more ? end + 1 : NULL;
    }
    (void)dsc_visible(out, size, found);
    dsc_text_free(&text);
}

dsc_status child_wait(child *c, dsc_text *output, dsc_error *error) {
    while (!child_has_ended(c)) wait_for_end(c);
    if (output && c->printed) read_all(output, c->printed, OUTPUT_MOST);
    if (WIFEXITED(c->status) && WEXITSTATUS(c->status) == 0 && c->status != -1) return DSC_OK;
    char said[400];
    last_complaint(said, sizeof said, c->complained);
    return dsc_fail(error, DSC_ERROR_IO, "%s", *said ? said : "the program ended without a message");
}

void child_end(child *c, double seconds) {
    if (!c) return;
    child_stop(c);
    for (double waited = 0; !child_has_ended(c); waited += 0.01) {
        if (waited >= seconds) {
            (void)kill(c->id, SIGKILL);
            (void)pthread_mutex_lock(&c->lock);
            (void)look(c, 0);
            (void)pthread_mutex_unlock(&c->lock);
        } else {
            wait_a_little();
        }
    }
    release(c);
}

dsc_status child_run(const char *program, const char *const *arguments, dsc_text *output, dsc_error *error) {
    child *c;
    dsc_status status = child_start(&c, program, arguments, error);
    if (!status) status = child_wait(c, output, error);
    child_end(c, 0);
    return status;
}

char *child_find(const char *const *names) {
    const char *folders = getenv("PATH");
    for (; folders && *names; names++)
        for (const char *at = folders; *at;) {
            const size_t length = strcspn(at, ":");
            dsc_text path = {0};
            dsc_text_append(&path, "%.*s/%s", (int)length, at, *names);
            if (!path.failed && length && access(path.data, X_OK) == 0) return path.data;
            dsc_text_free(&path);
            at += length + (at[length] == ':');
        }
    return NULL;
}
