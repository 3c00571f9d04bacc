/* SPDX-License-Identifier: MIT */
/* fuzz_pdf.c: any bytes as a PDF file. */
#include "picture.h"

/* Leaks of the library in broken files are its own; leaks of our code are still detected. (Its stacks
 * often end in libstdc++, which we do not use.) */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void) {
    return "leak:libpoppler.so\nleak:libpoppler-glib.so\nleak:libfontconfig.so\nleak:libcairo.so\nleak:"
           "libstdc++.so\n";
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    fuzz_picture("pdf", data, size);
    return 0;
}
