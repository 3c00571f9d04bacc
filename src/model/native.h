/* SPDX-License-Identifier: MIT */
/* native.h: a model file in memory. dsc_model_parse (descender.h) reads it. */
#ifndef DSC_MODEL_NATIVE_H
#define DSC_MODEL_NATIVE_H

#include <descender.h>
#include <jansson.h>

/* Writes the file's bytes to new memory, which the caller frees. */
dsc_status dsc_model_write(unsigned char **bytes, size_t *size, const dsc_model *model, dsc_error *error);

/* Everything of a model except its numbers, as the texts of its file's metadata (listed in native.c), for
 * other files that hold arrays. Fails as dsc_model_save does. Release with json_decref. */
dsc_status dsc_model_texts(json_t **texts, const dsc_model *model, dsc_error *error);

/* The reverse: the model with all parameters and buffers 0. Texts are checked like those of a file. `numbers`
 * is the number of elements in that file: DSC_ERROR_MISMATCH, before allocating memory, if the graph has
 * more. `ops` as in dsc_model_parse. */
dsc_status dsc_model_from_texts(dsc_model **model, const json_t *texts, size_t numbers, const char *name,
                                const dsc_op *const *ops, dsc_error *error);

#endif
