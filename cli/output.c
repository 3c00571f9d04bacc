/* SPDX-License-Identifier: MIT */
/* output.c: standard output and standard error, interruptions, and output without a reader. */
#include "command.h"

#include "base/file.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/visible.h"
#include "draw/fit.h"
#include "draw/terminal.h"
#include "run/run.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { SAME_REQUEST_MILLISECONDS = 250 };

/* ---- signals ---- */

static const int asking[] = {SIGINT, SIGTERM, SIGHUP};
static volatile sig_atomic_t asked; /* the first signal received */
/* Time of the first signal in milliseconds, at least 1; 0 before. Two threads may run the handler at once,
 * because the signal mask is per thread; the first to store the time wins. A signal handler may use only
 * lock-free objects. */
static atomic_uint asked_at;
_Static_assert(ATOMIC_INT_LOCK_FREE == 2, "signal handlers need lock-free integers");

static void note_request(int signal_number) {
    struct timespec time;
    const int code = errno;
    (void)clock_gettime(CLOCK_MONOTONIC, &time);
    const unsigned clock = 1000u * (unsigned)time.tv_sec + (unsigned)(time.tv_nsec / 1000000);
    const unsigned now = clock ? clock : 1;
    unsigned first = 0;
    if (atomic_compare_exchange_strong(&asked_at, &first, now)) {
        asked = signal_number;
    } else if ((int)(now - first) >= SAME_REQUEST_MILLISECONDS) { /* the other thread may have read the clock
                                                                   * later */
        (void)signal(signal_number, SIG_DFL);
        (void)raise(signal_number); /* delivered when this handler returns */
    }
    errno = code;
}

void command_catch_signals(void) {
    struct sigaction action = {.sa_handler = note_request, .sa_flags = SA_RESTART}, old;
    (void)sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < sizeof asking / sizeof *asking; i++) (void)sigaddset(&action.sa_mask, asking[i]);
    for (size_t i = 0; i < sizeof asking / sizeof *asking; i++)
        if (!sigaction(asking[i], NULL, &old) && old.sa_handler != SIG_IGN)
            (void)sigaction(asking[i], &action, NULL);
}

int command_was_interrupted(void) { return asked ? COMMAND_SIGNAL_BASE + asked : 0; }

dsc_status command_go_on(dsc_error *error) {
    return asked ? dsc_fail(error, DSC_ERROR_STOPPED, "interrupted") : DSC_OK;
}

static void do_nothing(int signal_number) { (void)signal_number; }

/* Installs a handler instead of SIG_IGN, which started programs would inherit. */
static void let_writes_fail(void) {
    struct sigaction action = {.sa_handler = do_nothing, .sa_flags = SA_RESTART}, old;
    (void)sigemptyset(&action.sa_mask);
    const int fatal[] = {SIGPIPE, SIGXFSZ};
    for (size_t i = 0; i < sizeof fatal / sizeof *fatal; i++)
        if (!sigaction(fatal[i], NULL, &old) && old.sa_handler != SIG_IGN)
            (void)sigaction(fatal[i], &action, NULL);
}

/* ---- descriptors ---- */

/* A file opened while 0, 1 or 2 is closed would get that number and receive printed text. The descriptors
 * that take these numbers are open in the wrong direction, so reading or writing still fails. */
bool command_prepare_process(void) {
    let_writes_fail();
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
        if (fcntl(fd, F_GETFD) >= 0) continue;
        int got = open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY);
        if (got < 0) got = open("/", O_RDONLY | O_DIRECTORY);
        if (got != fd) return false;
    }
    return true;
}

/* poll reports a pipe without a reader and a lost terminal, but not a full disk. */
static bool reader_is_gone(void) {
    struct pollfd out = {.fd = STDOUT_FILENO};
    return poll(&out, 1, 0) > 0 && (out.revents & (POLLERR | POLLHUP)) != 0;
}

bool command_should_stop(void) { return asked || ferror(stdout); }
bool command_should_stop_saving(void) { return asked || (ferror(stdout) && reader_is_gone()); }

