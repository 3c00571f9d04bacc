/* SPDX-License-Identifier: MIT */
/* encoding.h: texts from outside are UTF-8, or refused with a message that says what to do. */
#ifndef DSC_BASE_ENCODING_H
#define DSC_BASE_ENCODING_H

#include <descender.h>

/* Fails with DSC_ERROR_FORMAT unless all `bytes` of the file are UTF-8. The message names line and byte,
 * tells UTF-16 from other encodings, and gives the command that converts. */
dsc_status dsc_utf8_expect(const void *bytes, size_t size, const char *path, dsc_error *error);

/* Fails with DSC_ERROR_ARGUMENT unless `name` can be a name of something: not empty, UTF-8, and without what
 * is hidden (visible.h). `what` says what it names. */
dsc_status dsc_name_check(const char *name, const char *what, dsc_error *error);

#endif
