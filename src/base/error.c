/* SPDX-License-Identifier: MIT */
/* error.c: status and message of a failed call. */
#include "base/error.h"

#include "base/visible.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

/* Quoted texts may come from outside. The message stays one line of UTF-8 without terminal control
 * characters. */
DSC_PRINTF(3, 0)
static void format_message(char *out, size_t size, const char *format, va_list arguments) {
    char text[2 * DSC_MESSAGE_SIZE + 2];
    if (vsnprintf(text, sizeof text, format, arguments) < 0) text[0] = '\0';
    (void)dsc_visible(out, size, text);
}

dsc_status(dsc_fail)(dsc_error *error, dsc_status code, const char *format, ...) {
    int saved = errno;
    if (error) {
        va_list arguments;
        va_start(arguments, format);
        error->code = code;
        format_message(error->message, sizeof error->message, format, arguments);
        va_end(arguments);
    }
    errno = saved;
    return code;
}

dsc_status(dsc_fail_memory)(dsc_error *error, size_t size, const char *what) {
    return dsc_fail(error, DSC_ERROR_MEMORY, "out of memory: %zu bytes for %s", size, what);
}

dsc_status(dsc_error_context)(dsc_error *error, dsc_status status, const char *format, ...) {
    if (!error) return status;
    char context[DSC_MESSAGE_SIZE], whole[2 * DSC_MESSAGE_SIZE + 2];
    va_list arguments;
    va_start(arguments, format);
    format_message(context, sizeof context, format, arguments);
    va_end(arguments);
    (void)snprintf(whole, sizeof whole, "%s: %s", context, error->message);
    return dsc_fail(error, status, "%s", whole);
}
