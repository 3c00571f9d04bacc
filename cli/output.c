/* SPDX-License-Identifier: MIT */
/* output.c: what goes to standard output and standard error, interruptions, and output nobody reads. */
#include "command.h"

#include "base/json.h"

#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

static volatile sig_atomic_t interrupted;

static void note_interrupt(int signal_number) {
    (void)signal_number;
    interrupted = 1;
}

void command_prepare_signals(void) {
    /* The first Ctrl-C asks for a clean end; the second one kills, should the first not be heard. A SIGINT
     * that was ignored when we were started (nohup, a background job) stays ignored. */
    struct sigaction old, action = {.sa_handler = note_interrupt, .sa_flags = SA_RESTART | (int)SA_RESETHAND};
    (void)sigemptyset(&action.sa_mask);
    if (!sigaction(SIGINT, NULL, &old) && old.sa_handler != SIG_IGN) (void)sigaction(SIGINT, &action, NULL);
    action = (struct sigaction){.sa_handler = SIG_IGN};
    (void)sigemptyset(&action.sa_mask);
    (void)sigaction(SIGPIPE, &action, NULL);
}

bool command_was_interrupted(void) { return interrupted; }
bool command_should_stop(void) { return interrupted || ferror(stdout); }

void command_remark(const command_call *call, const char *format, ...) {
    if (call->quiet) return;
    va_list arguments;
    va_start(arguments, format);
    (void)vfprintf(stderr, format, arguments);
    va_end(arguments);
    (void)fputc('\n', stderr);
}

void command_complain(const char *format, ...) {
    va_list arguments;
    (void)fflush(stdout); /* so that what was said before is read before */
    va_start(arguments, format);
    (void)fputs("descender: ", stderr);
    (void)vfprintf(stderr, format, arguments);
    va_end(arguments);
    (void)fputc('\n', stderr);
}

dsc_status command_print_text(dsc_text *text, dsc_error *error) {
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
        /* The reason of an earlier failure is gone: writing again tells it. */
        clearerr(stdout);
        if (fputc('\n', stdout) == EOF || fflush(stdout)) reason = errno;
    }
    /* Some file systems tell of a full disk only at the end. */
    if (!failed && close(STDOUT_FILENO) && errno != EBADF) {
        failed = true;
        reason = errno;
    }
    if (!failed) return status;
    /* `descender ... | head` is no error to speak of. */
    if (reason != EPIPE)
        (void)fprintf(stderr, "descender: standard output cannot be written: %s\n",
                      reason ? strerror(reason) : "an earlier write failed");
    return status ? status : COMMAND_FAILED;
}

bool command_colour(void *stream) {
    const char *no = getenv("NO_COLOR"), *terminal = getenv("TERM");
    return isatty(fileno(stream)) && !(no && *no) && terminal && strcmp(terminal, "dumb") != 0;
}

size_t command_width(void) {
    int64_t width = 0;
    struct winsize size;
    const char *columns = getenv("COLUMNS");
    if (!columns || !dsc_parse_integer(&width, columns) || width <= 0)
        width = !ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) && size.ws_col ? size.ws_col : 80;
    return width < 40 ? 40 : width > 100 ? 100 : (size_t)width;
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
