/* SPDX-License-Identifier: MIT */
/* web_files.c: the files, embedded by the assembler. CMakeLists.txt sets the folders and recompiles this file
 * when one changes. */
#include "exchange/web_files.h"

#include <stdint.h>

#define EMBED(name, path)                                                                                    \
    __asm__(".section .note.GNU-stack,\"\",%progbits\n"                                                      \
            ".section .rodata\n"                                                                             \
            ".hidden exchange_page_" #name "\n.global exchange_page_" #name "\nexchange_page_" #name ":\n"   \
            ".incbin \"" path "\"\n"                                                                         \
            ".hidden exchange_page_" #name "_end\n.global exchange_page_" #name "_end\nexchange_page_" #name \
            "_end:\n.byte 0\n.text\n");                                                                      \
    extern const char exchange_page_##name[], exchange_page_##name##_end[]

EMBED(html, EXCHANGE_PAGE "/page.html");
EMBED(style, EXCHANGE_PAGE "/page.css");
EMBED(machine, EXCHANGE_PAGE "/machine.js");
EMBED(page, EXCHANGE_PAGE "/page.js");
EMBED(answer, EXCHANGE_PAGE "/answer.mjs");
EMBED(paint, EXCHANGE_PAD "/paint.js");
EMBED(pad, EXCHANGE_PAD "/pad.js");
EMBED(trainer, EXCHANGE_PAGE "/trainer.js");
EMBED(worker, EXCHANGE_PAGE "/worker.js");
EMBED(training, EXCHANGE_PAGE "/training.js");
EMBED(training_html, EXCHANGE_PAGE "/training.html");
EMBED(training_style, EXCHANGE_PAGE "/training.css");
#if DESCENDER_WITH_WEB
EMBED(plain, EXCHANGE_WASM "/machine.wasm");
EMBED(simd, EXCHANGE_WASM "/simd.wasm");
EMBED(train, EXCHANGE_WASM "/train.wasm");
#endif

typedef struct span {
    const char *begin, *end;
} span;

#define SPAN(name)                                                                                           \
    { exchange_page_##name, exchange_page_##name##_end }

const char *exchange_web_file_bytes(exchange_web_file file, size_t *size) {
    static const span files[] = {
        [EXCHANGE_WEB_HTML] = SPAN(html),
        [EXCHANGE_WEB_STYLE] = SPAN(style),
        [EXCHANGE_WEB_MACHINE] = SPAN(machine),
        [EXCHANGE_WEB_PAGE] = SPAN(page),
        [EXCHANGE_WEB_PAINT] = SPAN(paint),
        [EXCHANGE_WEB_PAD] = SPAN(pad),
        [EXCHANGE_WEB_ANSWER] = SPAN(answer),
        [EXCHANGE_WEB_TRAINER] = SPAN(trainer),
        [EXCHANGE_WEB_WORKER] = SPAN(worker),
        [EXCHANGE_WEB_TRAINING] = SPAN(training),
        [EXCHANGE_WEB_TRAINING_HTML] = SPAN(training_html),
        [EXCHANGE_WEB_TRAINING_STYLE] = SPAN(training_style),
#if DESCENDER_WITH_WEB
        [EXCHANGE_WEB_PLAIN] = SPAN(plain),
        [EXCHANGE_WEB_SIMD] = SPAN(simd),
        [EXCHANGE_WEB_TRAIN] = SPAN(train),
#else
        [EXCHANGE_WEB_TRAIN] = {NULL, NULL},
#endif
    };
    *size = (size_t)((uintptr_t)files[file].end - (uintptr_t)files[file].begin);
    return files[file].begin;
}