static bool is_same_file(const char *a, const char *b) {
    struct stat one, other;
    return !stat(a, &one) && !stat(b, &other) && S_ISREG(one.st_mode) && dsc_is_same_file(&one, &other);
}

dsc_status command_reads(command_call *call, const char *path, dsc_error *error) {
    char *copy = strdup(path);
    if (!copy || !dsc_grow(&call->reads, &call->read_capacity, call->read_count + 1, sizeof *call->reads)) {
        free(copy);
        return dsc_fail_memory(error, strlen(path), path);
    }
    call->reads[call->read_count++] = copy;
    return DSC_OK;
}

static dsc_status fail_read(const char *path, dsc_error *error) {
    return dsc_fail(error, DSC_ERROR_ARGUMENT,
                    "%s: is an input of this command and would be replaced; name another file", path);
}

/* Fails if `path` is an operand, a file of a run in an operand's folder, or noted by command_reads. */
static dsc_status check_not_read(const command_call *call, const char *path, dsc_error *error) {
    static const char *const parts[] = {"", DSC_RUN_RECIPE, DSC_RUN_LOG, DSC_RUN_CHECKPOINT, DSC_RUN_MODEL};
    for (size_t i = 0; i < call->operand_count; i++)
        for (size_t k = 0; k < sizeof parts / sizeof *parts; k++) {
            char *part = *parts[k] ? dsc_path_join(call->operands[i], parts[k]) : strdup(call->operands[i]);
            if (!part) return dsc_fail_memory(error, strlen(call->operands[i]), path);
            bool same = is_same_file(part, path);
            free(part);
            if (same) return fail_read(path, error);
        }
    for (size_t i = 0; i < call->read_count; i++)
        if (is_same_file(call->reads[i], path)) return fail_read(path, error);
    return DSC_OK;
}

void command_warn_in_place(const char *path) {
    command_complain("warning: %s: cannot be replaced atomically, so it will be written in place; a crash "
                     "while writing damages it",
                     path);
}

void command_warn_of_files(const char *folder, const char *const *names) {
    for (; *names; names++) {
        dsc_file_way way;
        char *path = dsc_path_join(folder, *names);
        if (path && !dsc_file_rehearse(&way, path, 0, NULL) && way == DSC_FILE_IN_PLACE)
            command_warn_in_place(path);
        free(path);
    }
}

dsc_status command_rehearse(const command_call *call, const char *path, dsc_error *error) {
    dsc_file_way way = DSC_FILE_ATOMIC;
    dsc_status status = path ? check_not_read(call, path, error) : DSC_OK;
    if (!status && path) status = dsc_file_rehearse(&way, path, 0, error);
    if (!status && way == DSC_FILE_IN_PLACE) command_warn_in_place(path);
    return status;
}

/* ---- messages ---- */

/* Texts are written for USUAL_WIDTH columns; a wider terminal changes nothing. */
enum { USUAL_WIDTH = 80, WIDTH_LEAST = 40, WIDTH_MOST = 100 };

size_t command_width(int descriptor) {
    const unsigned width = draw_terminal_detect(descriptor).width;
    return width < WIDTH_LEAST ? WIDTH_LEAST : width > WIDTH_MOST ? WIDTH_MOST : width;
}

size_t command_room(int descriptor, size_t usual) {
    const size_t width = isatty(descriptor) == 1 ? command_width(descriptor) : USUAL_WIDTH;
    return width < USUAL_WIDTH && width < usual ? width : usual;
}

/* Writes a text, adapted to the width of a narrow terminal. */
static void write_fitted(FILE *stream, const char *text) {
    const size_t room = command_room(fileno(stream), SIZE_MAX);
    dsc_text fitted = {0};
    if (room < USUAL_WIDTH) draw_fit(&fitted, text, room);
    /* Without memory the text is written unchanged. */
    (void)fputs(fitted.data && !fitted.failed ? fitted.data : text, stream);
    dsc_text_free(&fitted);
}

