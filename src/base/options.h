/* SPDX-License-Identifier: MIT */
/* options.h: structs of the public header that begin with their size, of callers built with any version of
 * it.
 *
 * A struct grows at its end alone. A caller built with an older header gives a shorter one: what that lacks
 * is the default. One built with a newer header gives a longer one: what this library does not know must be
 * zero, which asks for nothing. */
#ifndef DSC_BASE_OPTIONS_H
#define DSC_BASE_OPTIONS_H

#include <descender.h>

/* Copies `given` (NULL: nothing) over `own`, which holds the defaults, `own_size` bytes. ARGUMENT: it is
 * shorter than `least` bytes, and so was never begun; `type` is the struct's name, for messages. UNSUPPORTED:
 * it asks for what this library does not know. */
dsc_status dsc_options_take(void *own, size_t own_size, const void *given, size_t least, const char *type,
                            dsc_error *error);

/* The same for a struct of its type, which goes beyond the beginning of the member `last` at least. */
#define DSC_OPTIONS_TAKE(own, given, type, last, error)                                                      \
    dsc_options_take(own, sizeof(type), given, offsetof(type, last) + 1, #type, error)

/* Copies `own` to the caller's `to`, of `size` bytes: as much as fits, zeros behind it, and its size. */
void dsc_options_give(void *to, size_t size, const void *own, size_t own_size);

#endif
