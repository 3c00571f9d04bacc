/* SPDX-License-Identifier: MIT */
/* options.c: copies structs that begin with their size, from and to callers of any version. */
#include "base/options.h"

#include "base/error.h"

#include <string.h>

dsc_status dsc_options_take(void *own, size_t own_size, const void *given, size_t least, const char *type,
                            dsc_error *error) {
    size_t size;
    if (!given) return DSC_OK;
    memcpy(&size, given, sizeof size);
    if (size < least)
        return dsc_fail(error, DSC_ERROR_ARGUMENT, "%s: size is %zu, expected %zu; begin with %s_defaults()",
                        type, size, own_size, type);
    const unsigned char *bytes = given;
    for (size_t i = own_size; i < size; i++)
        if (bytes[i])
            return dsc_fail(error, DSC_ERROR_UNSUPPORTED,
                            "%s asks for features that this version, %s, does not know; use a newer library",
                            type, dsc_version());
    memcpy(own, given, size < own_size ? size : own_size);
    memcpy(own, &own_size, sizeof own_size);
    return DSC_OK;
}

void dsc_options_give(void *to, size_t size, const void *own, size_t own_size) {
    memset(to, 0, size);
    memcpy(to, own, size < own_size ? size : own_size);
    memcpy(to, &size, sizeof size);
}
