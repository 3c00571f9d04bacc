/* SPDX-License-Identifier: MIT */
/* fuzz_heif.c: any bytes as a HEIF file. */
#include "picture.h"

/* Leaks of the library's decoders in broken files are its own; leaks of our code are still detected. (Its
 * stacks often end in libstdc++, which we do not use.) */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void) {
    return "leak:libheif.so\nleak:libde265.so\nleak:libdav1d.so\nleak:libaom.so\nleak:libstdc++.so\n";
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    fuzz_picture("heif", data, size);
    return 0;
}
