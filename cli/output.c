/* SPDX-License-Identifier: MIT */
/* output.c: what goes to standard output and standard error, interruptions, and output nobody reads. */
#include "command.h"

#include <errno.h>
#include <math.h>
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

/* ---- JSON ----
 * jansson prints 0.68 as 0.68000000000000005; people read these files too. So the structure is walked here,
 * numbers are printed as short as they can be, and jansson does texts. */

static void append_json(dsc_text *text, const json_t *json, int depth);

static void append_leaf(dsc_text *text, const json_t *json) {
    char number[40];
    if (json_is_real(json)) {
        dsc_text_append(text, "%s", dsc_format_shortest(number, json_real_value(json)));
        return;
    }
    char *leaf = json_dumps(json, JSON_ENCODE_ANY);
    if (leaf)
        dsc_text_append(text, "%s", leaf);
    else
        text->failed = true;
    free(leaf);
}

static void append_line(dsc_text *text, int depth) { dsc_text_append(text, "\n%*s", 2 * depth, ""); }

static void append_array(dsc_text *text, const json_t *json, int depth) {
    bool flat = true; /* numbers and texts share a line, objects and arrays do not */
    size_t index;
    const json_t *item;
    json_array_foreach(json, index, item) if (json_is_object(item) || json_is_array(item)) flat = false;
    dsc_text_append(text, "[");
    json_array_foreach(json, index, item) {
        if (index) dsc_text_append(text, flat ? ", " : ",");
        if (!flat) append_line(text, depth + 1);
        append_json(text, item, depth + 1);
    }
    if (!flat) append_line(text, depth);
    dsc_text_append(text, "]");
}

static void append_object(dsc_text *text, const json_t *json, int depth) {
    const char *key;
    const json_t *item;
    bool first = true;
    dsc_text_append(text, "{");
    json_object_foreach((json_t *)(uintptr_t)json, key, item) {
        dsc_text_append(text, first ? "" : ",");
        first = false;
        append_line(text, depth + 1);
        json_t *name = json_string(key);
        if (name)
            append_leaf(text, name);
        else
            text->failed = true;
        json_decref(name);
        dsc_text_append(text, ": ");
        append_json(text, item, depth + 1);
    }
    if (!first) append_line(text, depth);
    dsc_text_append(text, "}");
}

static void append_json(dsc_text *text, const json_t *json, int depth) {
    if (json_is_object(json))
        append_object(text, json, depth);
    else if (json_is_array(json))
        append_array(text, json, depth);
    else
        append_leaf(text, json);
}

dsc_status command_print_json(json_t *json, dsc_error *error) {
    dsc_text text = {0};
    if (json) append_json(&text, json, 0);
    bool failed = !json || text.failed;
    if (!failed) (void)puts(text.data);
    json_decref(json);
    dsc_text_free(&text);
    return failed ? dsc_fail_memory(error, 0, "the results as JSON") : DSC_OK;
}
