/* SPDX-License-Identifier: MIT */
/* kernels.c: the checks of every kernel set as a WebAssembly program, which scripts/test-processors.sh
 * builds and runs. */
#include "kernel/check.h"

#include <stdio.h>

static int failed;

static void report(bool right, const char *set, const char *promise, const char *why) {
    printf("%s - wasm: %s %s%s%s\n", right ? "ok" : "not ok", set, promise, right ? "" : ": ",
           right ? "" : why);
    failed += !right;
}

int main(void) {
    const dsc_kernels *set;
    report(dsc_kernels_find("wasm"), "wasm", "is a set", "it was not compiled");
    for (size_t i = 0; (set = dsc_kernels_at(i)); i++) {
        dsc_error error = {0};
        const char *wrong = dsc_kernels_check(set);
        report(!wrong, set->name, "passes the short check", wrong);
        const bool right = dsc_kernels_check_all(set, &error) == DSC_OK;
        report(right, set->name, "passes the long check", error.message);
    }
    return failed > 0;
}
