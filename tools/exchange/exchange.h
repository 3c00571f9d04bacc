/* SPDX-License-Identifier: MIT */
/* exchange.h: formats for importing and exporting models; each is one file and one line in formats.h.
 *
 * A format is a registry row: it recognises a file by its bytes and reads a model from it, or writes a model
 * to one or more files, or both. Ops describe themselves for other programs: `onnx` and `c` of dsc_op.
 * Functions with a status name the file in their message; any thread may call them, each with its own source
 * or output. */
#ifndef EXCHANGE_EXCHANGE_H
#define EXCHANGE_EXCHANGE_H

#include "base/registry.h"
#include "base/text.h"

#include <descender.h>

/* --- reading --- */

#define EXCHANGE_BYTES_MOST ((size_t)1 << 32) /* limit of a file to read */

/* A file to read, and what reading finds out. */
typedef struct exchange_source {
    const unsigned char *bytes;
    size_t size;
    const char *name;          /* the file's name, for messages */
    const char *model;         /* the network as text, for formats with only numbers; or NULL */
    const char *loss;          /* its loss as text, beside `model`; NULL: softmax-cross-entropy */
    const char *map;           /* a file that assigns arrays to parameters; or NULL */
    const dsc_dataset *images; /* to derive channels, height, width and classes of `model`; or NULL */
    size_t shape[3];           /* or given explicitly: channels, height, width; 0: 1 x 28 x 28 */
    size_t classes;            /* 0: derived from the file's arrays */
    const char *format;        /* output: the name of the format used */
    bool needs_model;          /* output: only numbers, which needed model, map, images, shape and classes */
    dsc_text notes;            /* output: lines for people, each with a newline: omissions and assumptions */
    /* Output, may stay empty: one line per array, with tab-separated fields: its name, type and shape in the
     * file, the parameter or "-", and the reason ("by name", "left out"). Names are escaped (visible.h). */
    dsc_text table;
} exchange_source;

/* --- writing --- */

/* A file of an export: the user's path without extension plus this suffix (".c", "_weights.c"); a single file
 * keeps an extension that the user gave. Owns the bytes. */
typedef struct exchange_file {
    char suffix[24];
    unsigned char *bytes;
    size_t size;
} exchange_file;

enum { EXCHANGE_FILES_MOST = 6 };

typedef struct exchange_output {
    const char *stem;    /* last part of the path without its extension: base of names in the files */
    const char *command; /* the command line, to be recorded in the files; or NULL */
    const char *hash;    /* SHA-256 of the model's file in hexadecimal, or NULL */
    exchange_file files[EXCHANGE_FILES_MOST];
    size_t count;
    dsc_text notes; /* output: lines for people: sizes, cost of inference */
} exchange_output;

/* Adds a file and takes ownership of `bytes`, also on failure. `bytes` NULL stands for a failed
 * allocation. */
dsc_status exchange_add_file(exchange_output *output, const char *suffix, void *bytes, size_t size,
                             dsc_error *error);
void exchange_output_clear(exchange_output *output);

/* --- formats --- */

typedef struct exchange_format {
    const char *name; /* "onnx" */
    const char *help;
    const dsc_param *params; /* of `--to "c prefix=digits"` and `--as "onnx ..."` */
    size_t values_size;
    const char *suffix; /* ".onnx", of the first file */
    /* Whether the bytes look like this format; NULL: the format cannot be read. */
    bool (*recognise)(const unsigned char *bytes, size_t size);
    dsc_status (*read)(dsc_model **model, exchange_source *source, const void *values, dsc_error *error);
    /* NULL: the format cannot be written. */
    dsc_status (*write)(exchange_output *output, const dsc_model *model, const void *values,
                        dsc_error *error);
    /* Computes answers to bytes (count, C, H, W) from the files in `folder` with another program: a compiler,
     * node. DSC_ERROR_UNSUPPORTED: the program is not installed; the message says what to install. NULL: the
     * written file is read again and answers here. */
    dsc_status (*answer)(float *probabilities, const char *folder, const exchange_output *output,
                         const uint8_t *images, size_t count, const dsc_model *model, const void *values,
                         dsc_error *error);
} exchange_format;
DSC_BEGINS_AS_ROW(exchange_format, params);

extern const dsc_registry exchange_registry;

/* Reads a model in any format, recognised by its bytes, or in the format that `as` names with its values
 * ("onnx", "onnx scale=bytes"; NULL: recognise). The caller frees the model, and clears source->notes and
 * source->table, also after a failure. An unrecognised file fails as in dsc_model_load. DSC_ERROR_ARGUMENT:
 * the file contains its network, but a model, map, shape or number of classes was given. */
dsc_status exchange_read(dsc_model **model, exchange_source *source, const char *as, dsc_error *error);

/* Reads from a file or a pipe, for commands that only need the model; discards notes if `notes` is NULL. */
dsc_status exchange_load(dsc_model **model, const char *path, dsc_text *notes, dsc_error *error);

#endif
