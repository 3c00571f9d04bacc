/* SPDX-License-Identifier: MIT */
/* base64.h: bytes as text (RFC 4648, section 4). */
#ifndef DSC_BASE_BASE64_H
#define DSC_BASE_BASE64_H

#include "base/text.h"

void dsc_text_append_base64(dsc_text *text, const void *bytes, size_t size);

/* The way back: fills `bytes` with the `size` bytes that the `length` characters of `text` stand for.
 * False if they are no base64, or that of another number of bytes; `bytes` is then of no use. */
bool dsc_base64_decode(void *bytes, size_t size, const char *text, size_t length);

#endif
