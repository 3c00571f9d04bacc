/* SPDX-License-Identifier: MIT */
/* writing.c: see writing.h. */
#include "op/writing.h"

#include "kernel/gemm.h"
#include "kernel/kernel.h"

void dsc_write_line(dsc_writing *writing, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    dsc_text_append_list(&writing->text, format, arguments);
    va_end(arguments);
    dsc_text_append_bytes(&writing->text, "\n", 1);
}

size_t dsc_written_block(size_t depth) {
    return dsc_gemm_depth_block(dsc_kernels_find("portable")->f32, depth);
}
