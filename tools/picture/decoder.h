/* SPDX-License-Identifier: MIT */
/* decoder.h: decodes pictures in a separate process, for formats whose libraries crash on broken files,
 * or allocate whatever sizes such files claim. The process is this program, started again. It has limits
 * on its memory and time; if it fails, only the picture fails. It receives the file and returns the pixels
 * over a local socket. */
#ifndef PICTURE_DECODER_H
#define PICTURE_DECODER_H

#include "picture/picture.h"

/* Every program that reads pictures calls it first in main. In a process that was started to decode a
 * picture, it decodes the picture and ends the process. Otherwise it returns. */
void picture_decoder_begin(int argc, char **argv);

/* Like picture_parse_page and picture_count, in a separate process, for a picture of `format`.
 * DSC_ERROR_FORMAT also if the process crashed or reached a limit. DSC_ERROR_UNSUPPORTED: the program has not
 * called picture_decoder_begin. Any thread may call them. */
dsc_status picture_decoder_parse(dsc_image *image, const picture_format *format, size_t page,
                                 const unsigned char *bytes, size_t size, const char *name, dsc_error *error);
dsc_status picture_decoder_count(size_t *pages, const picture_format *format, const unsigned char *bytes,
                                 size_t size, const char *name, dsc_error *error);

#endif
