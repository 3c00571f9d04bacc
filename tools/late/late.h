/* SPDX-License-Identifier: MIT */
/* late.h: libraries that are loaded when they are needed, not when the program starts: with what is behind
 * them, libcurl and libmicrohttpd would more than double the time that every command takes to start.
 *
 *   #define LATE_CURL(X) X(curl_easy_init) X(curl_easy_cleanup)
 *   typedef struct curl_functions { LATE_CURL(LATE_MEMBER) } curl_functions;
 *   static const char *const names[] = {LATE_CURL(LATE_NAME) NULL};
 *   ...
 *   curl_functions curl;
 *   dsc_status status = late_load(&curl, names, DESCENDER_CURL_SONAME, error);
 *   if (!status) handle = curl.curl_easy_init();
 *
 * The types are those of the library's header, so what is called is checked as usual. */
#ifndef LATE_LATE_H
#define LATE_LATE_H

#include <descender.h>

#define LATE_MEMBER(name) __typeof__(&(name)) name;
#define LATE_NAME(name)   #name,

/* Fills `functions`, pointers in the order of `names` (ended by NULL). A library stays loaded, and is loaded
 * once. UNSUPPORTED: it is not on this machine, or lacks one of them. Any thread may call it. */
dsc_status late_load(void *functions, const char *const *names, const char *library, dsc_error *error);

#endif
