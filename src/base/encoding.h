/* SPDX-License-Identifier: MIT */
/* encoding.h: external texts must be UTF-8; any other encoding is refused with advice. */
#ifndef DSC_BASE_ENCODING_H
#define DSC_BASE_ENCODING_H

#include <descender.h>

/* DSC_ERROR_FORMAT unless all `size` bytes are UTF-8. The message names line and byte, distinguishes UTF-16
 * from other encodings, and gives the command that converts the file. */
dsc_status dsc_utf8_expect(const void *bytes, size_t size, const char *path, dsc_error *error);

/* DSC_ERROR_ARGUMENT unless `name` is a valid name: not empty, at most DSC_NAME_MOST bytes of UTF-8,
 * without hidden characters (visible.h). `what` says what is named. */
enum { DSC_NAME_MOST = 1000 };
dsc_status dsc_name_check(const char *name, const char *what, dsc_error *error);

#endif
