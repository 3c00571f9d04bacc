/* SPDX-License-Identifier: MIT */
/* late.h: loads libraries on first use instead of at program start: with their dependencies, libcurl and
 * libmicrohttpd would more than double the start-up time of every command, and cairo and libcrypto again.
 *
 *   #define LATE_CURL(X) X(curl_easy_init) X(curl_easy_cleanup)
 *   typedef struct curl_functions { LATE_CURL(LATE_MEMBER) } curl_functions;
 *   static const char *const names[] = {LATE_CURL(LATE_NAME) NULL};
 *   ...
 *   curl_functions curl;
 *   dsc_status status = late_load(&curl, names, DESCENDER_CURL_SONAME, error);
 *   if (!status) handle = curl.curl_easy_init();
 *
 * The types come from the library's header, so calls are type-checked as usual. */
#ifndef LATE_LATE_H
#define LATE_LATE_H

#include <descender.h>

#define LATE_MEMBER(name) __typeof__(&(name)) name;
#define LATE_NAME(name)   #name,

/* Fills `functions`, pointers in the order of `names` (NULL-terminated). A library is loaded once and stays
 * loaded. DSC_ERROR_UNSUPPORTED: it is missing on this machine, or lacks a function. Any thread may call
 * it. */
dsc_status late_load(void *functions, const char *const *names, const char *library, dsc_error *error);

#endif
