/* SPDX-License-Identifier: MIT */
/* functions.h: the C99 functions of exported models, as texts (functions/, one file each): static functions
 * on one sample that allocate nothing. `export --to c` copies those that a model needs into its source;
 * `export --to web` includes all of them as WebAssembly. */
#ifndef EXCHANGE_FUNCTIONS_H
#define EXCHANGE_FUNCTIONS_H

#include "base/text.h"

#include <descender.h>

/* A set of functions, by index of their files. All zero: empty. */
enum { EXCHANGE_FUNCTIONS_MOST = 64 };
typedef struct exchange_functions {
    bool wanted[EXCHANGE_FUNCTIONS_MOST];
} exchange_functions;

/* Adds the function of that name and those that it calls. Returns false if there is none. */
bool exchange_functions_want(exchange_functions *functions, const char *name, size_t length);

/* Adds the functions called in a C text, and those that they call. */
void exchange_functions_want_called(exchange_functions *functions, const char *text, size_t length);

/* Appends the texts of the set, each function after those that it calls. */
void exchange_functions_write(dsc_text *text, const exchange_functions *functions);

/* Entry i of the table: its name and text; NULL after the last. */
const char *exchange_function_at(size_t i, const char **text, size_t *size);

#endif
