/* SPDX-License-Identifier: MIT */
/* functions.h: the C99 functions that exported models are made of, as texts (functions/, a file each):
 * static functions of one sample that allocate nothing. `export --to c` puts those that a model needs into
 * its source; the page of `export --to web` has all of them as WebAssembly. */
#ifndef EXCHANGE_FUNCTIONS_H
#define EXCHANGE_FUNCTIONS_H

#include "base/text.h"

#include <descender.h>

/* Which functions are wanted: by the place of their files in the table. All zero: none. */
enum { EXCHANGE_FUNCTIONS_MOST = 64 };
typedef struct exchange_functions {
    bool wanted[EXCHANGE_FUNCTIONS_MOST];
} exchange_functions;

/* Wants the function of that name, and those that it calls. False if there is none of that name. */
bool exchange_functions_want(exchange_functions *functions, const char *name, size_t length);

/* Wants what is called in a C text, and what that calls. */
void exchange_functions_want_called(exchange_functions *functions, const char *text, size_t length);

/* Appends the texts of what is wanted, a function behind those that it calls. */
void exchange_functions_write(dsc_text *text, const exchange_functions *functions);

/* Number i of the table: its name and text; NULL behind the last. */
const char *exchange_function_at(size_t i, const char **text, size_t *size);

#endif
