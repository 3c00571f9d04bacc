/* SPDX-License-Identifier: MIT */
/* native.h: a model as the bytes of a file, without the file. Reading them is dsc_model_parse, of
 * descender.h. */
#ifndef DSC_MODEL_NATIVE_H
#define DSC_MODEL_NATIVE_H

#include <descender.h>
#include <jansson.h>

/* In new memory (release with free()). */
dsc_status dsc_model_write(unsigned char **bytes, size_t *size, const dsc_model *model, dsc_error *error);

/* All of a model but its numbers, as the texts that its file's metadata are (native.c lists them): for other
 * files that hold arrays. Fails as dsc_model_save does. Release with json_decref. */
dsc_status dsc_model_texts(json_t **texts, const dsc_model *model, dsc_error *error);

/* And back: the model, whose parameters and buffers are 0. What the texts say is checked as it is of a file;
 * `numbers` is how many numbers that file has: a graph of more is MISMATCH, before memory is asked for.
 * `ops` as in dsc_model_parse. */
dsc_status dsc_model_from_texts(dsc_model **model, const json_t *texts, size_t numbers, const char *name,
                                const dsc_op *const *ops, dsc_error *error);

#endif
