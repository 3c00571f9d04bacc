/* SPDX-License-Identifier: MIT */
/* shipped.c: the bytes of models/digits.safetensors, embedded by the assembler. CMakeLists.txt names the file
 * and recompiles this file when it changes. */
#include "shipped/shipped.h"

__asm__(".section .note.GNU-stack,\"\",%progbits\n"
        ".section .rodata\n"
        ".balign 64\n"
        ".hidden shipped_begin\n"
        ".global shipped_begin\n"
        "shipped_begin:\n"
        ".incbin \"" SHIPPED_FILE "\"\n"
        ".hidden shipped_end\n"
        ".global shipped_end\n"
        "shipped_end:\n"
        ".byte 0\n"
        ".text\n");

extern const unsigned char shipped_begin[], shipped_end[];

const unsigned char *shipped_bytes(size_t *size) {
    /* Labels of one section; to C they are two arrays. */
    *size = (size_t)((uintptr_t)shipped_end - (uintptr_t)shipped_begin);
    return shipped_begin;
}

dsc_status shipped_model(dsc_model **model, dsc_error *error) {
    size_t size;
    const unsigned char *bytes = shipped_bytes(&size);
    return dsc_model_parse(model, bytes, size, "the shipped model", NULL, error);
}
