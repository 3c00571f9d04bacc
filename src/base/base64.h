/* SPDX-License-Identifier: MIT */
/* base64.h: bytes as text (RFC 4648, section 4, with padding). */
#ifndef DSC_BASE_BASE64_H
#define DSC_BASE_BASE64_H

#include "base/text.h"

void dsc_text_append_base64(dsc_text *text, const void *bytes, size_t size);

/* Decodes `length` characters of `text` into the `size` bytes of `bytes`. Returns false if the text is not
 * base64 or encodes another number of bytes; the contents of `bytes` are then unspecified. */
bool dsc_base64_decode(void *bytes, size_t size, const char *text, size_t length);

#endif
