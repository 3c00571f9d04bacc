/* SPDX-License-Identifier: MIT */
/* writing.c: see writing.h. */
#include "op/writing.h"

void dsc_write_line(dsc_writing *writing, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    dsc_text_append_list(&writing->text, format, arguments);
    va_end(arguments);
    dsc_text_append_bytes(&writing->text, "\n", 1);
}
