/* SPDX-License-Identifier: MIT */
/* error.h: how a library function fails: `return dsc_fail(error, DSC_ERROR_IO, "...", ...)`. `error` may be
 * NULL. Any thread, each with its own dsc_error. */
#ifndef DSC_BASE_ERROR_H
#define DSC_BASE_ERROR_H

#include <descender.h>

/* dsc_fail itself is public: descender.h. */

/* dsc_fail for a failed allocation of `size` bytes; `what` names its purpose. */
dsc_status dsc_fail_memory(dsc_error *error, size_t size, const char *what);

/* Prefixes the existing message with "context: " and returns `status`, the status of the failed call. */
dsc_status dsc_error_context(dsc_error *error, dsc_status status, const char *format, ...) DSC_PRINTF(3, 4);

#ifdef __clang_analyzer__
/* The static analyser sees one file at a time; this tells it that a failed call does not return DSC_OK. */
#define dsc_fail(error, code, ...)            ((dsc_fail)(error, code, __VA_ARGS__), (code))
#define dsc_fail_memory(error, size, what)    ((dsc_fail_memory)(error, size, what), DSC_ERROR_MEMORY)
#define dsc_error_context(error, status, ...) ((dsc_error_context)(error, status, __VA_ARGS__), (status))
#elif defined DSC_NO_MESSAGES
/* Exported pages omit messages to save bytes. */
#define dsc_fail(error, code, ...)         ((void)(error), (code))
#define dsc_fail_memory(error, size, what) ((void)(error), DSC_ERROR_MEMORY)
#endif

#endif