/* Prints one line on standard error. Untrusted text in it cannot control the terminal. */
DSC_PRINTF(2, 0)
static void say(const char *before, const char *format, va_list arguments) {
    va_list again;
    va_copy(again, arguments);
    int length = vsnprintf(NULL, 0, format, again);
    va_end(again);
    char *line = length < 0 ? NULL : malloc((size_t)length + 1);
    dsc_text shown = {0};
    if (line) {
        (void)vsnprintf(line, (size_t)length + 1, format, arguments);
        dsc_text_append_visible(&shown, line);
    }
    (void)fflush(stdout); /* keeps the order of the two streams */
    dsc_text whole = {0};
    dsc_text_append(&whole, "%s%s\n", before, line && !shown.failed && shown.data ? shown.data : "");
    write_fitted(stderr, whole.data && !whole.failed ? whole.data : before);
    dsc_text_free(&whole);
    dsc_text_free(&shown);
    free(line);
}

void command_remark(const command_call *call, const char *format, ...) {
    if (call->quiet) return;
    va_list arguments;
    va_start(arguments, format);
    say("", format, arguments);
    va_end(arguments);
}

void command_complain(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    say("descender: ", format, arguments);
    va_end(arguments);
}

void command_tell_stop(command_call *call, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    say(asked ? "descender: interrupted, " : "descender: stopped, ", format, arguments);
    va_end(arguments);
    call->told = true;
}

void command_print(const char *format, ...) {
    va_list arguments, again;
    va_start(arguments, format);
    va_copy(again, arguments);
    const int length = vsnprintf(NULL, 0, format, again);
    va_end(again);
    char *text = length < 0 ? NULL : malloc((size_t)length + 1);
    if (text) {
        (void)vsnprintf(text, (size_t)length + 1, format, arguments);
        write_fitted(stdout, text);
    } else {
        (void)vprintf(format, arguments);
    }
    va_end(arguments);
    free(text);
}

dsc_status command_print_text(dsc_text *text, dsc_error *error) {
    bool failed = text->failed;
    if (!failed && text->length) write_fitted(stdout, text->data);
    dsc_text_free(text);
    return failed ? dsc_fail_memory(error, 0, "what is to be printed") : DSC_OK;
}

dsc_status command_print_document(dsc_text *text, dsc_error *error) {
    bool failed = text->failed;
    if (!failed && text->length) (void)fwrite(text->data, 1, text->length, stdout);
    dsc_text_free(text);
    return failed ? dsc_fail_memory(error, 0, "what is to be printed") : DSC_OK;
}

int command_finish(int status) {
    errno = 0;
    bool failed = ferror(stdout);
    int reason = 0;
    if (fflush(stdout)) {
        failed = true;
        reason = errno;
    } else if (failed) {
        /* errno of the earlier failure is lost: writing again gives the reason */
        clearerr(stdout);
        if (fputc('\n', stdout) == EOF || fflush(stdout)) reason = errno;
    }
    /* Some file systems report a full disk only on close. */
    if (!failed && close(STDOUT_FILENO) && errno != EBADF) {
        failed = true;
        reason = errno;
    }
    if (!failed) return status;
    /* `descender ... | head` is not an error. */
    if (reason != EPIPE)
        (void)fprintf(stderr, "descender: standard output cannot be written: %s\n",
                      reason ? strerror(reason) : "an earlier write failed");
    return status ? status : COMMAND_FAILED;
}

bool command_colour(void *stream) {
    const char *no = getenv("NO_COLOR"), *terminal = getenv("TERM");
    return isatty(fileno(stream)) && !(no && *no) && terminal && strcmp(terminal, "dumb") != 0;
}

dsc_status command_print_json(json_t *json, dsc_error *error) {
    dsc_text text = {0};
    if (json) dsc_json_format(&text, json);
    bool failed = !json || text.failed;
    if (!failed) (void)puts(text.data);
    json_decref(json);
    dsc_text_free(&text);
    return failed ? dsc_fail_memory(error, 0, "the results as JSON") : DSC_OK;
}
