/* SPDX-License-Identifier: MIT */
/* options.h: structs of the public header that begin with their size, for callers compiled with any version
 * of the header.
 *
 * A struct only grows at its end. A caller compiled with an older header passes a shorter struct; missing
 * members have their defaults. A caller compiled with a newer header passes a longer one; members unknown to
 * this library must be zero, which requests nothing. */
#ifndef DSC_BASE_OPTIONS_H
#define DSC_BASE_OPTIONS_H

#include <descender.h>

/* Copies `given` (NULL: nothing) over `own`, which holds the defaults and has `own_size` bytes.
 * DSC_ERROR_ARGUMENT: `given` is shorter than `least` bytes, that is, it was never initialised.
 * DSC_ERROR_UNSUPPORTED: it requests an unknown feature. `type` is the struct's name for messages. */
dsc_status dsc_options_take(void *own, size_t own_size, const void *given, size_t least, const char *type,
                            dsc_error *error);

/* The same for a struct of type `type` whose initialised part includes the beginning of member `last`. */
#define DSC_OPTIONS_TAKE(own, given, type, last, error)                                                      \
    dsc_options_take(own, sizeof(type), given, offsetof(type, last) + 1, #type, error)

/* Copies `own` to the caller's `to` of `size` bytes: as much as fits, zeros behind it, and the size. */
void dsc_options_give(void *to, size_t size, const void *own, size_t own_size);

#endif
