/* SPDX-License-Identifier: MIT */
/* native.h: a model as the bytes of a file, without the file. Reading them is dsc_model_parse, of
 * descender.h. */
#ifndef DSC_MODEL_NATIVE_H
#define DSC_MODEL_NATIVE_H

#include <descender.h>

/* In new memory (release with free()). */
dsc_status dsc_model_write(unsigned char **bytes, size_t *size, const dsc_model *model, dsc_error *error);

#endif
