/* SPDX-License-Identifier: MIT */
/* base64.h: bytes as text (RFC 4648, section 4). */
#ifndef DSC_BASE_BASE64_H
#define DSC_BASE_BASE64_H

#include "base/text.h"

void dsc_text_append_base64(dsc_text *text, const void *bytes, size_t size);

#endif
