/* SPDX-License-Identifier: MIT */
/* late.c: dlopen and dlsym, see late.h. */
#include "late/late.h"

#include "base/error.h"

#include <dlfcn.h>
#include <string.h>

dsc_status late_load(void *functions, const char *const *names, const char *library, dsc_error *error) {
    void *handle = dlopen(library, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
    if (!handle) {
        const char *why = dlerror();
        return dsc_fail(error, DSC_ERROR_UNSUPPORTED, "%s, which is required here, cannot be loaded: %s",
                        library, why ? why : "no reason is known");
    }
    for (size_t i = 0; names[i]; i++) {
        void *function = dlsym(handle, names[i]);
        if (!function)
            return dsc_fail(error, DSC_ERROR_UNSUPPORTED, "%s has no %s: another version is required",
                            library, names[i]);
        memcpy((char *)functions + i * sizeof function, &function, sizeof function);
    }
    return DSC_OK;
}
